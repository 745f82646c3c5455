"""In CI a skip is a failure; elsewhere it says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT

CASES = {
    "a test": "import pytest\ndef test_it(): pytest.skip('no camera here')\n",
    "a marked test": "import pytest\n@pytest.mark.skip(reason='no camera here')\ndef test_it(): pass\n",
    "a whole file": "import pytest\npytest.skip('no camera here', allow_module_level=True)\n",
}


def run(code: str, folder: Path, *, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    environment = os.environ | {"CI": ci, "PYTEST_ADDOPTS": ""}
    return subprocess.run(
        [*command, str(folder)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("case", CASES)
def test_in_ci_a_skip_fails_and_says_why(case: str, tmp_path: Path) -> None:
    done = run(CASES[case], tmp_path, ci="true")
    assert done.returncode != 0
    assert "no camera here" in done.stdout


@pytest.mark.parametrize("case", CASES)
def test_elsewhere_a_skip_says_why(case: str, tmp_path: Path) -> None:
    done = run(CASES[case], tmp_path, ci="")
    assert done.returncode in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    assert "no camera here" in done.stdout
