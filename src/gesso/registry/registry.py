"""`Registry`: finds a model by its reference, and keeps the specs that were read."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gesso.errors import DeclarationError, GessoError, InputError, NotFoundError, StorageError
from gesso.registry.added import AddedModels
from gesso.registry.digest import folder_digest
from gesso.registry.git.fetching import Report
from gesso.registry.git.models import GitModels
from gesso.registry.git.reference import all_versions, is_git_reference, read_git_reference
from gesso.registry.manifest import is_name, read_manifest
from gesso.registry.server_reference import is_server_reference, server_source
from gesso.registry.source import ModelSource
from gesso.registry.trust import Trust
from gesso.spec.model import SCHEMA_VERSION, ModelSpec
from gesso.storage.durable import write_whole
from gesso.version import VERSION

_BOX: Final = Path(__file__).parent.parent / "models"
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|git\+|git@")


@dataclass(frozen=True)
class Listed:
    """A line of the list of models: a source, or the error that keeps one from being read."""

    name: str
    source: ModelSource | None = None
    error: GessoError | None = None


class Registry:
    """The models of a home: those in the box, those that were added, and any folder or file that is named.

    `describe` reads a model's spec by running its code in a worker; it is called only for models that are trusted.
    `git` are the models from repositories; without it there are none. `box` is the folder of the models that come with
    Gesso.
    """

    def __init__(
        self,
        home: Path,
        *,
        describe: Callable[[ModelSource], Awaitable[ModelSpec]],
        git: GitModels | None = None,
        box: Path = _BOX,
    ) -> None:
        self.trust = Trust(home)
        self._describe = describe
        self._git = git
        self._box = box
        self._added = AddedModels(home / "models")
        self._specs = home / "cache" / "specs"

    # -- finding ------------------------------------------------------------------------------------------------------

    def find(self, reference: str) -> ModelSource:
        """Find the model that a reference means: a name, `./folder`, `./file.py`, or a path from the root.

        Also a `git+https://...` that was fetched before, and a `runway+http://...` that serves itself. None of its
        code is run, and nobody is contacted. Raises `NotFoundError` or `InputError` if the reference leads nowhere and
        `DeclarationError` if the model's declaration is wrong.
        """
        if self._git is not None and is_git_reference(reference):
            return self._find_fetched(reference, self._git)
        if is_server_reference(reference):
            return server_source(reference)
        if _ADDRESS.match(reference):
            raise InputError(
                "the name of a model, a folder or a file",
                f"an address ({reference})",
                hint="A repository is written git+https://...; or download the model, and name its folder: ./folder.",
            )
        if _is_path(reference):
            manifest = read_manifest(Path(reference))
            return ModelSource(reference, manifest, "folder" if manifest.path.is_dir() else "file")
        if reference in self._box_names():
            return ModelSource(reference, read_manifest(self._box / reference), "box")
        if reference in self._added.names():
            return self._find_added(reference)
        raise self._unknown(reference)

    async def fetch(self, reference: str, report: Report, *, is_newest: bool = False) -> ModelSource:
        """Find the model that a reference means, and if that is in a repository, fetch it first. Runs none of its code.

        A branch or tag means the commit that it meant when it was first fetched, or with `is_newest` the one that it
        means now. Raises what `find` raises, `FetchError`, and `InstallError` if there is no git.
        """
        if self._git is not None and is_git_reference(reference):
            await self._git.fetch(read_git_reference(reference), report, is_newest=is_newest)
        return self.find(reference)

    def models(self) -> list[Listed]:
        """List the models in the box and those that were added, each group by name. One that is broken says why."""
        return [self._listed(name) for name in self._names()]

    def _listed(self, name: str) -> Listed:
        try:
            return Listed(name, source=self.find(name))
        except GessoError as error:
            return Listed(name, error=error)

    def _names(self) -> list[str]:
        """Return every name. One that was added before a newer Gesso brought a model of that name means Gesso's."""
        return list(dict.fromkeys((*self._box_names(), *self._added.names())))

    def _box_names(self) -> list[str]:
        return sorted(path.parent.name for path in self._box.glob("*/model.py"))

    def _find_fetched(self, reference: str, git: GitModels) -> ModelSource:
        found = git.find(read_git_reference(reference))
        if found is None:
            raise NotFoundError(
                f"{reference} is not on this computer yet.", hint=f"`gesso add {reference}` fetches it from the web."
            )
        return ModelSource(reference, read_manifest(found.path), "git", str(found.reference))

    def _find_added(self, name: str) -> ModelSource:
        added = self._added.get(name)
        if is_server_reference(added.address):
            source = server_source(added.address)
            return replace(source, reference=name, manifest=replace(source.manifest, name=name))
        path = Path(added.path)
        if not path.exists():
            again = f"fetch it again: gesso add {added.address}" if added.address else "put it back"
            raise NotFoundError(
                f"{name} was added from {path}, and there is nothing any more.",
                hint=f"You can {again}, or take it off the list: gesso remove {name}.",
            )
        return ModelSource(name, replace(read_manifest(path), name=name), "added", added.address)

    def _unknown(self, name: str) -> NotFoundError:
        known = self._names()
        if _is_here(f"{name}.py"):
            hint = f"There is {name}.py here: write ./{name}.py."
        elif _is_here(name):
            hint = f"There is a folder or file of that name here: write ./{name}."
        elif near := difflib.get_close_matches(name.lower(), known):
            hint = f"Did you mean {' or '.join(near)}?"
        else:
            hint = f"There are: {', '.join(known) or 'none'}. A folder is written ./folder."
        return NotFoundError(f"There is no model {name!r}.", hint=hint)

    # -- adding -------------------------------------------------------------------------------------------------------

    def add(self, reference: str, name: str | None = None) -> ModelSource:
        """Put a folder, a file or a fetched repository on the list of models, under its own name or another.

        It stays where it is. A newer version of a repository takes the place of an older one of the same name. Raises
        `InputError` if the name is taken or cannot be one.
        """
        source = self.find(reference)
        if source.origin not in {"folder", "file", "git"} and reference in self._names():
            raise InputError("a folder or file, like ./my-model", f"a model that is on the list already ({reference})")
        name = source.name if name is None else name
        if not is_name(name):
            raise InputError("a name of lower-case letters, digits and hyphens", repr(name))
        if name in self._box_names() or (name in self._added.names() and not self._is_same(name, source)):
            raise InputError(
                "a name that no other model has", f"{name!r}, which is taken", hint="Give it another one with --name."
            )
        self._added.put(name, path=source.path, digest=source.digest, address=source.address)
        return self.find(name)

    def _is_same(self, name: str, source: ModelSource) -> bool:
        """Say whether a model is the one that was added under a name, perhaps in another version."""
        added = self._added.get(name)
        if is_server_reference(added.address) or source.server:
            return added.address == source.address
        if added.address and source.address:
            return all_versions(added.address) == all_versions(source.address)
        return added.path == str(source.path)

    def remove(self, name: str) -> None:
        """Take an added model off the list. Its folder stays as it is."""
        if name in self._added.names():
            self._added.remove(name)
        elif name in self._box_names():
            raise InputError("a model that was added", f"{name!r}, which comes with Gesso and stays")
        else:
            raise self._unknown(name)

    # -- specs --------------------------------------------------------------------------------------------------------

    async def spec(self, source: ModelSource) -> ModelSpec:
        """Return a model's spec. Models in the box bring it; others are described once for each state of their files.

        Raises `TrustError` if that would run code which nobody trusts yet, and what `describe` raises.
        """
        if known := await self.known_spec(source):
            return known
        digest = await asyncio.to_thread(lambda: source.digest)
        spec = await self._describe(source)
        if source.server:  # it may be another model tomorrow
            return spec
        if await asyncio.to_thread(folder_digest, source.path) == digest:  # nobody has changed it meanwhile
            with contextlib.suppress(StorageError):  # it is only read again next time: no reason to fail
                write_whole(self._place(source, digest), spec.to_json().encode())
        return spec

    async def known_spec(self, source: ModelSource) -> ModelSpec | None:
        """Return a model's spec if it need not be described for that; `TrustError` if nobody trusts it yet."""
        committed = source.path / "spec.json"
        if source.origin == "box" and committed.exists():
            return ModelSpec.from_json(committed.read_bytes())
        self.trust.require(source)
        if source.server:
            return None
        digest = await asyncio.to_thread(lambda: source.digest)
        with contextlib.suppress(OSError, DeclarationError):
            return ModelSpec.from_json(self._place(source, digest).read_bytes())
        return None

    def _place(self, source: ModelSource, digest: str) -> Path:
        return self._specs / f"{_key(source.name, digest)}.json"


def _is_path(reference: str) -> bool:
    return reference.startswith((".", "~")) or reference.endswith(".py") or re.search(r"[/\\]", reference) is not None


def _is_here(name: str) -> bool:
    try:
        return name not in {"", ".py"} and Path(name).exists()
    except (OSError, ValueError):
        return False


def _key(name: str, digest: str) -> str:
    """Return what a kept spec is filed under: all that it depends on. The name may come from outside of the files."""
    return hashlib.sha256(json.dumps([name, digest, VERSION, SCHEMA_VERSION]).encode()).hexdigest()
