"""`Hub`: repositories with models on the Hugging Face hub, fetched through the house's own door.

Only what is needed is fetched, only safetensors, each file at the commit that the repository had when it was asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from gesso.errors import FetchError, InputError
from gesso.net.door import Door
from gesso.registry.weights import WeightsFolder
from gesso.spec.model import Weights
from gesso.spec.runnable import Progress
from gesso.storage import record
from gesso.storage.durable import explained, sync_folder, write_whole
from gesso.training.trained import check_config, check_weights, copy_file
from gesso.types.base import Json

ADDRESS: Final = "https://huggingface.co"
"""Where the hub is."""

_KNOWN: Final = {
    "gpt2": "openai-community/gpt2",
    "gpt2-medium": "openai-community/gpt2-medium",
    "gpt2-large": "openai-community/gpt2-large",
    "gpt2-xl": "openai-community/gpt2-xl",
    "distilgpt2": "distilbert/distilgpt2",
}
"""Names that people say, and the repositories that they mean."""
_REPOSITORY: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(?:@(?P<revision>[\w][\w./-]{0,199}))?"
)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_SMALL: Final = ("config.json", "tokenizer.json", "vocab.json", "merges.txt", "generation_config.json", "README.md")
_LARGE: Final = "model.safetensors"
_LARGEST_SMALL_BYTES: Final = 50_000_000
_TIMEOUT_S: Final = 120.0
_NOTE: Final = "repository.json"


@dataclass(frozen=True)
class Repository:
    """A repository of the hub, and which state of it: a branch, a tag or a commit."""

    name: str
    revision: str = "main"

    @property
    def folder(self) -> str:
        """What its folder is called."""
        return self.name.replace("/", "--")


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A repository that is here: its folder, its commit, and its licence as it states it."""

    path: Path
    commit: str
    licence: str = ""


@dataclass(frozen=True)
class _File:
    name: str
    size_bytes: int
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True)
class _Listing:
    commit: str
    licence: str
    files: dict[str, _File] = field(default_factory=dict)


def read_repository(reference: str) -> Repository:
    """Read the name of a repository: `gpt2`, `owner/name`, `owner/name@revision`. Raises `InputError`."""
    name, at, revision = reference.partition("@")
    found = _REPOSITORY.fullmatch(_KNOWN.get(name, name) + at + revision)
    if found is None or ".." in reference:
        known = ", ".join(_KNOWN)
        raise InputError(
            "a trained model, or a repository of the hub like gpt2 or owner/name",
            repr(reference)[:80],
            hint=f"`gesso models` lists the models here; a folder is written ./folder. Often used: {known}.",
            where="base",
        )
    return Repository(found["name"], found["revision"] or "main")


