from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.errors import InputError
from gesso.server.direct.form import read_form
from gesso.server.direct.given import Medium, Typed

KIND = "multipart/form-data; boundary=edge"


def field(name: str, data: bytes, file_name: str | None = None) -> bytes:
    more = f'; filename="{file_name}"' if file_name is not None else ""
    return f'--edge\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + data + b"\r\n"


def form(*fields: bytes) -> bytes:
    return b"".join(fields) + b"--edge--\r\n"


def test_fields_are_texts_and_files() -> None:
    body = form(field("words", "füchs".encode()), field("photo", b"\xff\xd8", "a.jpg"), field("words", b"hare"))
    assert read_form(body, KIND) == {
        "words": [Typed("füchs"), Typed("hare")],
        "photo": [Medium(b"\xff\xd8", "a.jpg")],
    }
    assert read_form(form(field("note", b"", "")), KIND) == {"note": [Medium(b"", "")]}


@given(st.binary(max_size=500))
def test_a_file_comes_as_it_was(data: bytes) -> None:
    if b"--edge" not in data:
        assert read_form(form(field("file", data, "x")), KIND) == {"file": [Medium(data, "x")]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"--edge\r\n",
        field("a", b"1"),
        field("a", b"1") + b"--ed",
        form(b"--edge\r\n\r\nno name\r\n"),
        form(b"--edge\r\nContent-Disposition: form-data\r\n\r\nno name\r\n"),
        form(field("a", b"\xff")),
        form(b"--edge\r\nX: " + b"a" * 20_000 + b"\r\n\r\n1\r\n"),
        form(*[field("a", b"1")] * 1001),
    ],
)
def test_a_broken_form_is_refused(body: bytes) -> None:
    with pytest.raises(InputError):
        read_form(body, KIND)


@pytest.mark.parametrize("kind", ["multipart/form-data", f"multipart/form-data; boundary={'a' * 300}"])
def test_a_form_has_a_boundary(kind: str) -> None:
    with pytest.raises(InputError, match="boundary"):
        read_form(form(field("a", b"1")), kind)
