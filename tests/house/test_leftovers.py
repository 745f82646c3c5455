"""The check for leftovers sees what it is there to see."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.leftovers import Leftovers, processes_and_memory, what_stays

WAITS = "import sys; print('ready', flush=True); sys.stdin.read()"
HOLDS_MEMORY = "import os; os.memfd_create('gesso')\n" + WAITS


def start(code: str, home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"GESSO_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_process_is_seen_until_it_ends(home: Path) -> None:
    with start(WAITS, home) as process:
        assert [line for line in processes_and_memory(str(home)).processes if line.startswith(f"{process.pid}: ")]
        assert what_stays(str(home), timeout_s=0)
    assert what_stays(str(home)) == Leftovers()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has shared memory without a name")
def test_memory_without_a_name_is_seen_until_its_process_ends(home: Path) -> None:
    with start(HOLDS_MEMORY, home):
        assert processes_and_memory(str(home)).memory
    assert not processes_and_memory(str(home)).memory


def test_a_process_of_another_home_is_not_ours(home: Path, tmp_path: Path) -> None:
    with start(WAITS, tmp_path):
        assert not processes_and_memory(str(home))


def test_what_was_there_before_does_not_count(home: Path) -> None:
    with start(WAITS, home):
        earlier = processes_and_memory(str(home))
        assert not what_stays(str(home), earlier=earlier, timeout_s=0)
