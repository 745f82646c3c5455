"""`gesso run` is told what became of its run when the server that carried it out is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import write_model
from tests.cli.serving import GESSO, Served, run, serving

WAIT = """
class Wait(Model):
    def run(self, seconds: float) -> float:
        print("waiting")
        time.sleep(seconds)
        return seconds
"""


@pytest.fixture
def model(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    write_model(WAIT, "wait.py")
    assert run("add", "./wait.py").returncode == 0
    assert run("run", "wait", "--trust", "-i", "seconds=0").returncode == 0
    return "wait"


def begin(model: str) -> subprocess.Popen[str]:
    """Begin a run that would take a minute, and return when the model runs."""
    words = ["run", model, "-i", "seconds=60"]
    process = subprocess.Popen([*GESSO, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "waiting" in line:
            return process
    raise AssertionError("it has ended before it began")


def job(home: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(run("jobs", "--json").stdout)[0]
    return found


def killed(served: Served) -> None:
    served.process.kill()
    served.process.communicate()


def stopped(served: Served) -> None:
    served.stop()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("end", "status"), [(killed, "failed"), (stopped, "queued")])
def test_the_run_says_so_and_names_its_job(
    model: str, home: Path, nothing_left: None, end: Callable[[Served], None], status: str
) -> None:
    with serving(home) as served:
        process = begin(model)
        began = time.monotonic()
        end(served)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert time.monotonic() - began < 20
    assert "has ended in the middle of it" in said
    job_id = said.rpartition("gesso jobs show ")[2].split()[0]
    found = job(home)
    assert (found["id"], found["status"]) == (job_id, status)


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console, this test's own too")
def test_ctrl_c_cancels_the_job_and_leaves_the_worker_warm(model: str, home: Path, nothing_left: None) -> None:
    with serving(home):
        process = begin(model)
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 130
        assert said.splitlines()[-1] == "Canceled."
        assert job(home)["status"] == "canceled"
        assert run("run", model, "-i", "seconds=0").stdout == "0.0\n"
