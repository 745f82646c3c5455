"""The fields of a form that has come whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from gesso.errors import InputError
from gesso.server.direct.given import Medium, Typed
from gesso.server.json_parts import check_parts

if TYPE_CHECKING:  # where the library has it, too
    from python_multipart.multipart import MultipartCallbacks

_MOST_FIELDS: Final = 1000
_LONGEST_HEADERS: Final = 16_384


def read_form(body: bytes, content_type: str) -> dict[str, list[Medium | Typed]]:
    """Return the fields of a form by name, each with all that came under it. Raises `InputError` for a broken one."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 1 <= len(boundary) <= 200:
        raise _refuse("one without a boundary")
    reader = _Reader()
    parser = MultipartParser(boundary, reader.callbacks)
    try:
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise _refuse(f"a broken one ({error})") from error
    if not reader.is_whole:
        raise _refuse("one that breaks off")
    return reader.fields


class _Reader:
    """Hears from the parser what is where in the body."""

    def __init__(self) -> None:
        self.fields: dict[str, list[Medium | Typed]] = {}
        self.is_whole = False
        self._count = 0
        self._field = self._value = b""
        self._disposition = b""
        self._parts: list[bytes] = []
        self.callbacks: MultipartCallbacks = {
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_end": self._on_end,
        }

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:  # noqa: PLR0917 - the library's own order
        self._field += data[start:end]
        self._limit_headers()

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:  # noqa: PLR0917 - the library's own order
        self._value += data[start:end]
        self._limit_headers()

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:  # noqa: PLR0917 - the library's own order
        self._parts.append(data[start:end])

    def _on_part_end(self) -> None:
        options = parse_options_header(self._disposition)[1]
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._disposition, self._parts = b"", []
        self._count += 1
        if b"name" not in options:
            raise _refuse("one with a field that has no name")
        if self._count > _MOST_FIELDS:
            raise _refuse(f"one with more than {_MOST_FIELDS} fields")
        name = options[b"name"].decode("utf-8", "replace")
        self.fields.setdefault(name, []).append(_piece(data, options.get(b"filename"), where=name))

    def _on_end(self) -> None:
        self.is_whole = True

    def _limit_headers(self) -> None:
        if len(self._field) + len(self._value) > _LONGEST_HEADERS:
            raise _refuse("one with very long headers")


def _piece(data: bytes, file_name: bytes | None, *, where: str) -> Medium | Typed:
    if file_name is not None:
        return Medium(data, file_name.decode("utf-8", "replace"))
    try:
        return Typed(check_parts(data).decode())
    except UnicodeDecodeError as error:
        hint = "Send a file with its name, so that it is known as one."
        raise InputError("a text in UTF-8", "bytes that are none", hint=hint, where=where) from error


def _refuse(given: str) -> InputError:
    return InputError("a form with a field for each input", given, where="body")
