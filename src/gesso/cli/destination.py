"""Where the outputs go."""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gesso.cli.inputs import Identity, identity
from gesso.cli.results import ending_of, first_of, is_list_of_files, new_path, possible_endings
from gesso.cli.writable import check_file, check_folder
from gesso.errors import SettingsError
from gesso.spec.model import Port


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where each output goes, by its name: into a file that was named, into a new one in a folder, or nowhere.

    `streamed` is the name of the output that goes to standard output as it is, with `-o -`. `is_printing`: what can be
    read is printed. `stem` is what new files are called by: the model, or, where a folder is gone through
    (`is_folder_run`), each input. `new_folder` is one that nobody named. `sources` are the identities of files that are
    read and must stay.
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)
    streamed: str = ""
    is_printing: bool = False
    is_folder_run: bool = False
    new_folder: Path | None = None
    sources: Set[Identity] = frozenset()

    def path(self, port: Port, value: Any, *, stem: str) -> Path | None:
        """Return the file for an output, or None if it gets none. An input raises `SettingsError`."""
        path = self.files.get(port.name)
        if path is None and port.name in self.folders:
            path = self._in_folder(port, value, stem=stem)
        if path is not None and identity(path) in self.sources:
            raise SettingsError(f"{path} is an input and would be written over.", hint="Give -o another name.")
        return path

    def check(self, ports: Iterable[Port], stems: Iterable[str]) -> None:
        """Raise `SettingsError` if an input would be written over, as far as one can know before anything runs."""
        ports = tuple(ports)
        for stem in stems:
            for port in ports:
                self.path(port, None, stem=stem)

    def check_places(self) -> None:
        """Raise `SettingsError` if something could not be written where it should go."""
        for folder in set(self.folders.values()):
            check_folder(folder)
        for path in self.files.values():
            check_file(path)

    def is_done(self, ports: Iterable[Port], *, stem: str) -> bool:
        """Say whether every output of an input is there already, where a folder is gone through."""
        return all(
            any(path.exists() for path in self._possible(port, stem=stem))
            for port in ports
            if port.name in self.folders
        )

    def make_folders(self) -> None:
        """Make the folders that are still missing."""
        for folder in {*self.folders.values(), *(file.parent for file in self.files.values())}:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SettingsError(f"The folder {folder} cannot be made: {error.strerror}.") from error

    def _in_folder(self, port: Port, value: Any, *, stem: str) -> Path:
        path = self.folders[port.name] / f"{self._name(port, stem)}{ending_of(port.data_type, value)}"
        if self.is_folder_run:
            return path  # going through the folder again gives the same names
        return new_path(path, lambda path: _is_taken(port, path))

    def _name(self, port: Port, stem: str) -> str:
        is_alone = self.is_folder_run and list(self.folders.values()).count(self.folders[port.name]) == 1
        return stem if is_alone else f"{stem}-{port.name}"

    def _possible(self, port: Port, *, stem: str) -> Iterator[Path]:
        """Yield the files that an output can have become: its ending may depend on its value."""
        folder, name = self.folders[port.name], self._name(port, stem)
        for ending in possible_endings(port.data_type):
            if ending == "*":
                yield from folder.glob(f"{glob.escape(name)}.*")
            path = folder / f"{name}{ending.strip('/*')}"
            yield first_of(path) if is_list_of_files(port.data_type, path) else path


def stems_of(paths: Sequence[Path]) -> list[str]:
    """Return what the outputs of each input are called by: "fox" for fox.png, "fox-png" if there is a fox.jpg too."""
    count = Counter(path.stem.lower() for path in paths)  # to many systems, Fox.png and fox.png are one
    stems: list[str] = []
    for path in paths:
        stem = path.stem if count[path.stem.lower()] == 1 else path.name.replace(".", "-")
        stems.append(stem)
    return stems


def _is_taken(port: Port, path: Path) -> bool:
    return path.exists() or (is_list_of_files(port.data_type, path) and first_of(path).exists())
