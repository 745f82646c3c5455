"""The `build_steps` of a `runway.yml`: which packages they install, and what else they do."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gesso.errors import DeclarationError
from gesso.types.base import Json
from gesso.types.given import describe

_SYSTEM_INSTALLERS: Final = frozenset({"apk", "apt", "apt-get", "aptitude", "conda", "dnf", "mamba", "yum"})
_JOINTS: Final = frozenset({"&&", ";"})
_PIP: Final = re.compile(r"pip[\d.]*")
_PYTHON: Final = re.compile(r"python[\d.]*")
_VARIABLE: Final = re.compile(r"[A-Za-z_]\w*=.*")
_WITH_VALUE: Final = frozenset(
    {"-c", "-f", "-i", "-t", "--constraint", "--extra-index-url", "--find-links", "--index-url", "--target"}
    | {"--timeout", "--trusted-host"}
)


@dataclass(frozen=True)
class Wanted:
    """A word that a step gives to `pip install`, and where it stands. `is_file`: of a file with requirements."""

    word: str
    where: str
    is_file: bool = False


@dataclass(frozen=True)
class PassedOver:
    """A command that Gesso does not run."""

    command: str
    where: str


def read_steps(steps: Json, *, elsewhere: str) -> Iterator[Wanted | PassedOver]:
    """Yield what the steps install, and what else they would do.

    Raises `DeclarationError` for what is no list of steps, and for one that only a system of its own can do: then
    `elsewhere` says where the model can run instead.
    """
    if not isinstance(steps, list):
        raise DeclarationError(f"build_steps in runway.yml is not a list: {describe(steps)}.")
    for number, step in enumerate(steps, 1):
        where = f"runway.yml, build step {number}"
        for command in _commands(_for_this_computer(step, where), where):
            yield from _read_command(command, where, elsewhere=elsewhere)


def _for_this_computer(step: Json, where: str) -> str:
    """Return the command of a step, "" if it is for a computer of another kind."""
    if isinstance(step, str):
        return step
    if isinstance(step, Mapping) and len(step) == 1:
        (condition, command), has_gpu = next(iter(step.items())), shutil.which("nvidia-smi") is not None
        if condition in {"if_gpu", "if_cpu"} and isinstance(command, str):
            return command if (condition == "if_gpu") == has_gpu else ""
    raise DeclarationError(
        f"{where}: expected a command, or if_gpu or if_cpu with one, but got {describe(step)}.",
        hint="As in: - pip install -r requirements.txt",
    )


def _commands(step: str, where: str) -> Iterator[list[str]]:
    """Yield the words of each command in a line of the shell."""
    reader = shlex.shlex(step, posix=True, punctuation_chars=";&|")
    reader.whitespace_split = True
    reader.commenters = ""
    words: list[str] = []
    try:
        for word in reader:
            if word in _JOINTS:
                yield words
                words = []
            elif words or not _VARIABLE.fullmatch(word):  # what is set for one command
                words.append(word)
    except ValueError as error:
        raise DeclarationError(f"{where}: {step!r} cannot be read: {error}.") from error
    yield words


def _read_command(words: list[str], where: str, *, elsewhere: str) -> Iterator[Wanted | PassedOver]:
    program = [word for word in words if word != "sudo"]
    if not program:
        return
    if _PYTHON.fullmatch(program[0]) and program[1:3] == ["-m", "pip"]:
        program = program[2:]
    if _PIP.fullmatch(program[0]) and program[1:2] == ["install"]:
        yield from _read_pip(program[2:], where)
    elif program[0] in _SYSTEM_INSTALLERS:
        raise DeclarationError(
            f"{where}: `{' '.join(words)}` changes the system, which Gesso does not do.",
            hint=f"If all of it is there already, take the step away from runway.yml. {elsewhere}",
        )
    else:
        yield PassedOver(" ".join(words), where)


def _read_pip(words: list[str], where: str) -> Iterator[Wanted]:
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        if word.startswith((">", "2>", "|", "&")):  # where its words go; what follows is no package
            return
        if word in {"-r", "--requirement"}:
            yield Wanted(next(rest, ""), where, is_file=True)
        elif flag == "--requirement" and equals:
            yield Wanted(value, where, is_file=True)
        elif word.startswith("-r") and len(word) > 2:
            yield Wanted(word[2:], where, is_file=True)
        elif word in {"-e", "--editable"}:
            yield Wanted(next(rest, ""), where)
        elif word in _WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-"):
            yield Wanted(word, where)
