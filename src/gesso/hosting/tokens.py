"""Tokens: 256 random bits that open a deployment. Shown once; kept is only their SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from gesso.errors import DamagedError, InputError
from gesso.hosting.deployment import now

Kind: TypeAlias = Literal["secret", "browser"]
"""A `secret` token is for programs. A `browser` token may stand in a web page: it is good only there, for little."""

_PREFIX: Final[dict[Kind, str]] = {"secret": "gesso_", "browser": "gessob_"}
_LONGEST_NAME: Final = 100
_MOST_DAYS: Final = 3660
BROWSER_DAYS: Final = 90
"""How long a browser token is good, unless somebody says."""
BROWSER_REQUESTS: Final = 10_000
"""How many requests a browser token is good for, unless somebody says."""
BROWSER_PER_MINUTE: Final = 120
"""How many requests a minute a browser token allows each client, unless somebody says."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token as it is kept. Times are ISO 8601 in UTC; None is no limit.

    `origins` are the pages that a browser token is good for.
    """

    id: str
    deployment: str
    name: str
    kind: Kind = "secret"
    hint: str = ""
    """The last characters of the token, by which its owner knows it again."""
    created_at: str = ""
    expires_at: str | None = None
    origins: tuple[str, ...] = ()
    requests_per_minute: int | None = None
    max_requests: int | None = None
    max_compute_s: float | None = None

    def is_expired(self) -> bool:
        """Say whether its time is over."""
        return self.expires_at is not None and datetime.fromisoformat(self.expires_at) <= datetime.now(UTC)

    def to_json(self) -> str:
        """Return it as JSON."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Token:
        """Return it from JSON; `DamagedError` if it is none."""
        try:
            token = msgspec.json.decode(text, type=cls)
            token.is_expired()
        except (msgspec.MsgspecError, ValueError) as error:
            raise DamagedError(f"A token in the database is broken: {error}.") from error
        return token


@dataclass(frozen=True, kw_only=True)
class TokenOrder:
    """What somebody wants of a new token; see `Token`. `days` is how long it is good."""

    name: str
    kind: Kind = "secret"
    days: float | None = None
    origins: tuple[str, ...] = ()
    requests_per_minute: int | None = None
    max_requests: int | None = None
    max_compute_s: float | None = None


def make_token(order: TokenOrder, *, deployment: str, token_id: str) -> tuple[Token, str]:
    """Return a new token as it is kept, and the token itself, which is seen only now. Raises `InputError`."""
    name = order.name.strip()
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InputError(f"a name of up to {_LONGEST_NAME} characters", f'the text "{name[:100]}"', where="name")
    is_browser = order.kind == "browser"
    origins = tuple(dict.fromkeys(check_origin(origin) for origin in order.origins))
    if is_browser and not origins:
        hint = "https://editor.p5js.org is the p5.js editor."
        raise InputError("the pages that may use it", "none", hint=hint, where="origins")
    if origins and not is_browser:
        raise InputError("no pages: a secret token must not stand in one", "some", where="origins")
    days = BROWSER_DAYS if order.days is None and is_browser else order.days
    if days is not None and not 0 < days <= _MOST_DAYS:
        raise InputError(f"a number of days up to {_MOST_DAYS}", str(days), where="days")
    secret = _PREFIX[order.kind] + secrets.token_urlsafe(32)
    token = Token(
        id=token_id,
        deployment=deployment,
        name=name,
        kind=order.kind,
        hint=secret[-4:],
        created_at=now(),
        expires_at=None if days is None else _in_days(days),
        origins=origins,
        requests_per_minute=_or(order.requests_per_minute, BROWSER_PER_MINUTE, is_browser=is_browser),
        max_requests=_or(order.max_requests, BROWSER_REQUESTS, is_browser=is_browser),
        max_compute_s=order.max_compute_s,
    )
    return token, secret


def hash_of(secret: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def check_origin(origin: str, *, where: str = "origins") -> str:
    """Return the origin of web pages as browsers send it: "https://editor.p5js.org". Raises `InputError`."""
    given = origin.strip().rstrip("/").lower()
    try:
        parts = urlsplit(given.removesuffix(":*"))
        is_right = (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.netloc == f"{parts.hostname}" + (f":{parts.port}" if parts.port else "")
            and not (parts.path or parts.query or parts.fragment)
            and "*" not in parts.netloc
        )
    except ValueError:
        is_right = False
    if not is_right:
        raise InputError(
            "the beginning of a web address, up to the first slash", f'the text "{origin[:80]}"',
            hint='Like "https://editor.p5js.org", or "http://localhost:*" for every port of this computer.',
            where=where,
        )  # fmt: skip
    return given


def _or(given: int | None, usual: int, *, is_browser: bool) -> int | None:
    return usual if given is None and is_browser else given


def _in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds").replace("+00:00", "Z")
