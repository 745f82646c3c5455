"""The one file of a form, as it comes: nothing of it is collected in memory or put anywhere else first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from gesso.errors import InputError

_LONGEST_HEADERS: Final = 16_384


async def first_file(body: AsyncIterator[bytes], content_type: str, *, name: str) -> tuple[str, AsyncIterator[bytes]]:
    """Return the name of the first file in a form ("photo.jpg", else `name`) and its bytes as they come.

    A form without a file, or that is broken, raises `InputError`: at once, or while it is read.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 1 <= len(boundary) <= 200:
        raise _refuse("a form without a boundary")
    form = _Form(body, boundary)
    await form.read_to_file()
    return form.name or name, form.chunks()


class _Form:
    """Reads a form up to the end of its first file."""

    def __init__(self, body: AsyncIterator[bytes], boundary: bytes) -> None:
        self._body = body
        self._parser = MultipartParser(
            boundary,
            {
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
            },
        )
        self._field = self._value = b""
        self._disposition = b""
        self._waiting: list[bytes] = []
        self._is_in_file = self._is_past_file = False
        self.name = ""

    async def read_to_file(self) -> None:
        async for chunk in self._body:
            self._feed(chunk)
            if self._is_in_file or self._is_past_file:
                return
        raise _refuse("a form without a file")

    async def chunks(self) -> AsyncIterator[bytes]:
        while True:
            waiting, self._waiting = self._waiting, []
            for data in waiting:
                yield data
            try:
                chunk = await anext(self._body)
            except StopAsyncIteration:
                break
            self._feed(chunk)  # also past the file, so that the connection stays good
        for data in self._waiting:
            yield data
        if not self._is_past_file:
            raise _refuse("a form that breaks off")

    def _feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _refuse(f"a broken form ({error})") from error

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

    def _on_headers_finished(self) -> None:
        options = parse_options_header(self._disposition)[1]
        self._disposition = b""
        if b"filename" in options and not self._is_past_file:
            self._is_in_file = True
            self.name = options[b"filename"].decode("utf-8", "replace")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:  # noqa: PLR0917 - the library's own order
        if self._is_in_file:
            self._waiting.append(data[start:end])

    def _on_part_end(self) -> None:
        self._is_past_file |= self._is_in_file
        self._is_in_file = False

    def _limit_headers(self) -> None:
        if len(self._field) + len(self._value) > _LONGEST_HEADERS:
            raise _refuse("a form with very long headers")


def _refuse(given: str) -> InputError:
    return InputError("a form with one file", given, where="body")
