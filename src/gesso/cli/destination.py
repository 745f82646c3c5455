"""Where the outputs go: decided from `-o` before anything runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gesso.cli.inputs import Identity, identity
from gesso.cli.results import ending_of, endings, fits, is_list_of_files, is_readable, new_path
from gesso.errors import SettingsError
from gesso.spec.model import Command, Port


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where each output goes, by its name: into a file that was named, into a new one in a folder, or nowhere.

    `is_printing`: what can be read is printed. `stem` is what new files are called by: the model, or, where a folder is
    gone through (`is_folder_run`), each input. `new_folder` is one that nobody named. `sources` are the identities of
    files that are read and must stay.
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)
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

    def make_folders(self) -> None:
        """Make the folders that are still missing."""
        for folder in {*self.folders.values(), *(file.parent for file in self.files.values())}:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SettingsError(f"The folder {folder} cannot be made: {error.strerror}.") from error

    def _in_folder(self, port: Port, value: Any, *, stem: str) -> Path:
        is_alone = self.is_folder_run and list(self.folders.values()).count(self.folders[port.name]) == 1
        name = stem if is_alone else f"{stem}-{port.name}"
        path = self.folders[port.name] / f"{name}{ending_of(port.data_type, value)}"
        if self.is_folder_run:
            return path  # going through the folder again gives the same names
        return new_path(path, lambda path: _is_taken(port, path))


def plan(command: Command, words: Sequence[str], *, sources: Set[Identity]) -> Destination:
    """Decide where the outputs of one run go. What is ambiguous, or cannot be, raises an error now."""
    files: dict[str, Path] = {}
    has_folder = any("/" in port.data_type.writes for port in command.outputs)  # then a folder is one output's file
    for word in words:
        name, path = _named(command, word)
        if name is None and _is_folder(word, path) and not has_folder:
            _check_alone(words, word)
            return Destination(folders={port.name: path for port in command.outputs}, sources=sources)
        port = _fitting(command, path) if name is None else command.output(name)
        if port.name in files:
            raise SettingsError(f"The output {port.name!r} has two files: {files[port.name]} and {path}.")
        if not fits(port.data_type, path):
            raise SettingsError(
                f"The output {port.name!r} cannot be written to {path}.",
                hint=f"What such a file may end in: {endings(port.data_type)}.",
            )
        files[port.name] = path
    if files:
        return Destination(files=files, sources=sources)
    folders = {port.name: Path() for port in command.outputs if not is_readable(port.data_type)}
    return Destination(folders=folders, is_printing=True, sources=sources)


def plan_folder_run(command: Command, words: Sequence[str], *, sources: Set[Identity], new_folder: Path) -> Destination:
    """Decide where the outputs go when a folder of inputs is gone through: each -o names a folder.

    Without one, outputs that can all be read are printed, and others get `new_folder`, with a number if it is there.
    """
    folders: dict[str, Path] = {}
    for word in words:
        name, path = _named(command, word)
        if path.suffix and not path.is_dir():
            raise SettingsError(f"-o {word} names a file, but there will be many.", hint="Name a folder: -o out/")
        if name is None:
            _check_alone(words, word)
            folders = {port.name: path for port in command.outputs}
        else:
            folders[name] = path
    if folders:
        return Destination(folders=folders, is_folder_run=True, sources=sources)
    if all(is_readable(port.data_type) for port in command.outputs):
        return Destination(is_printing=True, is_folder_run=True, sources=sources)
    new_folder = new_path(new_folder)
    folders = {port.name: new_folder for port in command.outputs}
    return Destination(folders=folders, is_folder_run=True, new_folder=new_folder, sources=sources)


def stems_of(paths: Sequence[Path]) -> list[str]:
    """Return what the outputs of each input are called by: "fox" for fox.png, "fox-png" if there is a fox.jpg too."""
    count = Counter(path.stem.lower() for path in paths)  # to many systems, Fox.png and fox.png are one
    stems: list[str] = []
    for path in paths:
        stem = path.stem if count[path.stem.lower()] == 1 else path.name.replace(".", "-")
        stems.append(stem)
    return stems


def _named(command: Command, word: str) -> tuple[str | None, Path]:
    """Split `output=file`; a word without = is a file, and so is one with something else than a name before it."""
    match = re.fullmatch(r"([A-Za-z_]\w*)=(.+)", word)
    if match is None:
        return None, Path(word).expanduser()
    return command.output(match[1]).name, Path(match[2]).expanduser()


def _is_folder(word: str, path: Path) -> bool:
    return word.endswith(("/", "\\")) or path.is_dir()


def _check_alone(words: Sequence[str], word: str) -> None:
    if len(words) > 1:
        raise SettingsError(f"-o {word} takes all the outputs.", hint="Leave the other -o out, or name each output.")


def _fitting(command: Command, path: Path) -> Port:
    """Return the one output that a file with this ending can hold."""
    fitting = [port for port in command.outputs if fits(port.data_type, path)]
    if len(fitting) > 1:  # an output that goes into any file stands back
        fitting = [port for port in fitting if "*" not in port.data_type.writes] or fitting
    if not fitting:
        known = "; ".join(f"{port.name}: {endings(port.data_type)}" for port in command.outputs)
        raise SettingsError(f"No output can be written to {path}.", hint=f"What the files may end in: {known}.")
    if len(fitting) > 1:
        names = " or ".join(port.name for port in fitting)
        raise SettingsError(f"{path} could be for {names}.", hint=f"Say for which: -o {fitting[0].name}={path}")
    return fitting[0]


def _is_taken(port: Port, path: Path) -> bool:
    first = path.with_name(f"{path.stem}-1{path.suffix}")
    return path.exists() or (is_list_of_files(port.data_type, path) and first.exists())
