"""The door to Gesso's help for old habits, for a model that runs by itself: Gesso may not be importable there."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_FILE = Path(__file__).resolve().parents[2] / "habits.py"


def help_old_habits() -> None:
    """Let old names of numpy, PIL and Python work, with a warning, if Gesso's file is where it belongs."""
    spec = importlib.util.spec_from_file_location("runway_old_habits", _FILE)
    if spec is None or spec.loader is None or not _FILE.exists():
        return
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.help_old_habits()
