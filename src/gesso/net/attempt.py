"""One attempt at a download: a request for what is missing of a file, and the decision what the answer is good for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import httpx

from gesso.errors import FetchError
from gesso.net.address import read_address, shown
from gesso.net.exchange import Answer, Errand, get
from gesso.net.part import Part
from gesso.spec.runnable import Progress
from gesso.types.given import size

Report: TypeAlias = Callable[[Progress], None]
"""Takes how far a download is."""

_OK, _PARTIAL, _OUT_OF_RANGE = 200, 206, 416
_REPORT_S: Final = 0.1
_RANGE: Final = re.compile(r"bytes (?:(?P<first>\d+)-\d+|\*)/(?P<total>\d+)")
_HINT: Final = "The file there was changed, or the declaration is wrong: ask whoever made the model."


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file to download: what people call it, its address, SHA-256 in hex and size in bytes (0: not known)."""

    name: str
    url: str
    sha256: str
    size_bytes: int = 0

    @property
    def shown_url(self) -> str:
        """The address as it may be shown."""
        return shown(read_address(self.url))

    def refuse(self, got: str, expected: str) -> FetchError:
        """Return the error for a file that is not the one that was declared."""
        return FetchError(
            f"{self.shown_url} is not the {self.name} that was declared, so nothing of it was kept: "
            f"expected {expected}, but got {got}.",
            hint=_HINT,
        )


class Attempt:
    """One request for what is missing of a file, written to its part."""

    def __init__(self, wanted: Wanted, part: Part, *, tell: Report) -> None:
        self._wanted = wanted
        self._part = part
        self._tell = tell
        self._told_s = 0.0

    def make(self, errand: Errand) -> None:
        """Ask for what is missing and write it down. Blocks. Raises `FetchError`; what has come stays if it is good."""
        with get(self._wanted.url, errand, headers=self._headers()) as answer:
            total = self._begin(answer)
            if total is None or total > self._part.size_bytes:
                self._take(answer, total or self._wanted.size_bytes)
        if self._part.size_bytes < (total or self._wanted.size_bytes):
            raise FetchError(f"{self._wanted.shown_url} broke off.", hint="Try again.", is_passing=True)

    def _headers(self) -> dict[str, str]:
        if not self._part.size_bytes:
            return {}
        headers = {"Range": f"bytes={self._part.size_bytes}-"}
        return headers | ({"If-Range": self._part.mark} if self._part.mark else {})

    def _begin(self, answer: Answer) -> int | None:
        """Decide whether it goes on or begins anew. Returns the size of the whole file, None if it is not said."""
        answer.require(_OK, *((_PARTIAL, _OUT_OF_RANGE) if self._part.size_bytes else ()))
        if answer.status == _OK:
            length = answer.headers.get("content-length")
            total = None if length is None else int(length)
            self._part.begin(_mark(answer.headers))
        else:
            total = self._go_on(answer)
        if total is not None and self._wanted.size_bytes not in {0, total}:
            self._part.remove()
            raise self._wanted.refuse(f"{total} bytes", f"{self._wanted.size_bytes} bytes")
        return total

    def _go_on(self, answer: Answer) -> int:
        """Return the size of the whole file if the answer is what comes next, or says that there is no more."""
        found = _RANGE.fullmatch(answer.headers.get("content-range", "").strip())
        total = int(found["total"]) if found else -1
        is_next = found is not None and found["first"] == str(self._part.size_bytes) and answer.status == _PARTIAL
        if not is_next and total != self._part.size_bytes:
            self._part.remove()
            raise FetchError(f"{self._wanted.shown_url} has changed meanwhile.", hint="Try again.", is_passing=True)
        self._part.is_pieced = True
        return total

    def _take(self, answer: Answer, whole: int) -> None:
        """Write down what comes. Where it is not known how much that will be (0), half of the free room is enough."""
        self._part.require_room(whole - self._part.size_bytes)
        limit = whole or self._part.size_bytes + self._part.free_bytes // 2
        with self._part.writing() as write:
            for block in answer.parts:
                write(block)
                if self._part.size_bytes > limit:
                    break
                self._report(whole)
        if self._part.size_bytes > limit:
            self._part.remove()
            raise self._wanted.refuse("more", f"at most {size(limit)}")
        self._report(whole, is_last=True)

    def _report(self, whole: int, *, is_last: bool = False) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s < _REPORT_S and not is_last:
            return
        self._told_s = now_s
        come = self._part.size_bytes
        of = f" of {size(whole)}" if whole else ""
        self._tell(Progress(come / whole if whole else 0.0, f"Downloading {self._wanted.name}: {size(come)}{of}"))


def _mark(headers: httpx.Headers) -> str:
    """Return what names the version of a file, to ask for the rest of the same one; a weak ETag does not say enough."""
    etag: str = headers.get("etag", "")
    return "" if etag.startswith("W/") else etag or headers.get("last-modified", "")
