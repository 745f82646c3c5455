from __future__ import annotations

from pathlib import Path

import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types.text import TextType


@pytest.mark.parametrize("typed", ["6", "{}", "true", '"quoted"', " spaces ", ""])
def test_what_is_typed_is_taken_as_it_is(typed: str) -> None:
    assert TextType().parse(typed) == typed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_whatever_its_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "fox.txt"
    path.write_bytes("Füchse\r\nim Schnee".encode(encoding))
    assert TextType().read(path) == "Füchse\nim Schnee"


@pytest.mark.parametrize(
    ("data", "given"),
    [
        ("Füchse".encode("latin-1"), "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\xff", "a PNG picture"),
        (b"\xff\xfea", "UTF-16"),
        (b"a\0b", "NUL"),
    ],
)
def test_a_file_that_is_no_text_is_refused(data: bytes, given: str) -> None:
    with pytest.raises(InputError, match=given):
        TextType().decode(data)


def test_it_says_what_it_expects() -> None:
    assert TextType().expected == "a text"
    assert TextType(max_length=80).expected == "a text of at most 80 characters"
    assert TextType(min_length=3, max_length=80).expected == "a text of 3 to 80 characters"


def test_lengths_that_contradict_are_told() -> None:
    with pytest.raises(DeclarationError):
        TextType(min_length=5, max_length=4)
