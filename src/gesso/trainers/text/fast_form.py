"""The form of a model that is run, made on the computer where it is run: for a model that comes without it.

A trained model has its form for CTranslate2 beside its weights, made where it was trained. One that comes with Gesso is
smaller without, and its folder may be read-only.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

import gesso
from gesso import GessoError
from gesso.trainers.text.kept import sync_all

_FULL: Final = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # Windows knows no quota
_LEFT_S: Final = 3600
"""What somebody began to make so long ago, nobody is making any more."""
_MADE_OF: Final = ("config.json", "tokenizer.json", "model.safetensors")


def fast_form(weights: Path, cache: Path) -> Path:
    """Return the folder with the int8 form of a Hugging Face folder: found in `cache`, or made there now.

    Several processes may ask at once: each makes its own, and the first that is done is taken. Raises `GessoError`
    where there is no room, and `InputError` if the folder is no model of GPT-2's shape.
    """
    place = cache / _name(weights)
    if not _is_whole(place):
        gesso.progress(0.0, "Making the form that is run, once on this computer")
        with _explained(cache):
            _make(weights, place)
    return place


def _name(weights: Path) -> str:
    """Return a name that is another one where the form would be: for other weights, or another CTranslate2."""
    sha = hashlib.sha256(version("ctranslate2").encode())
    for name in _MADE_OF:
        with (weights / name).open("rb") as file:
            sha.update(hashlib.file_digest(file, "sha256").digest())
    return sha.hexdigest()[:16]


def _is_whole(place: Path) -> bool:
    return (place / "model.bin").is_file()  # it is put into place when all of it is there


def _make(weights: Path, place: Path) -> None:
    with _without("torch", "transformers"):
        from gesso.trainers.text.converting import convert  # with all of CTranslate2's converters behind it
    place.parent.mkdir(parents=True, exist_ok=True)
    _sweep(place.parent)
    staging = Path(tempfile.mkdtemp(prefix=".making-", dir=place.parent))
    try:
        sync_all(made := convert(weights, staging / place.name))
        try:
            made.rename(place)
        except OSError:
            if not _is_whole(place):  # else somebody else was quicker
                place.rename(staging / "broken")
                made.rename(place)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Have libraries not be there for a moment: converters of other kinds of models would bring them along."""
    blocked = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(blocked))  # type: ignore[arg-type]  # None: it is not there
    try:
        yield
    finally:
        for name in blocked:
            del sys.modules[name]


def _sweep(cache: Path) -> None:
    """Remove what was being made when a process was killed."""
    for left in cache.glob(".making-*"):
        if time.time() - left.stat().st_mtime > _LEFT_S:
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _explained(cache: Path) -> Iterator[None]:
    """Say in a word why nothing could be written."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise GessoError(
                "The disk is full: there was no room for the form of the model that is run.",
                hint="It takes about half of what its weights take. Make room, and try again.",
            ) from error
        raise GessoError(
            f"The form of the model that is run cannot be kept: {error}.",
            hint=f"See that the folder belongs to you: {cache}",
        ) from error
