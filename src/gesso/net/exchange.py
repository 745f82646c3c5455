"""One question and one answer over HTTP, through the door and past the guard, after every redirect anew.

The variables by which a system names a proxy are not followed: a proxy would look the name up itself, past the guard.
"""

from __future__ import annotations

import contextlib
import math
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import httpcore
import httpx

from gesso.errors import FetchError
from gesso.net.address import read_address, shown
from gesso.net.door import Door, Visit
from gesso.net.guard import Guard, nobody_cancels

_MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})  # what a server says that is busy, or being mended
_STATUS_WORDS: Final = {
    401: "it asks for a password",
    403: "it does not let Gesso in",
    404: "there is nothing at that address",
    410: "what was there has been taken away",
    429: "it has been asked too often; try again later",
}


@dataclass(frozen=True, kw_only=True)
class Errand:
    """Who asks, what for, and within which limits.

    `what_for` is for the ledger and for people ("the weights of pose"). `allow_private` opens addresses of this
    computer and its network, to a URL that names one itself: a redirect from the public web does not lead there. All
    of it may take `timeout_s` seconds, but for the look-up of names, whose patience is the system's; the server may
    say nothing for `patience_s`. It ends soon after `is_canceled` says so.
    """

    door: Door
    what_for: str
    allow_private: bool = False
    timeout_s: float = math.inf
    patience_s: float = math.inf
    is_canceled: Callable[[], bool] = nobody_cancels


@dataclass(frozen=True)
class Answer:
    """What a server said: where in the end, the status, the headers, and the body in parts as they arrive."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    parts: Iterator[bytes]

    def require(self, *statuses: int) -> None:
        """Raise `FetchError`, in words, unless the status is one of these."""
        if self.status not in statuses:
            words = _STATUS_WORDS.get(self.status, "something is wrong there")
            raise FetchError(
                f"{shown(self.url)} answered {self.status}: {words}.",
                hint="Open it in a browser to see.",
                is_passing=self.status in _PASSING,
            )


@contextlib.contextmanager
def get(address: str, errand: Errand, *, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
    """Ask for an address with GET and go on to where it leads; the answer can be read inside the context.

    Blocks, so it is called in a thread. Raises `FetchError`, also from the reading inside.
    """
    url = read_address(address)
    deadline_s = time.monotonic() + errand.timeout_s
    allow_private = errand.allow_private

    def is_canceled() -> bool:
        errand.door.check(errand.what_for)  # it may be shut in the middle
        return errand.is_canceled()

    for _ in range(_MAX_REDIRECTS + 1):
        guard = Guard(
            allow_private=allow_private,
            deadline_s=deadline_s,
            patience_s=errand.patience_s,
            is_canceled=is_canceled,
        )
        with (
            errand.door.contact(url.host, errand.what_for) as visit,
            _explaining(url, errand),
            _ask(url, guard, visit=visit, headers=headers or {}) as answer,
        ):
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or location is None:
                yield answer
                return
        url = read_address(location, base=url)
        allow_private = guard.has_met_private
    raise FetchError(f"{shown(url)} only ever leads on to other addresses.", hint="Is there a mistake in it?")


def post(address: str, errand: Errand, *, body: bytes, headers: Mapping[str, str]) -> int:
    """Send something to an address with POST, and return the status that it is answered with; the rest is not read.

    Whither a redirect leads nothing is sent. Blocks, so it is called in a thread. Raises `FetchError`.
    """
    url = read_address(address)
    guard = Guard(
        allow_private=errand.allow_private,
        deadline_s=time.monotonic() + errand.timeout_s,
        patience_s=errand.patience_s,
        is_canceled=errand.is_canceled,
    )
    headers = {**headers, "Content-Length": str(len(body)), "Connection": "close"}
    with (
        errand.door.contact(url.host, errand.what_for) as visit,
        _explaining(url, errand),
        _ask(url, guard, visit=visit, headers=headers, body=body) as answer,
    ):
        return answer.status


def check_target(address: str, *, allow_private: bool) -> None:
    """Raise `FetchError` for an address that is none, or to which nothing may ever be sent. Blocks.

    A name that nobody knows passes: it may be known when something is sent, and is looked at again then.
    """
    url = read_address(address)
    guard = Guard(allow_private=allow_private)
    with contextlib.suppress(httpcore.ConnectError):
        guard.addresses(url.host, url.port or _PORTS[url.scheme])


@contextlib.contextmanager
def _ask(
    url: httpx.URL, guard: Guard, *, visit: Visit, headers: Mapping[str, str], body: bytes | None = None
) -> Iterator[Answer]:
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    sent: list[tuple[str, str]] = [
        ("Host", url.netloc.decode("ascii")),
        ("User-Agent", "gesso"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        *headers.items(),
    ]

    def parts(came: Iterator[bytes]) -> Iterator[bytes]:
        for part in came:
            visit.received_bytes += len(part)
            yield part

    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=guard) as pool,
        pool.stream("GET" if body is None else "POST", target, headers=sent, content=body) as response,
    ):
        yield Answer(url, response.status, httpx.Headers(response.headers), parts(response.iter_stream()))


@contextlib.contextmanager
def _explaining(url: httpx.URL, errand: Errand) -> Iterator[None]:
    """Say in words what is wrong with a connection."""
    try:
        yield
    except httpcore.TimeoutException as error:
        limit_s = min(errand.timeout_s, errand.patience_s)
        words = f"{shown(url)} took longer than {limit_s:g} seconds."
        raise FetchError(words, hint="Try again later.", is_passing=True) from error
    except httpcore.ConnectError as error:
        hint = "Is the address right, and this computer online?"
        raise FetchError(f"{url.host} cannot be reached.", hint=hint, is_passing=True) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchError(f"{shown(url)} broke off: {error}.", hint="Try again.", is_passing=True) from error


@cache
def _tls() -> ssl.SSLContext:
    """Return what checks certificates.

    Those whom Mozilla trusts are trusted, because Python on a Mac does not see whom the system trusts, and whom the
    system trusts where it can be seen: a school's own network may be among them.
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
