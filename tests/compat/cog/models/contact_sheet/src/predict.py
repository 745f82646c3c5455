"""A model in a folder below, with lists of files in and out, inputs that may be left out, a secret and plain JSON."""

from pathlib import Path as PlainPath
from typing import Any, Dict, List, Optional, Union

from cog import BasePredictor, File, Input, Path, Secret


class Predictor(BasePredictor):
    def setup(self, weights: Optional[Path] = None):
        self.weights = weights.read_text() if weights else "none"
        self.greeting = PlainPath("greeting.txt").read_text().strip()  # Cog starts models in the folder of cog.yaml

    def predict(
        self,
        files: List[Path] = Input(description="Files to copy"),
        extra: File = Input(default=None),
        title: Optional[str] = Input(description="A title"),
        tags: List[str] = Input(default=["a", "b"], max_length=3),
        token: Secret = Input(default="public"),
        settings: Dict[str, Any] = Input(default={"deep": True}),
        number: Union[int, str] = 7,
    ) -> List[Path]:
        made = []
        for file in files:
            file.write_text(file.read_text() + "!")  # a model may change what it was given
            made.append(file)
        card = PlainPath("card.txt")
        card.write_text(
            f"{self.greeting} {title} {tags} {token} {token.get_secret_value()} {settings} {number!r} {self.weights}"
            + (extra.read().decode() if extra else "")
        )
        return [*made, Path(card)]
