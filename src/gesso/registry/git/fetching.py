"""Fetch one version of a repository: download it, look at what is in it, and write its files to the disk."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from gesso.errors import FetchError
from gesso.registry.git.contents import Contents, leaving_link, pointers
from gesso.registry.git.program import Git
from gesso.registry.git.reference import GitReference
from gesso.spec.runnable import Log, Progress
from gesso.types.given import size

Report: TypeAlias = Callable[[Progress | Log], None]
"""Takes the news of fetching."""

_PERCENT: Final = re.compile(r"(?P<what>Receiving objects|Resolving deltas|Updating files): +(?P<percent>\d+)%")
_WORDS: Final = {"Receiving objects": "Downloading", "Resolving deltas": "Unpacking", "Updating files": "Writing"}
_MOST_PACKED_BYTES: Final = 10_000_000_000


class Fetching:
    """One repository on its way: git's own files in `scratch/git`, what is kept in `scratch/place`."""

    def __init__(self, reference: GitReference, scratch: Path, *, report: Report) -> None:
        self._reference = reference
        self._git_folder = scratch / "git"
        self._tree = scratch / "place" / reference.repository
        self._report = report

    async def download(self, git: Git, rev: str) -> str:
        """Fetch one version without its history. Returns its commit."""
        self._report(Progress(0.0, f"Fetching {self._reference.repository}"))
        await git("init", "--quiet", "--bare", "--template=", "--", str(self._git_folder))
        options = ("--depth=1", "--no-tags", "--no-recurse-submodules", "--progress", "--")
        await git(self._there, "fetch", *options, self._reference.url, rev, hear=self._hear)
        *_, commit = await git(self._there, "rev-parse", "--verify", "FETCH_HEAD^{commit}")
        if not self._reference.at(commit).commit:
            raise FetchError(f"{self._reference} names no commit.", detail=commit)
        return commit

    async def write(self, git: Git, commit: str) -> None:
        """Write the files of a commit to the disk, once it is known that they are not too many."""
        contents = Contents()
        await git(self._there, "ls-tree", "-r", "-l", "--full-tree", commit, hear=contents.hear)
        free_bytes = shutil.disk_usage(self._git_folder).free
        if contents.size_bytes > free_bytes:
            raise FetchError(
                f"{self._reference.repository} needs {size(contents.size_bytes)}, and {size(free_bytes)} are free.",
                hint="Make room, and try again.",
            )
        self._tree.mkdir(parents=True)
        there = (self._there, f"--work-tree={self._tree}", "-c", "core.bare=false")
        await git(*there, "checkout", "--force", "--detach", "--progress", commit, "--", hear=self._hear)
        await asyncio.to_thread(self._look, contents)

    def packed_bytes(self) -> int:
        """Return how much has been downloaded."""
        paths = (path for path in self._git_folder.rglob("*pack*") if path.is_file())
        return sum(path.stat().st_size for path in paths if path.exists())

    @property
    def _there(self) -> str:
        return f"--git-dir={self._git_folder}"

    def _hear(self, line: str) -> None:
        found = _PERCENT.search(line)
        if found is None:
            return
        self._report(Progress(int(found["percent"]) / 100, f"{_WORDS[found['what']]} {self._reference.repository}"))
        if found["what"] == "Receiving objects" and self.packed_bytes() > _MOST_PACKED_BYTES:
            raise FetchError(f"{self._reference.repository} is larger than {size(_MOST_PACKED_BYTES)}.")

    def _look(self, contents: Contents) -> None:
        """Refuse what leads out of the repository, and say what is missing in it."""
        if link := leaving_link(self._tree):
            raise FetchError(
                f"{self._reference.repository} has a link that leads out of it, {link}, so it was not kept.",
                hint="Clone it yourself, if you know what it is, and name the folder of the model.",
            )
        if not (self._tree / self._reference.subdirectory).is_dir():
            raise FetchError(f"{self._reference.repository} has no folder {self._reference.subdirectory}.")
        if contents.submodules:
            self._warn(f"{', '.join(contents.submodules)}: other repositories inside this one, which are not fetched.")
        if found := pointers(self._tree):
            names = ", ".join(f"{name} ({size(size_bytes)})" for name, size_bytes in list(found.items())[:5])
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            self._warn(
                f"{names}{more}: only pointers to files on a Git LFS server, which Gesso does not fetch. If the model "
                "needs them, its author can declare them as [[weights]]; or clone it yourself with git lfs."
            )

    def _warn(self, text: str) -> None:
        self._report(Log(f"{self._reference.repository}: {text}", level="warning"))
