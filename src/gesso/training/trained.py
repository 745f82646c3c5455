"""`TrainedModels`: what trainings have made, each in a folder of its own, on the list of models, and trusted."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from gesso.errors import GessoError, InputError, NotFoundError
from gesso.registry.manifest import is_name, name_from
from gesso.registry.registry import Registry
from gesso.registry.source import ModelSource
from gesso.storage.blobs import BlobReference, Blobs
from gesso.storage.durable import explained, sync_folder, write_whole
from gesso.training.choosing import NOTHING
from gesso.types.base import Json

WEIGHTS: Final = "weights"
"""The folder in a trained model with what it learnt, as a Hugging Face folder."""
RECIPE: Final = "training.json"
"""The file in a trained model that says how it was made."""
CARD: Final = "README.md"
"""The file in a trained model that tells people of it."""
NEEDED: Final = ("config.json", "model.safetensors")
"""The files that every Hugging Face folder has that can be gone on from."""

_PLACING: Final = ".placing-"
_FAST: Final = "ct2"  # what the model runs by: made again from the rest, so that nobody else needs it
_CHUNK_BYTES: Final = 1024 * 1024


class TrainedModels:
    """The models below one folder. Everything here reads and writes files: call it in a thread."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self._folder = folder
        self._registry = registry

    # -- names --------------------------------------------------------------------------------------------------------

    def check_free(self, name: str) -> str:
        """Return a name that a new model may have. Raises `InputError` for one that cannot be, or is taken."""
        if not is_name(name):
            hint = f"Try {name_from(name)!r}."
            raise InputError("a name of small letters, digits and hyphens", repr(name)[:80], hint=hint, where="name")
        if (self._folder / name).exists() and name not in self._listed():
            where = self._folder / name
            hint = f"Put it on the list again (gesso add {where}), delete that folder, or choose another name."
            raise InputError(
                "a name that no other model has", f"{name!r}, which lies in {where}", hint=hint, where="name"
            )
        if self.is_taken(name) or name == NOTHING:
            raise InputError(
                "a name that no other model has", f"{name!r}, which is taken", hint="Choose another.", where="name"
            )
        return name

    def is_taken(self, name: str) -> bool:
        """Say whether a model has that name."""
        return name in self._listed() or (self._folder / name).exists()

    def _listed(self) -> set[str]:
        return {listed.name for listed in self._registry.models()}

    def free_name(self, text: str) -> str:
        """Return a free name that is near to a text."""
        wanted = name_from(text)
        names = (wanted, *(f"{wanted}-{number}" for number in range(2, 10_000)))
        return next(name for name in names if not self.is_taken(name) and name != NOTHING)

    # -- models -------------------------------------------------------------------------------------------------------

    def place(self, made: Path, name: str, *, facts: Mapping[str, Json], licence: str = "") -> ModelSource:
        """Put the folder of a finished model under its name on the list of models, trusted.

        `facts` are added to what the folder says of how it was made, `licence` is that of its base. The same again
        takes the place of itself. Raises `StorageError`, and `DeclarationError` for a folder that is no model.
        """
        target = self._folder / name
        with explained(target):
            self._folder.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=_PLACING, dir=self._folder))
            try:
                link_tree(made, staging / name)
                add_facts(staging / name / RECIPE, facts)
                add_to_card(staging / name / CARD, facts)
                add_licence(staging / name / "gesso.toml", licence)
                if target.exists():
                    target.rename(staging / "before")
                (staging / name).rename(target)
                sync_folder(self._folder)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
        return self._enter(name)

    def find(self, name: str) -> Path:
        """Return the folder of a trained model, or raise `NotFoundError`."""
        folder = self._folder / name
        if not is_name(name) or not (folder / WEIGHTS).is_dir():
            raise NotFoundError(f"There is no trained model {name[:80]!r}.", hint="`gesso train list` shows them.")
        return folder

    def has(self, name: str, *, training: str) -> bool:
        """Say whether the model of that name comes from a training."""
        return is_name(name) and self.facts(name).get("training") == training

    def facts(self, name: str) -> dict[str, Json]:
        """Return how a model was made; empty if it does not say."""
        try:
            found = json.loads((self._folder / name / RECIPE).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def settle(self) -> None:
        """See that the models here are found where they lie now: the home may have moved, or come from a backup."""
        listed = {listed.name: listed for listed in self._registry.models()}
        for folder in sorted(self._folder.glob("*")):
            if folder.name.startswith(_PLACING):
                shutil.rmtree(folder, ignore_errors=True)
            elif folder.name in listed and listed[folder.name].source is None:  # it is no more where it was
                with contextlib.suppress(GessoError):  # one that is broken keeps nobody from the others
                    self._registry.remove(folder.name)
                    self._registry.add(str(folder), folder.name)

    def export(self, name: str, blobs: Blobs) -> BlobReference:
        """Return a ZIP with a model as others read it: a Hugging Face folder, and its card."""
        folder = self.find(name)

        def files() -> Iterator[tuple[str, Path]]:
            weights = folder / WEIGHTS
            for path in sorted(weights.rglob("*")):
                inside = path.relative_to(weights)
                if path.is_file() and inside.parts[0] != _FAST:
                    yield inside.as_posix(), path
            yield from ((path.name, path) for path in (folder / CARD, folder / RECIPE) if path.is_file())

        with tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                for inside, path in files():
                    archive.write(path, f"{name}/{inside}")
            file.seek(0)
            return blobs.put(iter(lambda: file.read(_CHUNK_BYTES), b""), f"{name}.zip")

    def _enter(self, name: str) -> ModelSource:
        source = self._registry.add(str(self._folder / name), name)
        self._registry.trust.trust(source)  # its owner has made it, with a trainer of the house
        return source


def link_tree(source: Path, target: Path) -> None:
    """Copy a folder; large files are linked where the system can, and take no room twice."""
    shutil.copytree(source, target, copy_function=copy_file, dirs_exist_ok=True)


def copy_file(old: str, new: str) -> str:
    """Copy a file, as `link_tree` does."""
    if old.endswith((".safetensors", ".bin")):
        try:
            os.link(old, new)
        except OSError:  # another disk, or one that knows no links
            shutil.copy2(old, new)
    else:
        shutil.copy2(old, new)
    return new


def add_facts(path: Path, facts: Mapping[str, Json]) -> None:
    """Add to a JSON object in a file; one that is not there, or is none, begins anew."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        found = {}
    told = {**(found if isinstance(found, dict) else {}), **facts}
    write_whole(path, (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())


def add_to_card(path: Path, facts: Mapping[str, Json]) -> None:
    """Say on a model's card what it began with, and how much of its samples it says by heart, as far as is known."""
    told = [part for part in (_on_base(facts), _on_memorised(facts)) if part]
    if told and path.is_file():
        text = path.read_text(encoding="utf-8").rstrip()
        write_whole(path, ("\n\n".join([text, *told]) + "\n").encode())


def _on_base(facts: Mapping[str, Json]) -> str:
    recipe = facts.get("recipe")
    base = recipe.get("base") if isinstance(recipe, dict) else None
    if not isinstance(base, dict):
        return ""
    version = f", {base['version'][:12]}" if base["version"] else ""
    licence = f", licence {base['licence']}" if base["licence"] else ""
    return f"## What it began with\n\n{base['reference']}{version}{licence}. What that has read speaks in it, too."


def _on_memorised(facts: Mapping[str, Json]) -> str:
    told = facts.get("memorised")
    if not isinstance(told, dict):
        return ""
    longest = f", at most {told['longest']} characters at a stretch" if told["longest"] else ""
    share = f"Of its last samples, {told['share']:.0%} stand word for word in the text that it learnt from{longest}."
    return f"## What it says by heart\n\n{share}"


def add_licence(path: Path, licence: str) -> None:
    """Have a model state the licence of its base, if it states none."""
    text = path.read_text(encoding="utf-8")
    if licence and not re.search(r"^licen[cs]e\s*=", text, re.MULTILINE):
        quoted = json.dumps(licence, ensure_ascii=False)
        write_whole(path, f"licence = {quoted} # of what it was trained from\n{text}".encode())


def check_weights(folder: Path, *, what: str) -> Path:
    """Return a folder that holds a model of GPT-2's shape, by its files, or raise `InputError`.

    Pickled weights are refused: to read them is to run whatever somebody has put into them.
    """
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if "model.safetensors" in missing and any(folder.glob("*.bin")):
        raise InputError(
            "weights as safetensors",
            f"pickled ones in {what}",
            hint="To read a pickle is to run it. Have whoever made them save them as safetensors.",
        )
    if missing:
        raise InputError("a folder with config.json and model.safetensors", f"{what} without {missing[0]}")
    check_config((folder / "config.json").read_bytes(), what=what)
    has_tokenizer = (folder / "tokenizer.json").is_file()
    if not has_tokenizer and not ((folder / "vocab.json").is_file() and (folder / "merges.txt").is_file()):
        raise InputError("a folder with tokenizer.json, or vocab.json and merges.txt", f"{what} without")
    return folder


def check_config(data: bytes, *, what: str) -> None:
    """Raise `InputError` unless a config.json is that of a model of GPT-2's shape."""
    try:
        config = json.loads(data)
        kind = str(config["model_type"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("a config.json that names its model_type", f"another one in {what}") from error
    if kind != "gpt2":
        raise InputError("a model of GPT-2's shape (model_type gpt2)", f"{kind!r} ({what})", hint="Try distilgpt2.")
