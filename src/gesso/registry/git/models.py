"""Models from git repositories: fetched once for each commit, and from then on a folder like any other.

The folder of such models holds

    5e1c0d...json            what a branch or tag meant when it was fetched: the commit
    8a0f97.../               one commit of one repository; the name stands for both, so that trust is for both
        origin.json          which
        repository/          its files, without git's own
    5e1c0d...lock            held by the process that fetches it

Nothing in a repository is run by fetching it: no hooks, no filters, no submodules.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil

from gesso.errors import FetchError, InputError
from gesso.net.door import Door
from gesso.registry.alone import alone
from gesso.registry.git.fetching import Fetching, Report
from gesso.registry.git.program import Git, RunProgram
from gesso.registry.git.reference import GitReference
from gesso.spec.runnable import Progress
from gesso.storage import record

_SCRATCH: Final = ".fetching-"


@dataclass(frozen=True)
class Checkout:
    """A model of a repository that is on this computer: the reference with its commit, and the model's folder."""

    reference: GitReference
    path: Path


class GitModels:
    """The models from repositories in a folder. `run` runs git.

    `allow_private` opens repositories on this computer and its network, also without encryption.
    """

    def __init__(self, folder: Path, *, door: Door, run: RunProgram, allow_private: bool = False) -> None:
        self._folder = folder.absolute()
        self._door = door
        self._run = run
        self._allow_private = allow_private

    def find(self, reference: GitReference) -> Checkout | None:
        """Return the model that a reference meant when it was fetched, or None if it was not. Contacts nobody."""
        commit = reference.commit or self._pinned(reference)
        if not commit:
            return None
        pinned = reference.at(commit)
        root = self._folder / pinned.key / pinned.repository
        return Checkout(pinned, root / pinned.subdirectory) if root.is_dir() else None

    async def fetch(self, reference: GitReference, report: Report, *, is_newest: bool = False) -> Checkout:
        """Return the model that a reference means, and fetch it if it is not here yet.

        A branch or tag keeps meaning the commit that it first meant, until somebody asks for what `is_newest`. Raises
        `FetchError`, and `InstallError` if there is no git. Canceling ends git.
        """
        if reference.scheme != "https" and not self._allow_private:
            raise InputError("an address that begins with git+https://", f"git+{reference.scheme}://")
        if not is_newest and (found := self.find(reference)):
            return found
        waiting = Progress(0.0, f"Waiting: somebody else is fetching {reference.repository} just now")
        async with alone(self._folder / f"{reference.key}.lock", on_wait=lambda: report(waiting)):
            if not is_newest and (found := self.find(reference)):
                return found
            commit = await self._fetch(reference, report, rev="" if is_newest else self._pinned(reference))
        found = self.find(reference.at(commit))
        assert found is not None, reference
        return found

    def _pinned(self, reference: GitReference) -> str:
        """Return the commit that a branch or tag meant when it was fetched, "" if it was not."""
        try:
            kept = record.read(self._folder / f"{reference.key}.json")
        except (OSError, ValueError):
            return ""
        commit = kept.get("commit") if isinstance(kept, dict) else None
        return commit if isinstance(commit, str) and reference.at(commit).commit else ""

    async def _fetch(self, reference: GitReference, report: Report, *, rev: str) -> str:
        """Fetch a version and put it in its place. Returns its commit."""
        what_for = f"the model {reference.repository}"
        self._door.check(what_for)
        self._remove_leftovers()
        scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=self._folder))
        try:
            fetching = Fetching(reference, scratch, report=report)
            git = Git(scratch, run=self._run, settings=await self._way(reference))
            with self._door.contact(reference.host, what_for) as visit:
                try:
                    commit = await fetching.download(git, rev or reference.rev)
                finally:
                    visit.received_bytes = fetching.packed_bytes()
            await fetching.write(git, commit)
            self._keep(scratch / "place", reference, commit=commit)
        finally:
            await asyncio.shield(asyncio.to_thread(_remove, scratch))
        return commit

    async def _way(self, reference: GitReference) -> dict[str, str]:
        """Return the settings that let git go to this host alone, at the addresses that the guard has looked at.

        git before 2.37 does not know how to be told an address. There a name that changes its address in between leads
        git elsewhere, but no further than to a certificate that is not for that name.
        """
        import httpcore

        from gesso.net.guard import Guard

        guard = Guard(allow_private=self._allow_private)
        try:
            addresses = await asyncio.to_thread(guard.addresses, reference.host, reference.port)
        except httpcore.ConnectError as error:
            hint = "Is the address right, and this computer online?"
            raise FetchError(f"{reference.host} cannot be reached.", hint=hint) from error
        shown = ",".join(f"[{address}]" if address.version == 6 else str(address) for address in addresses)
        way = {
            f"protocol.{reference.scheme}.allow": "always",
            "http.curloptResolve": f"{reference.host}:{reference.port}:{shown}",
        }
        return way | ({"http.sslBackend": "schannel"} if sys.platform == "win32" else {})  # whom Windows trusts

    def _keep(self, place: Path, reference: GitReference, *, commit: str) -> None:
        """Put a fetched version where it belongs, in one go, and remember what its branch or tag meant."""
        pinned = reference.at(commit)
        kept = {
            "url": reference.url,
            "rev": reference.rev,
            "commit": commit,
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        record.write(place / "origin.json", kept)
        if self.find(pinned) is None:
            _remove(self._folder / pinned.key)  # somebody has removed a part of it
            place.rename(self._folder / pinned.key)
        if not reference.commit:
            record.write(self._folder / f"{reference.key}.json", kept)

    def _remove_leftovers(self) -> None:
        """Remove what processes left here that were killed."""
        for folder in self._folder.glob(f"{_SCRATCH}*"):
            owner = folder.name.removeprefix(_SCRATCH).partition("-")[0]
            if owner.isdigit() and not psutil.pid_exists(int(owner)):
                _remove(folder)


def _remove(folder: Path) -> None:
    if sys.platform == "win32":  # git makes its files read-only, and Windows does not remove such
        for path in folder.rglob("*"):
            path.chmod(stat.S_IWRITE)
    shutil.rmtree(folder, ignore_errors=True)
