"""What a model's author declared: `gesso.toml`, and the inline metadata of a Python file (PEP 723).

Both are read as data; no code of the model runs. Each key may be said once, in one of three places: `gesso.toml`, the
`# /// script` block (`requires-python`, `dependencies`), and the table `[tool.gesso]` in that block.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final, NoReturn

import msgspec

from gesso.errors import DeclarationError
from gesso.spec.model import Weights
from gesso.types.base import Json

_SPELT_DIFFERENTLY: Final = {
    "class_name": "class",
    "requires_python": "requires-python",
    "without_dependencies": "without-dependencies",
}

_OPENING: Final = re.compile(r"# /// (?P<type>[a-zA-Z0-9-]+)")
_MOST_DIGITS: Final = 4300  # of a whole number that Python reads
_KEYS_OF_BLOCK: Final = ("dependencies", "requires-python", "tool")


class Declared(msgspec.Struct, frozen=True, kw_only=True, rename=_SPELT_DIFFERENTLY):
    """The keys of `gesso.toml` with the types that they must have. What they mean, `docs/write-a-model.md` says."""

    name: str = ""
    title: str = ""
    description: str = ""
    licence: str = ""
    authors: tuple[str, ...] = ()
    category: str = ""
    source: str = ""
    requires_python: str = ""
    dependencies: tuple[str, ...] = ()
    without_dependencies: tuple[str, ...] = ()
    memory_mb: int = 0
    preview: str = ""
    class_name: str = ""
    entry: str = "model.py"
    weights: tuple[Weights, ...] = ()
    examples: tuple[dict[str, Json], ...] = ()


_KEYS: Final = Declared.__struct_encode_fields__
_KEYS_OF_WEIGHTS: Final = tuple(field.name for field in fields(Weights))


def read_declared(*, toml: str | None, code: str, code_name: str) -> Declared:
    """Read a declaration from the text of `gesso.toml` (None: there is none) and of the Python file `code_name`.

    An unknown key, a key that is said twice and a value of the wrong kind raise `DeclarationError`.
    """
    tables = {} if toml is None else {"gesso.toml": _load(toml, "gesso.toml")}
    declared = _join(tables | _inline_tables(code, code_name))
    try:
        read = msgspec.convert(declared, Declared)
    except msgspec.ValidationError as error:
        _refuse(str(error))
    for entry in declared.get("weights", ()):
        _check_keys(entry, _KEYS_OF_WEIGHTS, where="[[weights]]")
    return read


def _inline_tables(code: str, code_name: str) -> dict[str, Mapping[str, Json]]:
    """Return the tables of a file's `# /// script` block, if it has one, by where they stand."""
    blocks = _script_blocks(code)
    if not blocks:
        return {}
    if len(blocks) > 1:
        raise DeclarationError(f"{code_name} has {len(blocks)} blocks `# /// script`.", hint="Keep one.")
    block = _load("\n".join(line[2:] for line in blocks[0]), f"the `# /// script` block of {code_name}")
    _check_keys(block, _KEYS_OF_BLOCK, where=code_name)
    standard = {key: value for key, value in block.items() if key != "tool"}
    tools = block.get("tool")
    ours = tools.get("gesso", {}) if isinstance(tools, dict) else {}
    if not isinstance(ours, dict):
        raise DeclarationError(
            f"tool.gesso in {code_name} is not a table.", hint="Write [tool.gesso] on a line of its own."
        )
    if "entry" in ours:
        raise DeclarationError(f"{code_name} cannot name an entry: it is the entry.", hint="entry is for gesso.toml.")
    return {code_name: standard, f"[tool.gesso] in {code_name}": ours}


def _script_blocks(code: str) -> list[list[str]]:
    """Return the lines of each `# /// script` block, as the expression in PEP 723 finds them, but in one pass.

    A block lies in a run of lines that are comments, and ends with the last `# ///` of the run.
    https://peps.python.org/pep-0723/#reference-implementation
    """
    blocks, run, opening = [], list[str](), None
    for line in (*code.split("\n"), ""):
        if opening is None:
            opening = _OPENING.fullmatch(line)
        elif line == "#" or line.startswith("# "):
            run.append(line)
        else:
            while run and run[-1] != "# ///":
                run.pop()
            if len(run) > 1 and opening["type"] == "script":
                blocks.append(run[:-1])
            run, opening = [], None
    return blocks


def _load(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DeclarationError(
            f"{where} cannot be read: {error}.", hint='A text stands in quotes (title = "Pose"), a list in brackets.'
        ) from error
    except ValueError as error:  # a whole number with thousands of digits
        raise DeclarationError(
            f"{_key_of_long_number(text)} in {where} is a number with more digits than can be read.",
            hint="Is it a text? That stands in quotes.",
        ) from error


def _key_of_long_number(text: str) -> str:
    for line in text.split("\n"):
        if max(map(len, re.findall(r"[0-9_]+", line)), default=0) > _MOST_DIGITS:
            return line.partition("=")[0].strip()[:60] or "A value"
    return "A value"


def _join(tables: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
    joined: dict[str, Json] = {}
    said_in: dict[str, str] = {}
    for where, table in tables.items():
        _check_keys(table, (*_KEYS, "license"), where=where)
        for key, value in table.items():
            ours = "licence" if key == "license" else key
            if ours in said_in:
                raise DeclarationError(f"{ours} is said twice: in {said_in[ours]} and in {where}.", hint="Keep one.")
            joined[ours], said_in[ours] = value, where
    return joined


def _check_keys(table: Mapping[str, Json], known: Iterable[str], *, where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key.lower().replace("_", "-"), known, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"It knows: {', '.join(sorted(known))}."
            raise DeclarationError(f"{where} has an unknown key {key!r}.", hint=hint)


_KINDS: Final = {
    "array": "a list",
    "bool": "true or false",
    "int": "a whole number",
    "object": "a table",
    "str": "a text",
}


def _refuse(problem: str) -> NoReturn:
    """Raise the error for msgspec's words, which are like "Expected `str`, got `int` - at `$.authors[0]`"."""
    if found := re.match(r"Object missing required field `(?P<missing>\w+)` - at `\$\.(?P<key>.*)`", problem):
        raise DeclarationError(f"{found['key']}: {found['missing']} is missing.")
    found = re.match(r"Expected `(?P<expected>\w+)`, got `(?P<given>\w+)` - at `\$\.?(?P<key>.*)`", problem)
    if found is None:
        raise DeclarationError(f"The model's declaration is wrong: {problem}.")
    expected, given = (_KINDS.get(found[kind], found[kind]) for kind in ("expected", "given"))
    raise DeclarationError(f"{found['key']}: expected {expected}, but got {given}.")
