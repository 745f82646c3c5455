from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import psutil
import pytest

from gesso.runtime.host import guarded

PRINTS = r"""
import sys
sys.stdout.buffer.write(b"one\r\ntwo\r 10 %\r 20 %\n\n\xff" + b"x" * 300_000 + b"\nlast")
sys.stderr.write("wrong")
sys.exit(7)
"""

STARTS_ANOTHER = """
import os, subprocess, sys, time
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
print(os.getpid(), other.pid, flush=True)
time.sleep(60)
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-u", "-c", code]


async def test_lines_and_exit_code_arrive(tmp_path: Path) -> None:
    lines: list[str] = []
    code = await guarded.run(python(PRINTS), lines.append, variables=os.environ, scratch=tmp_path / "none")
    assert code == 7
    assert lines[:4] == ["one", "two", " 10 %", " 20 %"]
    assert lines[4] == "\ufffd" + "x" * 300_000
    assert lines[5] == "lastwrong"


async def test_only_the_given_variables_are_there(tmp_path: Path) -> None:
    lines: list[str] = []
    code = python("import os; print(sorted(os.environ.keys() - {'LC_CTYPE', '__CF_USER_TEXT_ENCODING'}))")
    await guarded.run(code, lines.append, variables={"INK": "blue"}, scratch=tmp_path / "none")
    assert lines == ["['INK']"]


async def test_canceled_it_ends_all_that_was_started(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    lines: asyncio.Queue[str] = asyncio.Queue()
    running = asyncio.create_task(
        guarded.run(python(STARTS_ANOTHER), lines.put_nowait, variables=os.environ, scratch=scratch)
    )
    processes = [psutil.Process(int(number)) for number in (await lines.get()).split()]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not [process for process in processes if process.is_running()]
    assert scratch.exists()  # whoever canceled is there to clean up


async def test_a_program_that_is_not_there_has_the_code_127(tmp_path: Path) -> None:
    lines: list[str] = []
    code = await guarded.run(["/no/such/program"], lines.append, variables=os.environ, scratch=tmp_path / "none")
    assert code == 127
    assert "cannot start /no/such/program" in lines[0]
