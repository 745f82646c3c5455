"""docs/http.md: what it has people type is run against a server, and answers as the page says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np
import PIL.Image
import pytest

from tests.conftest import ROOT
from tests.server.program import running

PAGE: Final = (ROOT / "docs/http.md").read_text(encoding="utf-8")
SHELL: Final = re.findall(r"^```sh\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
PYTHON: Final = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.timeout(300)  # the first time, what the model needs is installed
def test_direct_runs_answer_as_the_page_says(warm_home: Path, tmp_path: Path) -> None:
    grain = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
    PIL.Image.fromarray(grain).save(tmp_path / "me.jpg")
    with running(warm_home) as program:
        here = [text.replace("http://127.0.0.1:5142", program.address) for text in [*SHELL[:2], PYTHON[0]]]
        subprocess.run(["sh", "-c", here[0]], cwd=tmp_path, check=True, timeout=200)
        with PIL.Image.open(tmp_path / "pose.png") as drawn:
            assert drawn.size == (320, 240)
        in_shell = subprocess.run(["sh", "-c", here[1]], cwd=tmp_path, check=True, timeout=60, capture_output=True)
        in_python = subprocess.run(
            [sys.executable, "-c", here[2]], cwd=tmp_path, check=True, timeout=60, capture_output=True
        )
        for said in (in_shell.stdout, in_python.stdout):
            answer = json.loads(said)
            assert set(answer) == {"outputs", "seed", "metrics"}
            assert str(answer["outputs"]["drawing"]).startswith("data:image/")


def test_the_job_that_it_asks_for_is_one(warm_home: Path) -> None:
    with running(warm_home, GESSO_OFFLINE="1") as program:
        asked = SHELL[2].replace("http://127.0.0.1:5142", program.address)
        told = subprocess.run(["sh", "-c", asked], check=True, timeout=60, capture_output=True)
    answer = json.loads(told.stdout)
    assert answer["code"] == "fetch"  # all was understood, but nobody is asked for the picture
    assert "offline" in answer["message"].lower()
