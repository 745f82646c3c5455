"""What a foreign model needs, in words that install on today's Python.

Such models name versions of 2019, for which nobody has made packages for today's Python. Where today's version does the
same, it is taken instead; where it does not (TensorFlow 1), the model cannot run here, and the line that says so is
named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gesso.compat.commands import PassedOver, Wanted
from gesso.compat.foreign import read_text
from gesso.errors import DeclarationError

_NAME: Final = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<extras>\[[^]]*\])?\s*(?P<rest>.*)")
_UPPER: Final = re.compile(r"(?:===?|~=|<=?)\s*(?P<version>\d+(?:\.\d+)*)")
_EGG: Final = re.compile(r"(?:git\+)?https?://[^#]+#(?:.*&)?egg=(?P<name>[\w.-]+)")
_GIT: Final = re.compile(r"git\+\w+://[^#@]+/(?P<name>[\w.-]+?)(?:\.git)?/?(?:@[^#]*)?(?:#.*)?")
_RUNWAYS_SDK: Final = re.compile(r".*[/:]runwayml/model-sdk(?:\.git)?\b.*", re.IGNORECASE)
_SDKS: Final = frozenset({"cog", "coglet", "runway-python"})
_LOCAL: Final = re.compile(
    r"(?:[^:]*/)?(?P<name>[A-Za-z0-9][\w.]*(?:-[A-Za-z][\w.]*)*)-\d[^/:]*\.(?:whl|zip|tgz|tar\.(?:gz|bz2|xz))"
)
_BUILD: Final = re.compile(r"\+(?:cu\d+|cpu)\b")  # of torch for one kind of GPU: it lies on no public index
_NOT_OF_A_MODEL: Final = frozenset({"pip", "wheel"})  # what the environment is made with

_FIRST: Final = {
    "h5py": (3, 8),
    "matplotlib": (3, 6),
    "numpy": (1, 26),  # the worker's own
    "opencv-contrib-python": (4, 7),
    "opencv-contrib-python-headless": (4, 7),
    "opencv-python": (4, 7),
    "opencv-python-headless": (4, 7),
    "pandas": (1, 5),
    "pillow": (10,),  # the worker's own
    "scikit-image": (0, 20),
    "scikit-learn": (1, 2),
    "scipy": (1, 10),
    "torch": (2, 0),
    "torchvision": (0, 15),
}
"""The first version of a package that installs on Python 3.11 as it comes."""
_FIRST_TORCH_WITH_NUMPY_2: Final = (2, 3)
_TENSORFLOW: Final = frozenset({"tensorflow", "tensorflow-cpu", "tensorflow-gpu"})
_FIRST_TENSORFLOW: Final = (2, 12)


@dataclass
class Needed:
    """The requirements of a model as they are read, each with the place where it stands; and notes for people."""

    folder: Path
    elsewhere: str
    places: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def take(self, step: Wanted | PassedOver) -> None:
        """Take what a build step wants. Raises `DeclarationError` for what cannot be had."""
        if isinstance(step, PassedOver):
            self.notes.append(
                f"{step.where}: Gesso does not run `{step.command}`. If the model misses something, run it once "
                "yourself in the model's folder."
            )
        elif step.is_file:
            for line in self._lines(step.word, step.where, seen=()):
                self.add(line)
        else:
            self.add(step)

    def add(self, wanted: Wanted) -> None:
        """Add one requirement; the SDK itself is left out, because Gesso brings its own."""
        line = _BUILD.sub("", self._named(wanted))
        name = canonical(line)
        if not line or name in _SDKS or name in _NOT_OF_A_MODEL:
            return
        found = _NAME.fullmatch(line)
        if found is None:
            raise DeclarationError(f"{wanted.where}: {line!r} does not name a package.")
        oldest = _oldest(found["rest"])
        if name in _TENSORFLOW:
            self._check_tensorflow(line, wanted.where, rest=found["rest"])
            line = line.replace(found["name"], "tensorflow", 1)
        elif name in _FIRST and oldest and oldest < _FIRST[name]:
            self.notes.append(f"{wanted.where}: {line} is older than this Python; a newer {name} is taken instead.")
            line = f"{found['name']}{found['extras'] or ''}"
        elif name == "torch" and oldest and oldest < _FIRST_TORCH_WITH_NUMPY_2:
            self.places.setdefault("numpy<2", wanted.where)  # it was built with that, and cannot use the next
        self.places.setdefault(line, wanted.where)

    def has(self, package: str) -> bool:
        """Say whether a package is asked for, in any version."""
        return any(canonical(line) == canonical(package) for line in self.places)

    def _named(self, wanted: Wanted) -> str:
        """Return a requirement after PEP 508; "" for the model's own folder, which is on the path anyway."""
        word = wanted.word.strip()
        if word in {"", "."} or _RUNWAYS_SDK.fullmatch(word):
            return ""
        if egg := _EGG.match(word):
            return f"{egg['name']} @ {word}"
        if git := _GIT.fullmatch(word):
            return f"{git['name']} @ {word}"
        if (local := _LOCAL.fullmatch(word)) and (path := self._own_file(word)) is not None:
            return f"{local['name']} @ {path.as_uri()}"
        if "://" in word.partition(" @ ")[0] or word.startswith((".", "/", "~")):
            raise DeclarationError(
                f"{wanted.where}: {word!r} does not say what package it is.",
                hint=f"Write it like: name @ {word}. {self.elsewhere}",
            )
        return word

    def _own_file(self, name: str) -> Path | None:
        """Return the path of a file in the model's folder; None for one that is not there."""
        path = (self.folder / name).resolve()
        return path if path.is_relative_to(self.folder.resolve()) and path.is_file() else None

    def _check_tensorflow(self, line: str, where: str, *, rest: str) -> None:
        oldest = _oldest(rest)
        if oldest is not None and oldest < _FIRST_TENSORFLOW:
            raise DeclarationError(
                f"{where}: {line} does not install on today's Python, and TensorFlow has changed since.",
                hint=self.elsewhere,
            )

    def _lines(self, name: str, where: str, *, seen: tuple[str, ...]) -> Iterator[Wanted]:
        """Yield the requirements of a file in pip's form, with those of the files that it names."""
        if name in seen:
            return
        text = read_text(self.folder, name, where=where)
        for number, line in enumerate(text.replace("\\\n", " ").split("\n"), 1):
            here = f"{name}, line {number}"
            plain = re.sub(r"(^|\s)#.*", "", line).strip()
            included = re.match(r"(?:-r|--requirement)[\s=]*(?P<name>\S+)", plain)
            if included:
                other = (Path(name).parent / included["name"]).as_posix()
                yield from self._lines(other, here, seen=(*seen, name))
            elif editable := re.match(r"(?:-e|--editable)[\s=]+(?P<what>\S+)", plain):
                yield Wanted(editable["what"], here)
            elif plain and not plain.startswith("-"):
                yield Wanted(re.split(r"\s--", plain)[0], here)


def canonical(line: str) -> str:
    """Return the name of the package that a requirement asks for, as package indexes spell it."""
    found = _NAME.match(line)
    return re.sub(r"[-_.]+", "-", found["name"]).lower() if found else ""


def _oldest(rest: str) -> tuple[int, ...] | None:
    """Return the lowest version that a requirement does not let one go beyond; None if it sets no such limit."""
    specifiers = rest.partition(";")[0]
    versions = [tuple(int(part) for part in found["version"].split(".")) for found in _UPPER.finditer(specifiers)]
    return min(versions, default=None)
