"""A predictor's parameters become inputs with their limits, and values come back as what the model expects."""

from __future__ import annotations

import enum
from collections.abc import Callable
from pathlib import Path as PlainPath
from typing import Annotated, Any, Dict, List, Literal, Optional, Union  # noqa: UP035 - models write them

import pytest
from cog import BaseModel, File, Input, Opaque, Path, Secret

from gesso.compat.cog.inputs import CogInput, read_inputs
from gesso.compat.cog.prediction import Prediction
from gesso.errors import DeclarationError, InputError
from gesso.types.file import File as GessoFile


class Style(str, enum.Enum):  # noqa: UP042 - models write it
    FLAT = "flat"
    DEEP = "deep"


def inputs(function: Callable[..., Any]) -> dict[str, CogInput]:
    return {each.port.name: each for each in read_inputs(function, "Predictor.predict", has_self=False)}


def only(function: Callable[..., Any]) -> CogInput:
    (found,) = inputs(function).values()
    return found


def text(a: str = Input(description=" How  it\nbegins", min_length=1, max_length=9)) -> None: ...
def whole(a: int = Input(default=3, ge=1, le=9)) -> None: ...
def fraction(a: float = Input(default=1, ge=0.5)) -> None: ...
def yes(a: bool = False) -> None: ...
def plain(a: str) -> None: ...
def chosen(a: str = Input(choices=["b", "a", "b"], default="a")) -> None: ...
def chosen_number(a: int = Input(choices={8: "x", 16: "y"}.keys(), default=8)) -> None: ...
def literal(a: Literal["a", "b"] = "a") -> None: ...
def style(a: Style = Style.FLAT) -> None: ...
def maybe(a: Optional[int] = Input(description="A number", ge=0)) -> None: ...  # noqa: UP045 - models write it
def maybe_new(a: int | None) -> None: ...
def loose(a: str = Input(default=None)) -> None: ...
def several(a: List[str] = Input(default=["x"], max_length=3)) -> None: ...  # noqa: UP006 - models write it
def files(a: list[Path]) -> None: ...
def opened(a: File = Input(description="x")) -> None: ...
def hidden(a: Secret = Input(default="public")) -> None: ...
def table(a: Dict[str, Any] = Input(default={"b": 1})) -> None: ...  # noqa: UP006 - models write it
def opaque(a: Annotated[List[Style], Opaque]) -> None: ...  # noqa: UP006 - models write it
def either(a: Union[str, float, None] = None) -> None: ...  # noqa: UP007 - models write it
def outside(a: int = Input(default=0, ge=1)) -> None: ...
def old(a: str = Input(default="", description="Not any more", deprecated=True, regex="^a*$")) -> None: ...
def somewhere(a: PlainPath) -> None: ...


@pytest.mark.parametrize(
    ("function", "type_name", "constraints", "default"),
    [
        (text, "text", {"min_length": 1, "max_length": 9}, None),
        (whole, "number", {"is_integer": True, "ge": 1, "le": 9}, 3),
        (fraction, "number", {"ge": 0.5}, 1.0),
        (yes, "boolean", {}, False),
        (plain, "text", {}, None),
        (chosen, "category", {"choices": ["b", "a"]}, "a"),
        (chosen_number, "category", {"choices": [8, 16]}, 8),
        (literal, "category", {"choices": ["a", "b"]}, "a"),
        (style, "category", {"choices": ["flat", "deep"]}, "flat"),
        (maybe, "number", {"is_integer": True, "ge": 0}, None),
        (several, "list", {"items": {"type": "text", "constraints": {"max_length": 3}}}, ["x"]),
        (files, "list", {"items": {"type": "file", "constraints": {}}}, None),
        (opened, "file", {}, None),
        (hidden, "text", {}, None),
        (table, "json", {}, {"b": 1}),
        (opaque, "list", {"items": {"type": "json", "constraints": {}}}, None),
        (either, "json", {}, None),
        (outside, "number", {"is_integer": True, "ge": 1}, None),
        (somewhere, "file", {}, None),
    ],
)
def test_an_annotation_becomes_a_port(
    function: Callable[..., Any], type_name: str, constraints: dict[str, Any], default: Any
) -> None:
    port = only(function).port
    assert (port.type, port.constraints, port.default) == (type_name, constraints, default)


