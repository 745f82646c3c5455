"""A server as a program of its own: to be killed, to be measured, to be spoken to over real connections."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_CODE = """
import asyncio, sys
from gesso.app import App
from gesso.server.run import serve
from gesso.settings import load

async def main():
    async with App(load(), report=lambda _: None) as app:
        await serve(app, host=sys.argv[1], port=int(sys.argv[2]), grace_s=float(sys.argv[3]),
                    on_ready=lambda at: print(at.link, flush=True))

asyncio.run(main())
print("done", flush=True)
"""
_VOICES = "ignore:'audioop' is deprecated:DeprecationWarning"
"""discord.py imports it for voices, which no bot here has."""


@dataclass(frozen=True)
class Program:
    """A running server and the link that it has printed."""

    process: subprocess.Popen[str]
    link: str

    @property
    def address(self) -> str:
        """Where it listens, without a slash at the end."""
        parts = urlsplit(self.link)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def port(self) -> int:
        """The port."""
        return urlsplit(self.link).port or 0

    def stop(self, with_signal: int = signal.SIGTERM) -> tuple[int, str]:
        """Tell it to stop. Returns its exit status, and what it has printed on both ways since the link."""
        self.process.send_signal(with_signal)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out + err


@contextmanager
def running(
    home: Path, *, host: str = "127.0.0.1", port: int = 0, grace_s: float = 0.2, before: str = "", **env: str
) -> Iterator[Program]:
    """Start a server, and kill it at the end if it still runs. `before` is code that runs in it first."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-W", _VOICES, "-c", before + _CODE, host, str(port), str(grace_s)],
        env=os.environ | {"GESSO_HOME": str(home)} | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        link = process.stdout.readline().strip()
        if not link:
            raise RuntimeError(process.communicate(timeout=10)[1])
        yield Program(process, link)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