class Hub:
    """The repositories below one folder, and the way to those that are not here yet.

    `address` is where the hub is: another one, or a mirror, may be on this computer or its network (`allow_private`).
    Large files lie among the `weights` of all models.
    """

    def __init__(
        self, folder: Path, *, weights: WeightsFolder, door: Door, address: str = ADDRESS, allow_private: bool = False
    ) -> None:
        self._folder = folder
        self._weights = weights
        self._door = door
        self._address = address.rstrip("/")
        self._allow_private = allow_private

    def check(self, repository: Repository) -> None:
        """Raise `FetchError` if a repository is not here, and Gesso is set to work offline."""
        if self._known(repository) is None:
            self._door.check(f"{repository.name} from the hub", hint="Train from nothing (no base), or allow it once.")

    async def fetch(self, repository: Repository, report: Callable[[Progress], None]) -> Fetched:
        """Return a repository as it is here, and fetch it if it is not. What broke off goes on where it was.

        Raises `FetchError`, and `InputError` for one that is no model of GPT-2's shape, or has only pickled weights.
        """
        known = await asyncio.to_thread(self._known, repository)
        if known is not None:
            return known
        report(Progress(0.0, f"Asking the hub for {repository.name}"))
        listing = await asyncio.to_thread(self._list, repository)
        self._check(repository, listing)
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=await asyncio.to_thread(self._made)) as staging:
            target = Path(staging) / "files"
            target.mkdir()
            await asyncio.to_thread(self._fetch_small, repository, listing, target=target)
            large = await self._fetch_large(repository, listing, report=report)
            await asyncio.to_thread(copy_file, str(large), str(target / _LARGE))
            check_weights(target, what=repository.name)
            return await asyncio.to_thread(self._keep, repository, listing, made=target)

    # -- what is here -------------------------------------------------------------------------------------------------

    def _known(self, repository: Repository) -> Fetched | None:
        """Return a repository that is here in the state that is asked for: a branch means the one first fetched."""
        try:
            note = record.read(self._folder / repository.folder / _NOTE)
            commit = repository.revision
            if not _COMMIT.fullmatch(commit):
                commit = note["revisions"][commit]
            path = self._folder / repository.folder / str(commit)
            licence = str(note["licence"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Fetched(path=path, commit=str(commit), licence=licence) if path.is_dir() else None

    def _keep(self, repository: Repository, listing: _Listing, *, made: Path) -> Fetched:
        folder = self._folder / repository.folder
        place = folder / listing.commit
        with explained(place):
            folder.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                made.rename(place)
            sync_folder(folder)
            try:
                note: Any = record.read(folder / _NOTE) or {}
            except ValueError:
                note = {}
            revisions = {**note.get("revisions", {}), repository.revision: listing.commit}
            record.write(folder / _NOTE, {"revisions": revisions, "licence": listing.licence})
        return Fetched(path=place, commit=listing.commit, licence=listing.licence)

    def _made(self) -> Path:
        with explained(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    # -- what is there ------------------------------------------------------------------------------------------------

    def _list(self, repository: Repository) -> _Listing:
        url = f"{self._address}/api/models/{repository.name}/revision/{quote(repository.revision, safe='')}?blobs=true"
        told = self._ask(url, repository)
        try:
            data = json.loads(told)
            card = data.get("cardData") or {}
            files = [_file(each) for each in data["siblings"]]
            listing = _Listing(str(data["sha"]), str(card.get("license") or ""), {each.name: each for each in files})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FetchError(f"The hub says something of {repository.name} that nobody understands.") from error
        if not _COMMIT.fullmatch(listing.commit):
            raise FetchError(f"The hub does not say which state of {repository.name} it has.")
        return listing

    def _check(self, repository: Repository, listing: _Listing) -> None:
        names = set(listing.files)
        if _LARGE not in names:
            pickled = sorted(
                name for name in names if name.endswith((".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack"))
            )
            given = f"only {pickled[0]}" if pickled else "none"
            hint = "To read a pickle is to run it. " if pickled else ""
            raise InputError(f"weights as {_LARGE} in {repository.name}", given, hint=f"{hint}Take another repository.")
        if "config.json" not in names:
            raise InputError(f"a config.json in {repository.name}", "none", hint="Take another repository.")

    def _fetch_small(self, repository: Repository, listing: _Listing, *, target: Path) -> None:
        for name in _SMALL:
            if (told := listing.files.get(name)) is None:
                continue
            data = self._ask(self._url(repository, listing, name=name), repository)
            if not _is_right(told, data):
                raise FetchError(f"{name} of {repository.name} did not come as the hub says it is.", hint="Try again.")
            if name == "config.json":
                check_config(data, what=repository.name)
            write_whole(target / name, data)

    async def _fetch_large(
        self, repository: Repository, listing: _Listing, *, report: Callable[[Progress], None]
    ) -> Path:
        told = listing.files[_LARGE]
        if not told.sha256:
            raise FetchError(f"The hub does not say what {_LARGE} of {repository.name} has to be.", hint="Try another.")
        weights = Weights(
            name=f"{repository.folder}.safetensors",
            url=self._url(repository, listing, name=_LARGE),
            sha256=told.sha256,
            size_bytes=told.size_bytes,
        )
        found = await self._weights.prepare([weights], report=report)
        return found[weights.name]

    def _url(self, repository: Repository, listing: _Listing, *, name: str) -> str:
        return f"{self._address}/{repository.name}/resolve/{listing.commit}/{quote(name)}"

    def _ask(self, url: str, repository: Repository) -> bytes:
        from gesso.net.fetch import fetch  # with httpx behind it, which most starts do not need

        try:
            return fetch(
                url,
                self._door,
                limit_bytes=_LARGEST_SMALL_BYTES,
                timeout_s=_TIMEOUT_S,
                allow_private=self._allow_private,
                what_for=f"{repository.name} from the hub",
            ).data
        except FetchError as error:
            if " 401" in error.message or " 404" in error.message:
                raise FetchError(
                    f"The hub has no model {repository.name} ({repository.revision}) that everybody may have.",
                    hint="Is it spelt right? One behind a licence has to be fetched by hand: --base ./folder.",
                ) from error
            raise


def _file(told: dict[str, Json]) -> _File:
    lfs = told.get("lfs") or {}
    return _File(
        name=str(told["rfilename"]),
        size_bytes=int(lfs.get("size") or told.get("size") or 0),
        sha256=str(lfs.get("sha256") or lfs.get("oid") or ""),
        git_sha1=str(told.get("blobId") or ""),
    )


def _is_right(told: _File, data: bytes) -> bool:
    if told.sha256:
        return hashlib.sha256(data).hexdigest() == told.sha256
    if told.git_sha1:  # a small file is known by what git calls it
        return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == told.git_sha1
    return not told.size_bytes or len(data) == told.size_bytes
