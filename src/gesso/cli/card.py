"""`gesso show`: a model in words, and the words to type for it. A function of its `ModelSpec`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from gesso.cli.inputs import is_read_from_files
from gesso.cli.results import ending_of, endings, fits, is_readable
from gesso.cli.shell import command_line, quoted
from gesso.registry.source import ModelSource
from gesso.spec.model import Command, ModelSpec, Port
from gesso.types.given import size
from gesso.types.list import ListType

_USUAL_PHOTO: Final = ".jpg"
_WIDTH: Final = 100
_INDENT: Final = 17
_LONGEST_TYPED: Final = 60  # characters: what is longer, one puts into a file


def card(spec: ModelSpec, commands: Sequence[Command], *, source: ModelSource) -> str:
    """Return all that one wants to know before one uses a model."""
    blocks = [f"{spec.title}\n{spec.description}".rstrip()]
    blocks += [_command(spec, command, reference=source.reference) for command in commands]
    if spec.options:
        blocks.append(_ports("Options, given as --option name=value", spec.options))
    blocks.append("\n".join(_facts(spec, source)))
    return "\n\n".join(blocks)


def hosted_card(spec: ModelSpec, *, address: str) -> str:
    """Return what one wants to know of a deployment: what it takes and gives, at its address."""
    blocks = [f"{spec.title}\n{spec.description}".rstrip()]
    blocks += [_command(spec, command, reference=address) for command in spec.commands]
    return "\n\n".join(blocks)


def usage(spec: ModelSpec, command: Command, *, reference: str) -> str:
    """Return the words to type to run a command, with a stand-in for each input that is needed."""
    is_first = command == spec.commands[0]
    words = [command_line("gesso", "run", reference if is_first else f"{reference}:{command.name}")]
    words += [stand_in(port) for port in command.inputs if port.is_required]
    for port in command.outputs:
        if not is_readable(port.data_type):
            words.append(command_line("-o", _output(command, port)))
            break
    return " ".join(words)


def _command(spec: ModelSpec, command: Command, *, reference: str) -> str:
    title = usage(spec, command, reference=reference)
    text = f"{title}\n{command.description}".rstrip()
    return "\n".join([text, _ports("Inputs", command.inputs), _ports("Outputs", command.outputs, is_output=True)])


def _ports(title: str, ports: Sequence[Port], *, is_output: bool = False) -> str:
    return "\n".join([title, *(f"  {line}" for port in ports for line in _port(port, is_output=is_output))])


def _port(port: Port, *, is_output: bool) -> Iterator[str]:
    data_type = port.data_type
    if is_output:
        yield f"{port.name:14} {data_type.title}, written to {endings(data_type)}"
    else:
        yield f"{port.name:14} {data_type.expected}{'' if port.is_required else _without(port)}"
    for line in textwrap.wrap(port.description, _WIDTH - _INDENT):
        yield f"{'':14} {line}"


def _without(port: Port) -> str:
    """Say what an input is if one leaves it out."""
    written = "" if port.default is None else _written(port.default)
    return f" ({written} if left out)" if 0 < len(written) <= _LONGEST_TYPED else " (may be left out)"


def _facts(spec: ModelSpec, source: ModelSource) -> Iterator[str]:
    card = spec.card
    facts: Iterable[tuple[str, str]] = (
        ("Licence", card.licence or "none is stated: ask before you use it in public"),
        ("Authors", ", ".join(card.authors)),
        ("Source", card.source),
        ("From", "Gesso" if source.origin == "box" else source.address if source.server else str(source.path)),
        ("Needs", ", ".join((*spec.requirements.dependencies, *spec.requirements.without_dependencies))),
        ("Python", spec.requirements.python),
        ("Weights", ", ".join(f"{one.name} {size(one.size_bytes) if one.size_bytes else ''}" for one in spec.weights)),
        ("Memory", f"about {size(card.memory_mb * 1_000_000)}" if card.memory_mb else ""),
        ("Example", command_line("gesso", "run", source.reference, "--example") if card.examples else ""),
    )
    return (f"{name:9} {text.strip()}" for name, text in facts if text.strip())


def stand_in(port: Port) -> str:
    """Return what one would type for an input: a file that is called like it, or a sample."""
    data_type = port.data_type
    ending = _USUAL_PHOTO if _USUAL_PHOTO in data_type.reads else data_type.reads[0].removesuffix("*")
    value = f"@{port.name}{ending}"
    if isinstance(data_type, ListType) and is_read_from_files(data_type.item):
        value = f"@{port.name}/"
    elif not is_read_from_files(data_type):
        typed = _written(data_type.to_wire(data_type.sample()))
        value = typed if len(typed) <= _LONGEST_TYPED else value
    return f"-i {quoted(f'{port.name}={value}')}"


def _output(command: Command, port: Port) -> str:
    name = f"{port.name}{ending_of(port.data_type)}"
    is_clear = sum(fits(other.data_type, Path(name)) for other in command.outputs) == 1
    return name if is_clear else f"{port.name}={name}"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
