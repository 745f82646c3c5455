"""The command `gesso` as a process of its own, with the trainer `bigrams` in the place of the box."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gesso.storage.home import find_server
from tests.cli.serving import Served

_PROGRAM = """
import sys
from pathlib import Path
from gesso.training import trainers
trainers.BOX = Path(sys.argv.pop(1))
from gesso.cli.main import main
main()
"""


def start(box: Path, home: Path, *words: str) -> subprocess.Popen[str]:
    """Start the command with these words."""
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(box), *words],
        env=os.environ | {"GESSO_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def serving(box: Path, home: Path) -> Iterator[Served]:
    """Serve a home until the end of the block, if it was not stopped or killed before."""
    process = start(box, home, "serve", "--port", "0")
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
