"""HTTP/1.1 as bytes, no more than the load needs: so that the client takes next to nothing from the two cores."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from benchmarks.peers.peer import Address, Answer, Exchange, UnexpectedAnswerError

_BOUNDARY: Final = "gesso-bench-7d1f"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_SHOWN: Final = 200  # bytes of an answer that was not expected


def get(address: Address, path: str) -> bytes:
    """Return a request for a page."""
    return _request("GET", address, path=path)


def post_json(address: Address, path: str, *, value: object) -> bytes:
    """Return a request that sends JSON."""
    return _request("POST", address, path=path, content=json.dumps(value).encode(), kind="application/json")


def post_file(address: Address, path: str, *, field: str, content: bytes, accept: str = "*/*") -> bytes:
    """Return a request that sends a form with one JPEG in it."""
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="photo.jpg"\r\n'
    form = f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
    return _request(
        "POST", address, path=path, content=form, kind=f"multipart/form-data; boundary={_BOUNDARY}", accept=accept
    )


def _request(
    method: str, address: Address, *, path: str, content: bytes = b"", kind: str = "", accept: str = "*/*"
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{address.port}", f"Accept: {accept}"]
    if kind:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(content)}"]
    if address.token:
        lines.append(f"Authorization: Bearer {address.token}")
    return "\r\n".join([*lines, "", ""]).encode() + content


def once(request: bytes, read: Callable[[bytes], bytes] = bytes) -> Callable[[], Exchange]:
    """Return runs that are one request each, the same every time. `read` takes the result out of the answer."""

    def run() -> Exchange:
        return read(expected((yield request)).body)

    return run


def expected(answer: Answer) -> Answer:
    """Return an answer that is as it should be. Raises `UnexpectedAnswerError` for any other."""
    if not 200 <= answer.status < 300:
        raise UnexpectedAnswerError(f"{answer.status}: {answer.body[:_SHOWN].decode(errors='replace')}")
    return answer


class Reader:
    """Puts the answers of one connection together from what comes in."""

    def __init__(self) -> None:
        self._came = bytearray()
        self._needed = 0  # how many bytes there must be before looking again is worth it

    def feed(self, data: bytes) -> Answer | None:
        """Take what came; return the answer once it is whole."""
        self._came += data
        if len(self._came) < self._needed:
            return None
        end = self._came.find(b"\r\n\r\n")
        if end < 0:
            return None
        head, start = bytes(self._came[:end]), end + 4
        if _CHUNKED.search(head):
            return self._chunked(head, start)
        length = _LENGTH.search(head)
        self._needed = start + (int(length[1]) if length else 0)
        if len(self._came) < self._needed:
            return None
        return self._whole(head, bytes(self._came[start : self._needed]))

    def _chunked(self, head: bytes, at: int) -> Answer | None:
        parts: list[bytes] = []
        while (end := self._came.find(b"\r\n", at)) >= 0:
            size = int(self._came[at:end].partition(b";")[0], 16)
            if len(self._came) < end + size + 4:
                return None
            parts.append(bytes(self._came[end + 2 : end + 2 + size]))
            at = end + size + 4
            if size == 0:
                return self._whole(head, b"".join(parts))
        return None

    def _whole(self, head: bytes, body: bytes) -> Answer:
        self._came.clear()  # nothing is sent ahead, so nothing of another answer is in it
        self._needed = 0
        return Answer(int(head[9:12]), body)
