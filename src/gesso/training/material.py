"""The texts of a recipe that says them file by file: checked by their digests, some held out whole, nothing twice.

A recipe is a TOML file: `[options]` of the trainer, with `name`, `seed` and `base` among them, and `[material]` with
`files`, a table from names to SHA-256, `heldout`, a list of those that are held out, and `unseen`, a table of texts of
which nothing may be learnt, wherever it stands.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from gesso.errors import InputError, NotFoundError
from gesso.training.holding_out import Piece
from gesso.types.base import Json

_LONG: Final = 80
"""Characters from which a paragraph that stands there twice is no accident."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """Which files there are and which of them are held out; names are those in the folder with all of them."""

    files: Mapping[str, str]
    heldout: tuple[str, ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MaterialRecipe:
    """A recipe: what is read, and with which options it is learnt."""

    material: Material
    options: Mapping[str, Json]


def read_material(path: Path) -> MaterialRecipe:
    """Read a recipe. Raises `NotFoundError` and `InputError`."""
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(told, MaterialRecipe)
    except OSError as error:
        raise NotFoundError(f"There is no recipe {path}.", hint="Is its name spelt right?") from error
    except (ValueError, msgspec.ValidationError) as error:
        words = "a recipe with [options] and [material.files]"
        raise InputError(words, f"{path.name}: {error}", where="--recipe") from error


def pieces_of(material: Material, folder: Path) -> list[Piece]:
    """Return the pieces of a recipe's dataset, from the folder with its files.

    A paragraph that stands in what is held out or unseen, or came before, is left out. Raises `InputError` for a file
    that is not what the recipe says.
    """
    heldout, seen = set(material.heldout), set[bytes]()
    for name, sha256 in material.unseen.items():
        seen |= {_mark(each) for each in _read(folder / name, sha256).split("\n\n")}
    pieces = []
    for name in sorted(material.files, key=lambda name: (name not in heldout, name)):  # what is held out goes first
        text = _read(folder / name, material.files[name])
        kept = "\n\n".join(_new(text, seen, is_heldout=name in heldout))
        pieces.append(Piece(kept, name, "heldout" if name in heldout else "train"))
    return pieces


def _read(path: Path, sha256: str) -> str:
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        given = f"another file in {path}" if data else f"none in {path}"
        raise InputError(f"{path.name} with the SHA-256 {sha256[:12]}...", given, where="the recipe's files")
    return data.decode()


def _new(text: str, seen: set[bytes], *, is_heldout: bool) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        mark = _mark(paragraph)
        if mark not in seen or is_heldout or len(paragraph) < _LONG:
            yield paragraph
        if len(paragraph) >= _LONG:
            seen.add(mark)


def _mark(paragraph: str) -> bytes:
    return hashlib.sha256(" ".join(paragraph.split()).lower().encode()).digest()[:16]
