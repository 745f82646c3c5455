"""A web server on this computer with one large file, which breaks off, changes and lies as a test wants it to."""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.net.server import response, serving


@dataclass
class FileServer:
    """Serves `data` as HTTP says, with ranges. `cuts` are after how many bytes the next answers break off."""

    data: bytes
    etag: str = '"one"'
    cuts: list[int] = field(default_factory=list)
    has_length: bool = True
    knows_ranges: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/weights/net.onnx?token=secret"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def ranges(self) -> list[str]:
        """Which range each request asked for."""
        return [headers.get("range", "") for headers in self.asked]

    def answer(self, connection: socket.socket, request: str) -> None:
        headers = {name.lower(): value for name, value in re.findall(r"^([\w-]+): (.*?)\r$", request, re.MULTILINE)}
        self.asked.append(headers)
        whole = self._answer(headers)
        if self.cuts:
            head, _, body = whole.partition(b"\r\n\r\n")
            whole = head + b"\r\n\r\n" + body[: self.cuts.pop(0)]
        connection.sendall(whole)

    def _answer(self, headers: dict[str, str]) -> bytes:
        length = {} if self.has_length else {"Content_Length": ""}
        found = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
        is_same = headers.get("if-range", self.etag) == self.etag
        if found is None or not is_same or not self.knows_ranges:
            return response(self.data, ETag=self.etag, **length)
        first, total = int(found[1]), len(self.data)
        if first >= total:
            return response(status="416 Range Not Satisfiable", Content_Range=f"bytes */{total}")
        content_range = f"bytes {first}-{total - 1}/{total}"
        return response(
            self.data[first:], status="206 Partial Content", ETag=self.etag, Content_Range=content_range, **length
        )


@contextlib.contextmanager
def serving_file(data: bytes, **ways: object) -> Iterator[FileServer]:
    """Serve a file until the end of the context."""
    server = FileServer(data)
    for name, value in ways.items():
        setattr(server, name, value)
    with serving(server.answer) as server.port:
        yield server
