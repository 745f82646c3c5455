"""References to git repositories, read so strictly that git and its libraries cannot understand them otherwise."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass, replace
from typing import Final

from gesso.errors import InputError

_REFERENCE: Final = re.compile(
    r"git\+(?P<scheme>https?)://(?P<host>[^/@:#?]+)(?::(?P<port>\d{1,5}))?(?P<path>/[^@#?]*)"
    r"(?:@(?P<rev>[^#]*))?(?:#subdirectory=(?P<subdirectory>.*))?",
    re.ASCII,
)
_HOST: Final = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_SEGMENT: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~+-]+")
_REV: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_+-]|[./](?![./]|lock\b|$)){0,199}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FOLDER: Final = re.compile(r"(?!\.{1,2}$)[^/\\:\x00-\x1f]+")
_FORM: Final = "git+https://host/owner/repository@version"
_KEY_LENGTH: Final = 32  # of 64 digits: short enough for paths on Windows, and too long for two to be made alike


@dataclass(frozen=True, kw_only=True)
class GitReference:
    """A model in a repository. `rev` is a branch, a tag or a commit, `subdirectory` a folder in it ("": its root)."""

    scheme: str
    host: str
    port: int
    path: str
    rev: str
    subdirectory: str

    @property
    def url(self) -> str:
        """The address of the repository, put together anew from its checked parts."""
        is_usual = self.port == (443 if self.scheme == "https" else 80)
        return f"{self.scheme}://{self.host}{'' if is_usual else f':{self.port}'}{self.path}"

    @property
    def repository(self) -> str:
        """The name of the repository."""
        return self.path.rpartition("/")[2].removesuffix(".git") or "model"

    @property
    def commit(self) -> str:
        """The commit that it names; "" if it names a branch or a tag, which may mean another one tomorrow."""
        return self.rev if _COMMIT.fullmatch(self.rev) else ""

    @property
    def key(self) -> str:
        """What this version of this repository is filed under."""
        return hashlib.sha256(f"{self.url}@{self.rev}".encode()).hexdigest()[:_KEY_LENGTH]

    def at(self, rev: str) -> GitReference:
        """Return the reference to another version of the same model."""
        return replace(self, rev=rev)

    def __str__(self) -> str:
        folder = f"#subdirectory={self.subdirectory}" if self.subdirectory else ""
        return f"git+{self.url}@{self.rev}{folder}"


def is_git_reference(text: str) -> bool:
    """Say whether a text is meant as a reference to a repository."""
    return text.startswith(("git+", "git@", "ssh://", "git://")) or "::" in text.partition("/")[0]


def read_git_reference(text: str) -> GitReference:
    """Read a reference; one without a version means the newest (HEAD). Raises `InputError`."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise _refuse("something else", hint="Gesso fetches from public repositories with https alone.")
    host, rev, subdirectory = found["host"].lower(), found["rev"], found["subdirectory"]
    path = found["path"].rstrip("/")
    port = int(found["port"] or (443 if found["scheme"] == "https" else 80))
    if not _is_host(host) or not 0 < port < 65536:
        raise _refuse(f"the host {host[:100]!r}")
    if not path or not all(_SEGMENT.fullmatch(segment) for segment in path[1:].split("/")):
        raise _refuse(f"the path {path[:100]!r}")
    if rev is not None and not _REV.fullmatch(rev):
        raise _refuse(f"the version {rev[:100]!r}", hint="A version is a branch, a tag or a commit.")
    if subdirectory is not None and not all(_FOLDER.fullmatch(folder) for folder in subdirectory.split("/")):
        raise _refuse(f"the folder {subdirectory[:100]!r}", hint="Write #subdirectory=folder/inside.")
    return GitReference(
        scheme=found["scheme"], host=host, port=port, path=path, rev=rev or "HEAD", subdirectory=subdirectory or ""
    )  # fmt: skip


def all_versions(reference: str) -> GitReference:
    """Return what the references to all versions of one model have in common."""
    return read_git_reference(reference).at("HEAD")


def _is_host(host: str) -> bool:
    """Say whether it is a name or a plain IPv4 address: other ways to write numbers are read differently by many."""
    if not _HOST.fullmatch(host):
        return False
    if host.rpartition(".")[2][0].isdigit():
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return False
    return True


def _refuse(given: str, *, hint: str = "") -> InputError:
    return InputError(f"a repository like {_FORM}", given, hint=hint)
