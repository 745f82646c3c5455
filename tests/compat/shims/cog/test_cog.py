"""The package stands alone: a model runs with nothing but Python and this folder on the path."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.house.source import SHIMS

STORY = ROOT / "tests" / "compat" / "cog" / "models" / "story"


def test_a_model_runs_without_gesso() -> None:
    code = (
        f"import sys; sys.path[:0] = [{str(SHIMS)!r}, {str(STORY)!r}]\n"
        "from run import Runner\n"
        "runner = Runner(); runner.setup(); print(*runner.run('red', words=2), sep='')\n"
        "print([name for name in ('gesso', 'numpy', 'pydantic', 'requests', 'yaml') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-2:] == ["red fox fox", "[]"]


def test_the_names_that_models_import_are_there() -> None:
    import cog

    assert [name for name in cog.__all__ if not hasattr(cog, name)] == []
    for name in ("types", "input", "model", "predictor", "exceptions"):
        assert Path(SHIMS / "cog" / f"{name}.py").exists()
