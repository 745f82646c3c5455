"""The dataset of a recipe: its files, checked by their digests, with what stands twice left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from gesso import InputError
from gesso.trainers.text.kept import write_whole

_LONG: Final = 80
"""Characters from which a paragraph that stands there twice is no accident."""


def make_dataset(recipe: Mapping[str, Any], folder: Path, *, place: Path) -> Path:
    """Write a recipe's dataset to `place`, unless it is there, and return where it is.

    `recipe["material"]` has `files`, a table from names to SHA-256, and `heldout`, a list of those held out, and
    `unseen`, texts of which nothing may be learnt. A paragraph that stands in what is held out or unseen, or came
    before, is left out. Raises `InputError` for a file that is not what the recipe says.
    """
    if place.exists():
        return place
    material = recipe["material"]
    files: dict[str, str] = material["files"]
    heldout, seen = set(material["heldout"]), set[bytes]()
    for name, sha256 in material.get("unseen", {}).items():
        seen |= {_mark(each) for each in _read(folder / name, sha256).split("\n\n")}
    lines = []
    for name in sorted(files, key=lambda name: (name not in heldout, name)):  # what is held out goes first
        text = "\n\n".join(_new(_read(folder / name, files[name]), seen, is_heldout=name in heldout))
        lines.append({"text": text, "source": name, "split": "heldout" if name in heldout else "train"})
    write_whole(place, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
    return place


def _read(path: Path, sha256: str) -> str:
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        given = "another file of that name" if data else "none"
        raise InputError(f"{path.name} with the SHA-256 {sha256[:12]}...", given, where="material")
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
