"""Something that is measured in a process of its own, so that what this one does is not in it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.peers.peer import ROOT


class NotMeasuredError(Exception):
    """The measurement broke off; the message is what it said last."""


def start(module: str, **given: Any) -> subprocess.Popen[str]:
    """Start a module of this package with what it is given as JSON."""
    return subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.race.{module}", json.dumps(given)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], *, timeout_s: float) -> Any:
    """Wait for what it found out."""
    try:
        out, err = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        raise NotMeasuredError(f"nothing was heard within {timeout_s:g} s") from error
    if process.returncode:
        raise NotMeasuredError((err.strip().splitlines() or [f"it ended with {process.returncode}"])[-1])
    return json.loads(out)
