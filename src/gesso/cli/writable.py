"""Whether a file can be written where somebody wants it: found out before the work, and without leaving anything."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gesso.errors import SettingsError
from gesso.types.writing import reason

_HINT = "Choose another place with -o."


def check_folder(folder: Path) -> None:
    """Raise `SettingsError` if files cannot be written into a folder, which may be one that is still to be made."""
    folder = folder if folder.parts else folder.absolute()
    above = folder
    try:
        while not above.exists() and above != above.parent:
            above = above.parent
        with tempfile.TemporaryFile(dir=above):
            pass
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        words = reason(error, folder / "file")
        raise SettingsError(f"Nothing can be written into {folder}: {words}.", hint=_HINT) from error


def check_file(path: Path) -> None:
    """Raise `SettingsError` if a file cannot be written. One that is there already keeps what it holds."""
    try:
        is_special = path.exists() and not path.is_file() and not path.is_dir()
        if is_special:  # a pipe or a device is not looked into
            return
        if path.exists():
            with path.open("ab"):
                pass
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be written: {reason(error, path)}.", hint=_HINT) from error
    check_folder(path.parent)
