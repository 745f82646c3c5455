"""Where the outputs go: decided from `-o` before anything runs."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Final

from gesso.cli.destination import Destination
from gesso.cli.inputs import Files, Given, Identity, identity
from gesso.cli.results import ending_of, endings, fits, is_readable, new_path, possible_endings
from gesso.cli.shell import command_line
from gesso.errors import SettingsError
from gesso.spec.model import Command, Port
from gesso.types.list import ListType

_STREAM: Final = "-"
"""What stands for standard output."""


def plan(command: Command, words: Sequence[str], *, sources: Set[Identity]) -> Destination:
    """Decide where the outputs of one run go. What is ambiguous, or cannot be, raises an error now."""
    files: dict[str, Path] = {}
    streamed = [word for word in words if word == _STREAM or word.endswith(f"={_STREAM}")]
    words = [word for word in words if word not in streamed]
    has_folder = any("/" in port.data_type.writes for port in command.outputs)  # then a folder is one output's file
    for word in words:
        name, path = _named(command, word)
        if name is None and _is_folder(word, path) and not has_folder:
            _check_alone([*words, *streamed], word)
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
    if streamed:
        return Destination(files=files, streamed=_streamed(command, streamed, files=files), sources=sources)
    if files:
        return Destination(files=files, sources=sources)
    folders = {port.name: Path() for port in command.outputs if not is_readable(port.data_type)}
    return Destination(folders=folders, is_printing=True, sources=sources)


def plan_folder_run(command: Command, words: Sequence[str], *, given: Given, new_folder: Path) -> Destination:
    """Decide where the outputs go when a folder of inputs is gone through: each -o names a folder.

    Without one, outputs that can all be read are printed, and others get `new_folder`, with a number if it is there.
    The folder of the inputs is refused if the next run would take what this one wrote for more of them.
    """
    folders: dict[str, Path] = {}
    sources = given.sources
    for word in words:
        name, path = _named(command, word)
        if (path.suffix or str(path) == _STREAM) and not path.is_dir():
            raise SettingsError(
                f"-o {word} names one place, but there will be many files.", hint="Name a folder: -o out/"
            )
        if name is None:
            _check_alone(words, word)
            folders = {port.name: path for port in command.outputs}
        else:
            folders[name] = path
    for port in command.outputs:
        if port.name in folders and given.files is not None:
            _check_apart(port, folders[port.name], files=given.files, new_folder=new_folder)
    if folders:
        return Destination(folders=folders, is_folder_run=True, sources=sources)
    if all(is_readable(port.data_type) for port in command.outputs):
        return Destination(is_printing=True, is_folder_run=True, sources=sources)
    new_folder = new_path(new_folder)
    folders = {port.name: new_folder for port in command.outputs}
    return Destination(folders=folders, is_folder_run=True, new_folder=new_folder, sources=sources)


def _named(command: Command, word: str) -> tuple[str | None, Path]:
    """Split `output=file`; a word without = is a file, and so is one with something else than a name before it."""
    match = re.fullmatch(r"([A-Za-z_]\w*)=(.+)", word)
    if match is None:
        return None, Path(word).expanduser()
    return command.output(match[1]).name, Path(match[2]).expanduser()


def _streamed(command: Command, words: Sequence[str], *, files: Mapping[str, Path]) -> str:
    """Return the name of the output that `-o -` sends to standard output."""
    if len(words) > 1:
        raise SettingsError("Only one output can go to standard output.", hint="Name files for the others: -o FILE")
    name = words[0].rpartition("=")[0]
    is_terminal = sys.stdout.isatty()
    others = [command.output(name)] if name else [port for port in command.outputs if port.name not in files]
    ports = [port for port in others if is_readable(port.data_type) or not is_terminal]
    if len(ports) > 1:
        names, choices = (" or ".join(form.format(port.name) for port in ports) for form in ("{}", "-o {}=-"))
        raise SettingsError(f"Standard output could get {names}.", hint=f"Say which: {choices}")
    if not others:
        raise SettingsError("All outputs have files, and none is left for standard output.", hint="Leave -o - out.")
    if not ports:
        raise SettingsError(
            f"A terminal cannot show {' or '.join(port.data_type.title for port in others)}.",
            hint="Send it into a file: -o FILE, or -o - > FILE",
        )
    if isinstance(ports[0].data_type, ListType) and not is_readable(ports[0].data_type):
        raise SettingsError(f"{ports[0].name} becomes several files.", hint="Give them a folder: -o out/")
    if "/" in ports[0].data_type.writes:
        raise SettingsError(f"{ports[0].name} is a folder.", hint="Name one for it: -o out/")
    return ports[0].name


def _check_apart(port: Port, folder: Path, *, files: Files, new_folder: Path) -> None:
    """Raise `SettingsError` if an output would lie among the inputs and be taken for one of them the next time."""
    wanted = files.port.data_type.reads
    is_like_an_input = "*" in (*wanted, *possible_endings(port.data_type)) or ending_of(port.data_type) in wanted
    if is_like_an_input and identity(folder) == identity(files.folder):
        raise SettingsError(
            f"{folder} is the folder that the inputs come from: the next run would take the outputs for inputs.",
            hint=f"Name another folder: {command_line('-o', f'{new_folder}/')}",
        )


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
        folder = "" if path.suffix else f" All of them go into a folder with {command_line('-o', f'{path}/')}"
        raise SettingsError(f"No output can be written to {path}.", hint=f"What the files may end in: {known}.{folder}")
    if len(fitting) > 1:
        names = " or ".join(port.name for port in fitting)
        choices = " or ".join(command_line("-o", f"{port.name}={path}") for port in fitting)
        raise SettingsError(f"{path} could be for {names}.", hint=f"Say for which: {choices}")
    return fitting[0]
