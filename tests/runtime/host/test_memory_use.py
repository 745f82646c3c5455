"""What a process takes is what goes back to the system with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gesso.runtime.host import memory_use

_HOLD = (
    "import subprocess, sys; held = b'x' * 50_000_000; child = {child}; print('ready', flush=True); sys.stdin.read()"
)
_GRANDCHILD = "subprocess.Popen([sys.executable, '-c', 'held = b\"x\" * 50_000_000; input()'])"


@pytest.mark.parametrize(("child", "least"), [("None", 50_000_000), (_GRANDCHILD, 100_000_000)])
def test_it_counts_a_process_and_its_descendants(child: str, least: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD.format(child=child)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        seen = 0
        while seen < least:  # until the grandchild has begun, too
            seen = memory_use.of_process(process.pid)
        assert seen < least + 100_000_000
        assert process.stdin is not None
        process.stdin.close()


def test_who_has_ended_takes_nothing() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert memory_use.of_process(ended.pid) == 0


def test_a_container_has_what_it_may_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory_use, "_CGROUP_LIMIT", limit)
    whole = memory_use.total()
    assert whole > memory_use.available() > 0
    limit.write_text("max\n")
    assert memory_use.total() == whole
    limit.write_text("1000000\n")
    assert memory_use.total() == 1_000_000
