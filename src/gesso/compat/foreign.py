"""What a folder with a model for another platform says of itself, before any of its code has run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gesso.errors import DeclarationError, InputError
from gesso.types.source import read_file

_LONGEST_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """A foreign declaration, in Gesso's words.

    `entry` is the file with the model, from the folder on with slashes; `class_name` a class in it ("" where there is
    none). `python` is a version specifier, "" for any. `places` say where each dependency is written, and `notes` tell
    people what Gesso passes over.
    """

    entry: str
    class_name: str = ""
    title: str = ""
    description: str = ""
    python: str = ""
    dependencies: Sequence[str] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


def read_text(folder: Path, name: str, *, where: str) -> str:
    """Read a text file in a model's folder that its declaration names; `where` says in which line.

    Raises `DeclarationError` for one that is not there, lies outside of the folder, is too large or no UTF-8.
    """
    try:
        path = (folder / name).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise DeclarationError(f"{where}: {name!r} is not the path of a file.") from error
    if not path.is_relative_to(folder.resolve()):
        raise DeclarationError(f"{where}: {name} lies outside of the model's folder.", hint="Copy it into the folder.")
    try:
        text = read_file(path, _not_a_text, limit_bytes=_LONGEST_BYTES).decode("utf-8-sig")
    except InputError as error:
        raise DeclarationError(f"{where}: {name} cannot be read: {error.message}", hint=error.hint) from error
    except UnicodeDecodeError as error:
        hint = "It has to be text in UTF-8."
        raise DeclarationError(f"{where}: {name} cannot be read: {error}.", hint=hint) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_a_text(given: str, hint: str = "") -> InputError:
    return InputError("a file with text", given, hint=hint)
