"""What somebody probably meant by words of `gesso run` that mean nothing as they stand. A function of the spec."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gesso.cli.card import stand_in
from gesso.cli.inputs import expanded, is_read_from_files, is_there
from gesso.cli.results import fits
from gesso.cli.shell import quoted
from gesso.errors import InputError, NotFoundError, SettingsError
from gesso.spec.model import Command, ModelSpec
from gesso.types.base import DataType
from gesso.types.list import ListType

_FLAGS: Final = ("seed", "device", "timeout")


@dataclass(frozen=True, kw_only=True)
class Said:
    """The words that came with a command of a model; `lone` are those that stand by themselves.

    `is_complete`: the inputs that are not given come from elsewhere, from an example or a recipe.
    """

    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()
    options: Sequence[str] = ()
    lone: Sequence[str] = ()
    is_complete: bool = False

    @property
    def given(self) -> set[str]:
        """The names of the inputs that are given."""
        return {word.partition("=")[0] for word in self.inputs if "=" in word}


def check(said: Said, *, spec: ModelSpec, command: Command) -> None:
    """Raise an error that says what to write if a word cannot be meant as it stands."""
    inputs, options = ({port.name for port in ports} for ports in (command.inputs, spec.options))
    _check_kind(said.inputs, here=inputs, there=options, what="an option, which the model reads once", flag="--option")
    _check_kind(said.options, here=options, there=inputs, what="an input", flag="-i")
    for word in said.inputs:
        name, _, value = word.partition("=")
        if name in _FLAGS and name not in inputs:
            raise NotFoundError(
                f"{name} is no input, but an option of `gesso run`.", hint=f"Write --{name} {quoted(value)}"
            )
        if "=" not in word or word.startswith("="):
            hint = _write(word.removeprefix("="), command, said=said)
            raise SettingsError(f"-i wants name=value, but got {word!r}.", hint=hint)
    if said.lone:
        words = " ".join(said.lone)
        raise SettingsError(
            f"{words!r} stands by itself, and it is not clear what it is for.",
            hint=_in_quotes(words, command, said=said)
            or _of_several(command, said)
            or _write(_first(said), command, said=said),
        )


def refuse_reference(reference: str) -> None:
    """Raise `NotFoundError` if what was named is a file that no model can be."""
    path = expanded(reference)
    if is_there(reference) and path.is_file() and path.suffix.lower() not in ("", ".py", ".toml"):
        raise NotFoundError(
            f"{reference} is a file, not a model.",
            hint="Name the model first, as `gesso models` lists them; `gesso show MODEL` says what it takes.",
        )


def _check_kind(words: Iterable[str], *, here: Collection[str], there: Collection[str], what: str, flag: str) -> None:
    """Raise `NotFoundError` if a word names a port of the other kind."""
    for word in words:
        name = word.partition("=")[0]
        if name in there and name not in here:
            raise NotFoundError(f"{name} is {what}.", hint=f"Write {flag} {quoted(word)}")


def _write(word: str, command: Command, *, said: Said) -> str:
    """Return the hint that says how to write a word."""
    word = word.removeprefix("@")
    name, equals, value = word.partition("=")
    if equals and value and name in {port.name for port in command.outputs}:
        return f"Write -o {quoted(word)}"
    if equals and value and name in {port.name for port in command.inputs}:
        return f"Write -i {quoted(word)}"
    known = [port for port in command.inputs if port.name == name] if not said.lone else []
    if known:
        return f"Write {stand_in(known[0])}"
    return f"Write {_option(word, command, said=said)}"


def _option(word: str, command: Command, *, said: Said) -> str:
    """Return the option that takes a file or a text: the input that it fits, else the output, else a sample of one."""
    path = expanded(word)
    free = [] if said.is_complete else [port for port in command.inputs if port.name not in said.given]
    for port in sorted(free, key=lambda port: not port.is_required):
        if (port.is_required or is_there(word)) and _is_read_from(port.data_type, word):
            return f"-i {quoted(f'{port.name}=@{word}')}"
    if path.suffix and any(fits(port.data_type, path) for port in command.outputs):
        return f"-o {quoted(word)}"
    for port in free:
        if port.is_required and _takes(port.data_type, word):
            return f"-i {quoted(f'{port.name}={word}')}"
    return stand_in((*free, *command.inputs)[0]) if command.inputs else "it with -o, if it names an output"


def _is_read_from(data_type: DataType[Any], word: str) -> bool:
    item, path = data_type.item if isinstance(data_type, ListType) else data_type, expanded(word)
    if is_there(word) and path.is_dir():
        return "/" in item.reads or is_read_from_files(item)
    return path.suffix.lower() in item.reads or ("*" in item.reads and is_there(word))


def _takes(data_type: DataType[Any], text: str) -> bool:
    try:
        data_type.parse(text)
    except InputError:
        return False
    return not is_read_from_files(data_type)


def _first(said: Said) -> str:
    """Return what stands alone: all of it if that is the name of a file with spaces, else the first word."""
    whole = " ".join(said.lone).removeprefix("@")
    return whole if is_there(whole) else said.lone[0]


def _of_several(command: Command, said: Said) -> str:
    """Return what to write for several files, as a shell makes them of photos/*.jpg; "" if it is something else."""
    paths = [expanded(word) for word in said.lone]
    free = [port for port in command.inputs if port.name not in said.given and is_read_from_files(port.data_type)]
    if len(paths) < 2 or not free or not all(is_there(word) for word in said.lone):
        return ""
    one, all_of_them = (quoted(f"{free[0].name}=@{word}") for word in (said.lone[0], f"{paths[0].parent.as_posix()}/"))
    return f"For one of them, write -i {one}; for all that lie in the folder, -i {all_of_them}"


def _in_quotes(words: str, command: Command, *, said: Said) -> str:
    """Return how a name was meant that a shell took apart at its spaces; "" if it was something else."""
    for given in said.inputs:
        if is_there(f"{given} {words}".partition("=")[2].removeprefix("@")):
            return f"A name with spaces wants quotes: -i {quoted(f'{given} {words}')}"
    is_complete = said.is_complete or all(port.name in said.given for port in command.inputs if port.is_required)
    for given in said.outputs:
        if is_complete and Path(words).suffix and not Path(given).suffix:
            return f"A name with spaces wants quotes: -o {quoted(f'{given} {words}')}"
    return ""
