"""Who asks a deployment: with which token, from which page, from which computer."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from gesso.hosting.tokens import Token

_LONGEST_TOKEN = 500


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever asks. `token` is None if none was sent, `origin` None unless a page of somebody else asks."""

    token: str | None
    origin: str | None
    client: str

    @classmethod
    def of(cls, connection: HTTPConnection) -> Caller:
        """Read it from a request. The gate has looked at where it comes from, and says so in `guest`."""
        kind, _, token = connection.headers.get("authorization", "").partition(" ")
        token = token.strip() if kind.lower() in {"bearer", "token"} else ""  # old clients of Replicate say Token
        return cls(
            token=token[:_LONGEST_TOKEN] or None,
            origin=connection.scope.get("gesso.guest"),
            client=connection.client.host if connection.client else "",
        )

    def name(self, token: Token | None) -> str:
        """Return what tells a guest from others: the token, each client of one that stands in pages, or the address."""
        if token is None:
            return self.client
        return f"{token.id} {self.client}" if token.kind == "browser" else token.id
