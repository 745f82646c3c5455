"""Begin a model: copy the template into a new folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from gesso.errors import InputError
from gesso.registry.manifest import is_name, name_from, read_manifest
from gesso.registry.source import ModelSource

_TEMPLATE: Final = Path(__file__).parent / "template"
_FILES: Final = ("model.py", "gesso.toml")


def start_model(folder: Path) -> ModelSource:
    """Write a model that runs into a new folder, whose name is the model's. A folder that is not empty is refused."""
    if not is_name(folder.name):
        raise InputError(
            "a name of lower-case letters, digits and hyphens", repr(folder.name), hint=f"Try {name_from(folder.name)}."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("a new folder", f"{folder}, which is there already", hint="Take another name.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            shutil.copyfile(_TEMPLATE / name, folder / name)
    except OSError as error:
        raise InputError("a folder that can be written", f"{folder} ({error.strerror})") from error
    reference = str(folder) if folder.is_absolute() else f"./{folder.as_posix()}"
    return ModelSource(reference, read_manifest(folder), "folder")
