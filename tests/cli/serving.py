"""`gesso serve` as a process of its own, for tests that have another command beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesso.storage.home import find_server

GESSO = [sys.executable, "-m", "gesso.cli.main"]


@dataclass(frozen=True)
class Served:
    """A server that runs: its address, and its process."""

    address: str
    process: subprocess.Popen[str]

    def stop(self) -> tuple[int, str]:
        """Press Ctrl-C. Returns the exit code, and all that it has said."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said


@contextmanager
def serving(home: Path, words: Sequence[str] = ("serve", "--port", "0"), **settings: str) -> Iterator[Served]:
    """Serve a home until the end of the block, if it was not stopped before."""
    environment = os.environ | {"GESSO_HOME": str(home)} | settings
    process = subprocess.Popen(
        [*GESSO, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        end = time.monotonic() + 60
        while (found := find_server(home)) is None or found.pid != process.pid:
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < end
            time.sleep(0.05)
        yield Served(found.address, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def run(*words: str, patience_s: float = 120, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [*GESSO, *words], capture_output=True, text=True, check=False, timeout=patience_s, env=os.environ | settings
    )
