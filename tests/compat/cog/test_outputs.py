"""What a predictor returns becomes outputs, and whatever the model gives becomes their values."""

from __future__ import annotations

import dataclasses
import io
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path as PlainPath
from typing import Any, Literal, NamedTuple, Optional, TypedDict

import numpy as np
import pydantic
import pytest
from cog import AsyncConcatenateIterator, BaseModel, ConcatenateIterator, File, Path, Secret

from gesso.compat.cog.outputs import CogOutput, read_output
from gesso.compat.cog.prediction import Prediction
from gesso.errors import DeclarationError, ModelError


class Scores(BaseModel):
    label: str
    score: float
    picture: Optional[Path]  # noqa: UP045 - models write it
    remark: str | None


class Strict(pydantic.BaseModel):
    label: str
    tags: list[str]


class Pair(NamedTuple):
    left: int
    right: int


@dataclasses.dataclass
class Part:
    name: str


class Table(TypedDict):
    name: str


FILE: tuple[str, dict[str, Any]] = ("file", {})
TEXT: tuple[str, dict[str, Any]] = ("text", {})


def listed(type_name: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "list", {"items": {"type": type_name, "constraints": {}}, **more}


@pytest.mark.parametrize(
    ("hint", "ports", "is_streaming"),
    [
        (str, {"output": TEXT}, False),
        (int, {"output": ("number", {"is_integer": True})}, False),
        (float, {"output": ("number", {})}, False),
        (bool, {"output": ("boolean", {})}, False),
        (Path, {"output": FILE}, False),
        (PlainPath, {"output": FILE}, False),
        (File, {"output": FILE}, False),
        (Secret, {"output": TEXT}, False),
        (Any, {"output": ("json", {})}, False),
        (dict, {"output": ("json", {})}, False),
        (Table, {"output": ("json", {})}, False),
        (Path | str, {"output": ("json", {})}, False),
        (Literal["a", "b"], {"output": ("category", {"choices": ["a", "b"]})}, False),
        (list[Path], {"output": listed("file")}, False),
        (list[Scores], {"output": listed("json")}, False),
        (Path | None, {"output": listed("file", max_length=1)}, False),
        (ConcatenateIterator[str], {"output": TEXT}, True),
        (ConcatenateIterator, {"output": TEXT}, True),
        (AsyncConcatenateIterator[str], {"output": TEXT}, True),
        (Iterator[str], {"output": listed("text")}, True),
        (Iterator[Path], {"output": listed("file")}, True),
        (
            AsyncIterator[int],
            {"output": ("list", {"items": {"type": "number", "constraints": {"is_integer": True}}})},
            True,
        ),
        (Iterator[Scores], {"output": listed("json")}, True),
        (
            Scores,
            {"label": TEXT, "score": ("number", {}), "picture": listed("file", max_length=1), "remark": ("json", {})},
            False,
        ),
        (Strict, {"label": TEXT, "tags": listed("text")}, False),
        (Pair, {"left": ("number", {"is_integer": True}), "right": ("number", {"is_integer": True})}, False),
        (Part, {"name": TEXT}, False),
    ],
)
def test_an_annotation_becomes_ports(hint: Any, ports: dict[str, Any], is_streaming: bool) -> None:
    output = read_output(hint, "Predictor.predict")
    assert {port.name: (port.type, port.constraints) for port in output.ports} == ports
    assert output.is_streaming == is_streaming


@pytest.mark.parametrize("hint", [None, type(None)])
def test_nothing_is_no_output(hint: Any) -> None:
    with pytest.raises(DeclarationError, match=r"Predictor\.predict does not say what it returns"):
        read_output(hint, "Predictor.predict")


@pytest.fixture
def made(tmp_path: PlainPath) -> Iterator[Prediction]:
    prediction = Prediction(tmp_path / "run")
    yield prediction
    prediction.close()


def given(output: CogOutput, made: Prediction, value: Any) -> Any:
    """Return what a value becomes, checked by the ports."""
    values = output.give(made, value)
    by_name = values if output.has_fields else {output.ports[0].name: values}
    checked = {port.name: port.data_type.coerce(by_name[port.name]) for port in output.ports}
    return checked if output.has_fields else checked["output"]


def test_files_come_as_paths_texts_open_files_and_bytes(made: Prediction, tmp_path: PlainPath) -> None:
    path = tmp_path / "fox.txt"
    path.write_text("fox", encoding="utf-8")
    output = read_output(Path, "x")
    for value in (path, Path(path), str(path), path.open("rb"), io.StringIO("fox"), b"fox", "data:text/plain,fox"):
        assert given(output, made, value).bytes() == b"fox"
    assert given(output, made, path).name == "fox.txt"


def test_a_file_stays_what_it_was_when_the_model_writes_over_it(made: Prediction, tmp_path: PlainPath) -> None:
    path = tmp_path / "out.txt"
    kept = []
    for word in ("fox", "hare"):
        path.write_text(word, encoding="utf-8")
        kept.append(given(read_output(Path, "x"), made, path))
    assert [file.bytes() for file in kept] == [b"fox", b"hare"]


def test_what_was_just_written_into_an_open_file_is_all_there(made: Prediction) -> None:
    opened = io.BytesIO()
    opened.write(b"fox")
    assert given(read_output(File, "x"), made, opened).bytes() == b"fox"


def test_results_of_several_parts(made: Prediction, tmp_path: PlainPath) -> None:
    path = tmp_path / "fox.txt"
    path.write_text("fox", encoding="utf-8")
    output = read_output(Scores, "x")
    got = given(output, made, Scores(label="fox", score=np.float32(0.5), picture=Path(path)))
    assert (got["label"], got["score"], got["remark"]) == ("fox", 0.5, None)
    assert got["picture"][0].bytes() == b"fox"
    assert given(output, made, {"label": "fox", "score": 1})["picture"] == []
    assert given(read_output(Strict, "x"), made, Strict(label="fox", tags=["a"])) == {"label": "fox", "tags": ["a"]}
    assert given(read_output(Pair, "x"), made, Pair(1, 2)) == {"left": 1, "right": 2}


def test_json_takes_what_models_put_into_it(made: Prediction, tmp_path: PlainPath) -> None:
    path = tmp_path / "fox.txt"
    path.write_text("fox", encoding="utf-8")
    got = given(
        read_output(dict, "x"),
        made,
        {
            "file": path,
            "array": np.array([1, 2]),
            "result": Scores(label="fox", score=1),
            "strict": Strict(label="fox", tags=[]),
            "lazy": (number for number in range(2)),
            "secret": Secret("x"),
        },
    )
    assert got["file"].startswith("data:")
    assert got["array"] == [1, 2]
    assert got["result"] == {"label": "fox", "score": 1, "picture": None, "remark": None}
    assert got["strict"] == {"label": "fox", "tags": []}
    assert (got["lazy"], got["secret"]) == ([0, 1], "x")


@pytest.mark.parametrize(
    ("hint", "value", "words"),
    [
        (Path, "/no/such/file.png", "/no/such/file.png.*cannot be read: No such file"),
        (Path, os.sep, "cannot be read"),
        (Path, None, "it returned nothing"),
        (Path, "data:image/png;base64,ä", "data URI that cannot be read"),
        (list[Path], "fox", "a list, but it returned the text"),
        (list[Path], None, "a list, but it returned nothing"),
        (Scores, 3, "returned int, but it says that it returns label, score, picture, remark"),
    ],
)
def test_what_is_none_of_these_is_the_models_fault(hint: Any, value: Any, words: str, made: Prediction) -> None:
    with pytest.raises(ModelError, match=words):
        given(read_output(hint, "x"), made, value)
