"""The gate: the first that every request and every WebSocket meets, before anything else of the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Scope, Send

from gesso.server import client_script
from gesso.server.layer import Call, Layer
from gesso.server.schemas.problem import Problem
from gesso.server.visitors import Visit, Visitors

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HINT: Final = (
    "The studio opens at the address that Gesso printed when it started. Other pages and names are listed in the "
    "settings: allowed_origins, allowed_hosts."
)
_OWNERS: Final = "/api/v1/settings"  # a listed page must not list others
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "DELETE, GET, HEAD, PATCH, POST, PUT",
    "Access-Control-Allow-Headers": (
        "Authorization, Cancel-After, Content-Type, Idempotency-Key, Last-Event-ID, Prefer, Range, Upload-Offset, "
        "X-Runway-Output-Format"
    ),
    "Access-Control-Max-Age": "600",
}
_EXPOSED: Final = (
    "Content-Disposition, Content-Range, Gesso-Seed, Location, Retry-After, Server-Timing, Upload-Length, Upload-Offset"
)


class MayAsk(Protocol):
    """Says whether a page of somebody else may ask at an address."""

    def __call__(self, path: str, *, origin: str) -> bool:
        """Say it."""
        ...


class Closed(Protocol):
    """Says why an address that is open to some pages is closed to this one."""

    def __call__(self, asking: HTTPConnection, *, origin: str) -> Problem | None:
        """Say it; None where the address is open to no page of others."""
        ...


class Gate(Layer):
    """Lets in whom `visitors` lets in, and sets the headers that every answer has.

    `visitors` is asked for each request, so that a change of the settings holds at once. `may_ask` says which pages of
    others may ask at which addresses besides: those of deployments. Who they are stands in the scope, as `gesso.guest`.
    `closed` has the words for those that may not.
    """

    def __init__(
        self,
        app: ASGIApp,
        visitors: Callable[[], Visitors],
        *,
        may_ask: MayAsk | None = None,
        closed: Closed | None = None,
    ) -> None:
        super().__init__(app)
        self._visitors = visitors
        self._may_ask = may_ask
        self._closed = closed

    async def meet(self, call: Call) -> None:
        """Refuse strangers, tell listed pages what they may do, hand on everything else."""
        visitors, visit = self._visitors(), _visit(call.scope)
        reason = visitors.refuse(visit)
        if reason and not (visitors.is_own_host(visit.host or "") and self._is_for_guests(call, visit)):
            problem = self._words(reason, call, visit=visit)
            await call.sending(_with_headers(call.send)).refuse(403, problem, headers={"Connection": "close"})
            return
        is_guest = visit.origin is not None and not visitors.is_own_origin(visit.origin)
        call = call.sending(_with_headers(call.send, guest=visit.origin if is_guest else None))
        is_stranger = is_guest and not visitors.is_listed(visit.origin or "")
        call.scope["gesso.guest"] = visit.origin if is_stranger else None
        if is_guest and call.is_request and call.scope["method"] == "OPTIONS":
            await call.to(Response(status_code=204, headers=_PREFLIGHT))
        elif is_guest and call.scope["path"].startswith(_OWNERS):
            problem = Problem(code="stranger", message="Only the studio's own page may do that.", hint=_HINT)
            await call.refuse(403, problem)
        else:
            await call.to(self.app)

    def _words(self, reason: str, call: Call, *, visit: Visit) -> Problem:
        """Return why it is refused: where a deployment is meant, what its owner can do; no setting opens it."""
        if self._closed is not None and visit.origin is not None and self._visitors().is_own_host(visit.host or ""):
            found = self._closed(HTTPConnection(call.scope), origin=visit.origin)
            if found is not None:
                return found
        return Problem(code="stranger", message=reason, hint=_HINT)

    def _is_for_guests(self, call: Call, visit: Visit) -> bool:
        """Say whether a page of somebody else asks for a deployment that it may use, or for the client's code."""
        if call.is_request and call.scope["path"] in client_script.PATHS:
            return True
        if self._may_ask is None or visit.origin is None:
            return False
        return self._may_ask(call.scope["path"], origin=visit.origin)


def _visit(scope: Scope) -> Visit:
    """Return what a request says of where it comes from. Said twice, it says nothing that we believe."""
    given = Headers(scope=scope)
    hosts, origins = given.getlist("host"), given.getlist("origin")
    is_link = given.get("sec-fetch-mode") == "navigate" and given.get("sec-fetch-dest") == "document"
    is_page = scope["type"] == "http" and scope["method"] == "GET" and not scope["path"].startswith("/api/")
    return Visit(
        host=hosts[0] if len(hosts) == 1 else None,
        origin=origins[0] if len(origins) == 1 else "null" if origins else None,
        fetch_site=given.get("sec-fetch-site"),
        is_followed_link=is_link and is_page,
    )


def _with_headers(send: Send, *, guest: str | None = None) -> Send:
    """Return a way back that sets the headers of every answer, and those for a listed page."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _ALWAYS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if guest else "same-origin")
            headers.add_vary_header("Origin")
            if guest:
                headers["Access-Control-Allow-Origin"] = guest
                headers["Access-Control-Expose-Headers"] = _EXPOSED
        await send(message)

    return send_with_headers