@pytest.mark.parametrize("function", [text, plain, files, opened, opaque, somewhere])
def test_without_a_default_an_input_is_required(function: Callable[..., Any]) -> None:
    assert only(function).port.is_required


@pytest.mark.parametrize(
    "function", [whole, yes, maybe, maybe_new, loose, several, hidden, table, either, outside, old]
)
def test_with_a_default_or_none_it_may_be_left_out(function: Callable[..., Any]) -> None:
    assert not only(function).port.is_required


def test_words_for_people_are_kept() -> None:
    assert only(text).port.description == "How it begins."
    assert only(hidden).port.description == "It is kept with the run, like any text."
    assert only(old).port.description == "Deprecated. Not any more. It has to match the pattern ^a*$."


def test_what_the_model_gets(tmp_path: PlainPath) -> None:
    made = Prediction(tmp_path)

    def got(function: Callable[..., Any], **given: Any) -> Any:
        return only(function).value(made, given)

    assert got(whole) == 3
    assert got(outside) == 0, "the model's own default, also where it does not keep to its own limits"
    assert got(maybe) is None
    assert got(style, a="deep") is Style.DEEP
    assert got(style) is Style.FLAT
    assert got(hidden).get_secret_value() == "public"
    assert got(hidden, a="x").get_secret_value() == "x"
    assert got(opened, a=GessoFile(b"fox")).read() == b"fox"
    (path,) = got(files, a=[GessoFile(b"fox", name="fox.txt")])
    assert isinstance(path, Path)
    assert (path.name, path.read_bytes()) == ("fox.txt", b"fox")
    assert path.is_relative_to(tmp_path)
    (nameless,) = got(files, a=[GessoFile(b"ID3\x04")])
    assert nameless.suffix == ".mp3", "models look at the ending"
    got(table)["b"] = 2
    assert got(table) == {"b": 1}, "a default is not shared by runs"
    made.close()


def test_a_file_is_a_copy_that_the_model_may_change(tmp_path: PlainPath) -> None:
    (tmp_path / "fox.txt").write_text("fox", encoding="utf-8")
    given = only(somewhere).value(Prediction(tmp_path / "run"), {"a": GessoFile(tmp_path / "fox.txt")})
    given.write_text("hare")
    assert (tmp_path / "fox.txt").read_text(encoding="utf-8") == "fox"


@pytest.mark.parametrize(("function", "value"), [(old, "b"), (either, True), (either, ["a"])])
def test_what_no_type_of_ours_can_say_is_checked_too(function: Callable[..., Any], value: Any) -> None:
    with pytest.raises(InputError, match=r"^a: expected"):
        only(function).value(Prediction(PlainPath()), {"a": value})


def no_type(a) -> None: ...  # type: ignore[no-untyped-def]  # that is what is tested
def of_nothing(a: BaseModel) -> None: ...
def of_files(a: Path | str) -> None: ...
def many(*a: str) -> None: ...
def broken(a: str = Input(regex="(")) -> None: ...
def unknown(a: Missing) -> None: ...  # type: ignore[name-defined]  # noqa: F821 - that is what is tested
def no_choice(a: str = Input(choices=[])) -> None: ...
def turned(a: int = Input(ge=3, le=2)) -> None: ...


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (no_type, "input 'a' has no type"),
        (of_nothing, "input 'a': BaseModel is not a type"),
        (of_files, "input 'a': .*Path.* is not a type"),
        (many, "cannot be an input"),
        (broken, "regex='\\(' is no regular expression"),
        (unknown, "annotation 'Missing' is not known"),
        (no_choice, "at least one choice"),
        (turned, "smallest number allowed"),
    ],
)
def test_what_cannot_be_an_input_is_named(function: Callable[..., Any], words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        inputs(function)
