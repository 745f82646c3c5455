"""A deployment: a model under a name of its own, in versions of which one answers."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

import msgspec

from gesso.errors import ConflictError, DamagedError, InputError, NotFoundError
from gesso.types.base import Json

State: TypeAlias = Literal["inactive", "asleep", "waking", "awake", "failed"]
"""How a deployment stands. `failed`: it could not get ready; the next request tries again."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TAKEN: Final = frozenset({"www", "api", "v1", "runwayml"})
MOST_RELEASES: Final = 50
"""Versions that a deployment keeps; the oldest that does not answer goes first."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """One version of a deployment: a model as it was when it was deployed, and how it is to be run.

    `digest` is that of the model's files (see `folder_digest`), `archive` the SHA-256 of the kept file with them.
    `options` are in wire form, `created_at` is ISO 8601.
    """

    number: int
    model: str
    digest: str
    archive: str
    command: str
    options: dict[str, Json] = field(default_factory=dict)
    device: str = "auto"
    created_at: str = ""

    @property
    def runs_as(self) -> tuple[str, ...]:
        """What two releases must have in common to run in the same workers."""
        return self.model, self.digest, json.dumps(self.options, sort_keys=True), self.device

    def is_same_as(self, other: Release) -> bool:
        """Say whether another release does exactly what this one does."""
        return self.runs_as == other.runs_as and self.command == other.command


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A model as a URL.

    `current` is the number of the release that answers. Without `is_active` it answers nobody. `is_public`: no token is
    asked for. `has_page`: at its address is a page with a form, for people. `origins` are the web pages that may use a
    public one without a token. `requests_per_minute` holds for each client; None is no limit.
    """

    name: str
    current: int = 1
    releases: tuple[Release, ...] = ()
    is_active: bool = True
    is_public: bool = False
    has_page: bool = False
    origins: tuple[str, ...] = ()
    requests_per_minute: int | None = None
    created_at: str = ""
    secret: str = ""
    """What signs the messages of this deployment, and addresses that open something of it. Never shown."""

    @property
    def release(self) -> Release:
        """The version that answers."""
        return self.numbered(self.current)

    def numbered(self, number: int) -> Release:
        """Return one version, or raise `NotFoundError`."""
        for release in self.releases:
            if release.number == number:
                return release
        known = ", ".join(str(release.number) for release in self.releases)
        raise NotFoundError(f"{self.name} has no version {number}.", hint=f"There are: {known}.")

    def with_release(self, release: Release) -> Deployment:
        """Return it with one more version, which does not answer yet, and without the oldest if there are too many."""
        others = [kept for kept in self.releases if kept.number != self.current]
        spare = {kept.number for kept in others[: max(0, len(self.releases) + 1 - MOST_RELEASES)]}
        return replace(self, releases=(*(kept for kept in self.releases if kept.number not in spare), release))

    def refuse_same(self, release: Release) -> None:
        """Raise `ConflictError` if one of its versions is exactly this already."""
        same = next((kept for kept in reversed(self.releases) if kept.is_same_as(release)), None)
        if same is not None:
            hint = "It answers." if same.number == self.current else f"Switch to version {same.number}."
            raise ConflictError(
                f"Nothing has changed: version {same.number} of {self.name} is this model as it is now.", hint=hint
            )

    @property
    def next_number(self) -> int:
        """The number of the next version."""
        return max((release.number for release in self.releases), default=0) + 1

    def to_json(self) -> str:
        """Return it as JSON."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Deployment:
        """Return it from JSON; `DamagedError` if it is none."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError as error:
            raise DamagedError(f"A deployment in the database is broken: {error}.") from error


def check_name(name: str) -> str:
    """Return a name that can be part of an address, as a subdomain can. Raises `InputError`."""
    if not _NAME.fullmatch(name) or name in _TAKEN or name.startswith("xn--"):
        raise InputError(
            "up to 63 small letters, digits and hyphens inside",
            f'the text "{name[:80]}"',
            hint="Other words are kept for Gesso itself." if name in _TAKEN else "",
            where="name",
        )
    return name


def suggest_name(model: str) -> str:
    """Return a name for a deployment of a model that nobody has yet: `pose-3f9a1c`."""
    return f"{model[:50].strip('-') or 'model'}-{secrets.token_hex(3)}"


def now() -> str:
    """Return the time as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def as_options(options: Mapping[str, Json]) -> dict[str, Json]:
    """Return options as a release keeps them: in one order, so that equal ones look equal."""
    return {name: options[name] for name in sorted(options)}
