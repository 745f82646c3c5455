"""Commands that foreign models have done before they run: which packages they install, and what else they do.

No command is run. What `pip install` in one asks for is taken into the model's environment.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gesso.errors import DeclarationError

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
    """A command that Gesso does not run; `is_of_the_system`: it would change the computer, as `apt-get install`."""

    command: str
    where: str
    is_of_the_system: bool = False


def read_commands(line: str, where: str) -> Iterator[Wanted | PassedOver]:
    """Yield what the commands of a line install, and what else they would do; `where` says where the line stands."""
    for words in _commands(line, where):
        yield from _read_command(words, where)


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


def _read_command(words: list[str], where: str) -> Iterator[Wanted | PassedOver]:
    program = [word for word in words if word != "sudo"]
    if not program:
        return
    if _PYTHON.fullmatch(program[0]) and program[1:3] == ["-m", "pip"]:
        program = program[2:]
    if _PIP.fullmatch(program[0]) and program[1:2] == ["install"]:
        yield from _read_pip(program[2:], where)
    elif program[0] != "echo" or any(">" in word for word in program):  # an echo alone is for those who watch
        yield PassedOver(" ".join(words), where, is_of_the_system=program[0] in _SYSTEM_INSTALLERS)


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
