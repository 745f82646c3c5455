"""What a model says of itself before any of its code has run."""

from __future__ import annotations

import ast
import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gesso.compat import kinds
from gesso.compat.kinds import Kind
from gesso.errors import DeclarationError, InputError, NotFoundError
from gesso.registry.declared import Declared, read_declared
from gesso.registry.packages import read_python, read_requirement
from gesso.registry.yaml_file import read_yaml
from gesso.spec.model import Card, Requirements, Weights
from gesso.types.given import describe, describe_name
from gesso.types.source import is_utf8_name, read_file

_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME: Final = (
    120  # a folder is called so, too: systems allow 255, and names are made longer by what comes of them
)
_LONGEST_OWN_NAME: Final = 100  # so that there is room for a number behind it
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST_TOML_BYTES: Final = 1_000_000
_LONGEST_CODE_BYTES: Final = 5_000_000
_MOST_MEMORY_MB: Final = 100_000_000
_KEPT_DOCSTRINGS: Final = 64
_PARSING: Final = threading.Lock()
"""Two threads that parse at once disturb each other up to Python 3.12: github.com/python/cpython/issues/106905."""
_LICENCE_FILE: Final = re.compile(r"(?:licen[cs]e|copying)\b.*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A model's declaration, checked.

    `path` is the folder or single file that it was read from, `entry` the file with the model's class, `class_name`
    that class ("" if the file has one), `folder` the folder of `entry`; all without symbolic links. `licence_path` is
    the text of the licence, if one lies beside it. `kind` is the platform that the model was written for, if that is
    not Gesso (`compat.kinds`); `places` then say where its dependencies are written, and `notes` what is passed over.
    """

    name: str
    title: str
    description: str
    path: Path
    entry: Path
    class_name: str
    requirements: Requirements
    card: Card
    weights: tuple[Weights, ...]
    licence_path: Path | None
    kind: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that the model runs in: of the file with its class; of a foreign model the whole."""
        return self.path if self.kind else self.entry.parent


def is_name(text: str) -> bool:
    """Say whether a text can be a model's name: lower-case letters and digits, with single hyphens, not endless."""
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def read_manifest(folder_or_file: Path) -> Manifest:
    """Read the declaration of the model in a folder (`model.py`, `gesso.toml`) or a single Python file.

    A folder with a model for another platform is read by its own declaration (`runway.yml`). Raises `NotFoundError` if
    there is none, `DeclarationError` if it is wrong.
    """
    path = _located(folder_or_file)
    if path.name == "model.py" and (path.parent / "gesso.toml").exists():
        path = path.parent  # somebody named the file and means the model
    kind = kinds.kind_in(path if path.is_dir() else path.parent)
    if kind is not None and (path.is_dir() or path.name == kind.file):
        return _read_foreign(path if path.is_dir() else path.parent, kind)
    if path.is_dir():
        return _read_folder(path)
    if path.suffix != ".py":
        raise NotFoundError(f"{path.name} is not a model.", hint="A model is a Python file or a folder with model.py.")
    name = path.parent.name if path.name == "model.py" else path.stem
    code = _read_text(path, limit_bytes=_LONGEST_CODE_BYTES)
    return _check(read_declared(toml=None, code=code, code_name=path.name), path, entry=path, code=code, name=name)


def _located(path: Path) -> Path:
    """Return where a path leads after symbolic links, or raise `NotFoundError`."""
    try:
        located = path.expanduser().resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:  # not there; not a path at all; nobody's home, a circle
        shown = path if is_utf8_name(path) else describe_name(path)
        raise NotFoundError(f"There is no file or folder {shown}.", hint="Is its name spelt right?") from error
    if not is_utf8_name(located):
        raise DeclarationError(
            f"The path {describe_name(located)} has characters that are not UTF-8, so no model can lie there.",
            hint="Rename the folder or file, and try again.",
        )
    return located


def _read_folder(folder: Path) -> Manifest:
    toml_path = folder / "gesso.toml"
    toml = None
    if toml_path.exists():
        toml = _read_text(_inside(folder, toml_path.name, key=toml_path.name), limit_bytes=_LONGEST_TOML_BYTES)
    named = read_declared(toml=toml, code="", code_name="").entry  # before the code, because it says where that is
    entry = _inside(folder, named, key="entry")
    if not entry.exists():
        raise NotFoundError(
            f"{folder.name} is not a model: it has no {named}.", hint="`gesso init my-model` writes one to begin with."
        )
    code = _read_text(entry, limit_bytes=_LONGEST_CODE_BYTES)
    return _check(
        read_declared(toml=toml, code=code, code_name=named), folder, entry=entry, code=code, name=folder.name
    )


def _read_foreign(folder: Path, kind: Kind) -> Manifest:
    """Read the declaration of a model that was written for another platform."""
    text = _read_text(_inside(folder, kind.file, key=kind.file), limit_bytes=_LONGEST_TOML_BYTES)
    foreign = kinds.read_declaration(kind, folder, table=read_yaml(text, kind.file))
    entry = _inside(folder, foreign.entry, key=kind.file)
    if not entry.is_file():
        raise DeclarationError(f"{kind.file} says that {foreign.entry} is run, which is not there.")
    code = _read_text(entry, limit_bytes=_LONGEST_CODE_BYTES)
    declared = Declared(
        title=foreign.title,
        description=foreign.description,
        class_name=foreign.class_name,
        requires_python=foreign.python,
        dependencies=tuple(foreign.dependencies),
    )
    manifest = _check(declared, folder, entry=entry, code=code, name=folder.name)
    return replace(manifest, kind=kind.name, places=foreign.places, notes=tuple(foreign.notes))


def _read_text(path: Path, *, limit_bytes: int) -> str:
    """Read an ordinary file that is not too large; a pipe or a device is not waited for."""
    try:
        text = read_file(path, _not_a_text, limit_bytes=limit_bytes).decode("utf-8-sig")
    except InputError as error:
        raise DeclarationError(f"{path.name} cannot be read: {error.message}", hint=error.hint) from error
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{path.name} cannot be read: {error}.", hint="It has to be text in UTF-8.") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_a_text(given: str, hint: str = "") -> InputError:
    return InputError("a file with text", given, hint=hint or "It has to be text in UTF-8.")


def _check(declared: Declared, path: Path, *, entry: Path, code: str, name: str) -> Manifest:
    name = declared.name or name_from(name)
    if not is_name(name):
        raise DeclarationError(
            f"{name!r} cannot be a model's name: expected lower-case letters, digits and hyphens.",
            hint=f"Try {name_from(name)!r}.",
        )
    where = "gesso.toml" if path.is_dir() and (path / "gesso.toml").exists() else entry.name
    if declared.preview and not _is_on_the_web(declared.preview, key=f"preview in {where}"):
        _inside(path if path.is_dir() else path.parent, declared.preview, key="preview")
    for weights in declared.weights:
        _check_weights(weights, where=where)
    if len({weights.name for weights in declared.weights}) < len(declared.weights):
        raise DeclarationError("[[weights]]: two have the same name.", hint="A model asks for them by name.")
    return Manifest(
        name=name,
        title=declared.title or name.replace("-", " ").capitalize(),
        description=declared.description or _docstring(code),
        path=path,
        entry=entry,
        class_name=declared.class_name,
        requirements=_requirements(declared),
        card=_card(declared),
        weights=declared.weights,
        licence_path=_licence_in(entry.parent if path.is_file() else path),
    )


def _requirements(declared: Declared) -> Requirements:
    read_python(declared.requires_python)
    for line in (*declared.dependencies, *declared.without_dependencies):
        read_requirement(line)
    return Requirements(
        python=declared.requires_python,
        dependencies=declared.dependencies,
        without_dependencies=declared.without_dependencies,
    )


def _card(declared: Declared) -> Card:
    if not 0 <= declared.memory_mb <= _MOST_MEMORY_MB:
        raise DeclarationError(f"memory_mb: expected a number of megabytes, but got {describe(declared.memory_mb)}.")
    try:
        json.dumps(declared.examples, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise DeclarationError(f"[[examples]]: a value in there cannot be sent to a model: {error}.") from error
    return Card(
        licence=declared.licence,
        authors=declared.authors,
        category=declared.category,
        source=declared.source,
        memory_mb=declared.memory_mb,
        preview=declared.preview,
        examples=declared.examples,
    )


def _is_on_the_web(address: str, *, key: str) -> bool:
    try:
        return urlsplit(address).scheme in {"http", "https"}
    except ValueError as error:  # a bracket that is not closed
        raise DeclarationError(
            f"{key}: {address!r} is not an address.", hint='Write it like "https://example.org/file".'
        ) from error


def _check_weights(weights: Weights, *, where: str) -> None:
    if not weights.name or weights.name in {".", ".."} or re.search(r"[/\\:\0]", weights.name):
        raise DeclarationError(f"[[weights]]: {weights.name!r} is not the name of a file.", hint="Leave folders out.")
    if not _is_on_the_web(weights.url, key=f"url of the weights {weights.name} in {where}"):
        raise DeclarationError(f"The weights {weights.name} need a url that begins with https://.")
    if not _SHA256.fullmatch(weights.sha256):
        raise DeclarationError(
            f"The weights {weights.name} need a sha256 of 64 digits from 0 to 9 and a to f.",
            hint="`shasum -a 256 <file>` prints it, on Windows `certutil -hashfile <file> SHA256`.",
        )
    if not 0 <= weights.size_bytes < 2**63:
        given = weights.size_bytes if weights.size_bytes < 0 else "so many"
        raise DeclarationError(f"The weights {weights.name} cannot have {given} bytes.")


def _inside(folder: Path, name: str, *, key: str) -> Path:
    """Return the path of a file of the model, after symbolic links; one outside the folder is refused."""
    try:
        path = (folder / name).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise DeclarationError(f"{key}: {name!r} is not the path of a file.") from error
    if not path.is_relative_to(folder):
        raise DeclarationError(f"{key}: {name} lies outside of the model's folder.", hint="Copy it into the folder.")
    return path


def name_from(text: str) -> str:
    """Return the name of a model that is nearest to any text."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:_LONGEST_OWN_NAME].rstrip("-") or "model"


@lru_cache(_KEPT_DOCSTRINGS)
def _docstring(code: str) -> str:
    """Return the first paragraph of a file's docstring, "" if the file cannot be parsed: running it will tell."""
    try:
        with _PARSING:
            text = ast.get_docstring(ast.parse(code)) or ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return " ".join(text.partition("\n\n")[0].split())


def _licence_in(folder: Path) -> Path | None:
    return next(
        (path for path in sorted(folder.iterdir()) if _LICENCE_FILE.fullmatch(path.name) and path.is_file()), None
    )
