"""Cog's own types: paths, files and secrets, also as the fields of somebody's pydantic class."""

from __future__ import annotations

import io
import pathlib

import pydantic
import pytest
from cog import File, Path, Secret


def test_a_path_stays_one() -> None:
    assert isinstance(Path("a") / "b.png", Path)
    assert isinstance(Path("a.png").with_suffix(".jpg").parent, Path)
    assert isinstance(Path("a"), pathlib.Path)


def test_the_content_of_an_address_goes_into_a_file() -> None:
    path = Path.validate("data:text/plain;base64,Zm94")
    assert (path.suffix, path.read_bytes()) == (".txt", b"fox")
    assert File.validate("data:,fox").read() == b"fox"
    opened = io.BytesIO()
    assert File.validate(opened) is opened
    with pytest.raises(ValueError, match="URL scheme"):
        File.validate("fox.txt")


def test_a_secret_is_not_shown() -> None:
    secret = Secret("fox")
    assert (str(secret), repr(secret), f"{secret}") == ("**********", "Secret(**********)", "**********")
    assert secret.get_secret_value() == "fox"
    assert str(Secret()) == ""


def test_pydantic_takes_them_as_fields() -> None:
    class Output(pydantic.BaseModel):
        path: Path
        token: Secret

    made = Output(path="a.png", token="x")  # type: ignore[arg-type]  # pydantic makes them
    assert made.path == Path("a.png")
    assert made.token == Secret("x")
