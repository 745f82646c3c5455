"""Signing in: the link with the owner's key, the cookie that follows from it, and who is let through without."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Scope

from gesso.server.errors import answer
from gesso.server.layer import Call, Layer
from gesso.server.owner import COOKIE, COOKIE_AGE_S, OwnerKey, cookie_of
from gesso.server.schemas.problem import Problem

_OPEN: Final = frozenset({"/api/v1/health"})
_HINT: Final = "Open the link that Gesso printed when the key was made. `gesso serve --new-key` makes another."


class SignIn(Layer):
    """Inside of the gate: `/?key=...` signs a browser in, the API asks for a cookie or a bearer.

    Without a `key` nobody is asked, and the link only loses its key. The files of the studio are the same for all and
    are open, so that it can say what is missing.
    """

    def __init__(self, app: ASGIApp, key: OwnerKey | None) -> None:
        super().__init__(app)
        self._key = key

    async def meet(self, call: Call) -> None:
        """Greet whoever comes by the link, ask the others."""
        key = QueryParams(call.scope["query_string"]).get("key") if call.scope["path"] == "/" else None
        if call.is_request and key is not None:
            await call.to(self._greet(key, is_encrypted=call.scope["scheme"] == "https"))
        elif self._may_pass(call.scope):
            await call.to(self.app)
        else:
            problem = Problem(code="signed_out", message="This Gesso asks who you are.", hint=_HINT)
            await call.refuse(401, problem, headers={"WWW-Authenticate": "Bearer"})

    def _may_pass(self, scope: Scope) -> bool:
        if self._key is None or scope["path"] in _OPEN or not scope["path"].startswith("/api/"):
            return True
        asking = HTTPConnection(scope)
        kind, _, token = asking.headers.get("authorization", "").partition(" ")
        is_bearer = kind.lower() == "bearer" and self._key.opens(token.strip())
        return is_bearer or self._key.knows(asking.cookies.get(COOKIE, ""))

    def _greet(self, key: str, *, is_encrypted: bool) -> Response:
        """Lead on to the studio without the key, so that it stays in no history and no `Referer`."""
        headers = {"Cache-Control": "no-store"}
        response: Response = RedirectResponse("/", status_code=303, headers=headers)
        if self._key is None:
            return response
        if not self._key.opens(key):
            problem = Problem(code="signed_out", message="This link is no longer good.", hint=_HINT)
            return answer(401, problem, headers=headers)
        cookie = cookie_of(key)
        response.set_cookie(COOKIE, cookie, max_age=COOKIE_AGE_S, httponly=True, samesite="strict", secure=is_encrypted)
        return response
