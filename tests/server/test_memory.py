from __future__ import annotations

import os
import subprocess
import sys

from gesso.server.memory import memory_bytes

LARGE = 150_000_000
CODE = f"held = bytes(range(256)) * {LARGE // 256}; print(); input()"


def test_what_a_process_has_started_counts_too() -> None:
    before = memory_bytes(os.getpid())
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", CODE], stdin=pipe, stdout=pipe) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert memory_bytes(child.pid) > LARGE
        assert memory_bytes(os.getpid()) > before + LARGE // 2
        child.communicate(b"\n")
    assert memory_bytes(child.pid) == 0
