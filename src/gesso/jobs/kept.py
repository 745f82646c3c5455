"""The folders of jobs that go on: each outlives the process, and goes when its job is deleted.

In it, the file `wanted` tells the run what is wanted of it; the rest is the run's own.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

from gesso.jobs.identity import is_id
from gesso.jobs.job import Wanted
from gesso.storage.durable import explained, write_whole

WANTED: Final = "wanted"
"""The name of the file that the run reads."""


class KeptFolders:
    """The folders of jobs below one folder. Everything here reads and writes files: call it in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, job_id: str) -> Path:
        """Return the folder of a job; it may not be there yet."""
        return self._folder / job_id

    def tell(self, job_id: str, wanted: Wanted) -> None:
        """Tell a run what is wanted of it. Raises `StorageError`."""
        path = self.path(job_id) / WANTED
        if wanted == "go on":
            with explained(path):
                path.unlink(missing_ok=True)
        else:
            write_whole(path, wanted.encode())

    @staticmethod
    def is_to_pause(folder: Path) -> bool:
        """Say whether the run of a folder is told to pause."""
        try:
            return (folder / WANTED).read_bytes() == b"pause"
        except OSError:
            return False

    def remove(self, job_id: str) -> None:
        """Remove the folder of a job that is no more."""
        shutil.rmtree(self.path(job_id), ignore_errors=True)

    def job_ids(self) -> list[str]:
        """Return the jobs that have a folder."""
        if not self._folder.is_dir():
            return []
        return [path.name for path in self._folder.iterdir() if is_id(path.name)]

    def remove_all_but(self, job_ids: Collection[str]) -> None:
        """Remove the folders of jobs that are none of these."""
        for job_id in set(self.job_ids()) - set(job_ids):
            self.remove(job_id)
