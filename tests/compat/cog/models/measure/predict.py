"""A model with a result of several parts, one of them a class of pydantic's, and files that may be missing."""

import tempfile
from typing import Literal, Optional

import numpy as np
import pydantic
from cog import BaseModel, BasePredictor, Path


class Box(pydantic.BaseModel):
    left: int
    label: str


class Output(BaseModel):
    mean: float
    brightest: int
    kind: str
    boxes: list[Box]
    heat: Optional[Path]
    remark: Optional[str] = None


class Measure(BasePredictor):
    def predict(self, values: list[float], kind: Literal["short", "long"] = "short", with_heat: bool = False) -> Output:
        heat = None
        if with_heat:
            heat = Path(tempfile.mkdtemp()) / "heat.txt"
            heat.write_text("warm")
        return Output(
            mean=np.float32(np.mean(values)),
            brightest=np.int64(np.argmax(values)),
            kind=kind,
            boxes=[Box(left=1, label="fox")],
            heat=heat,
        )
