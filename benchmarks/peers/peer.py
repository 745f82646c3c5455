"""What a peer is: a server that can be installed, started, asked and stopped. Each has a file beside this one."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from benchmarks.peers.camera import Camera

ROOT: Final = Path(__file__).resolve().parents[2]
"""The folder of the repository: servers import `benchmarks.peers.served` from there."""
SERVED: Final = ROOT / "benchmarks" / "peers" / "served"
"""The code that the servers run, in the words of each."""
CORES: Final = os.cpu_count() or 1
"""How many processes of a model a server has where it can have several."""
CODECS: Final = ("pillow==13.0.0", "numpy==2.4.6")
"""What decodes and encodes, the same for all whose own needs allow it."""


class Workload(StrEnum):
    """What is asked of a server. The value is the name that its code in `served/` has for it."""

    PICTURE = "Picture"
    """A 512x512 JPEG in, the identity model, a JPEG out."""
    DATA = "Data"
    """Small JSON in and out: words, and the same words backwards."""
    BATCH = "Batch"
    """The same, with a model that takes 20 ms for each call, however many requests are in it."""
    LIVE = "Live"
    """Frames of 640x480, as a camera gives them, and a frame back for each."""
    SLOW = "Slow"
    """A model that is busy for as many seconds as it is told, to be canceled."""


@dataclass(frozen=True)
class Address:
    """Where a server listens, and the token that it asks for, if any."""

    port: int
    token: str = ""


@dataclass(frozen=True)
class Answer:
    """What a server answered to one HTTP request."""

    status: int
    body: bytes


Exchange: TypeAlias = Generator[bytes, Answer, bytes]
"""One run as the peer's own client makes it: yields HTTP requests, is sent the answers, returns the result."""
Ask: TypeAlias = Callable[[Address, bytes], Callable[[], Exchange]]
"""Prepares the runs of one client, which are all alike: from the address and the payload to what begins a run."""


class UnexpectedAnswerError(Exception):
    """A server did not do what it was asked for; the message says what it answered instead."""


@dataclass(frozen=True)
class Home:
    """What a server is started with: the Python of its environment, an empty folder, a port, what it is to serve."""

    python: Path
    folder: Path
    port: int
    workload: Workload


@dataclass(frozen=True)
class Command:
    """How a server is started: the words of a command line, and what its environment has besides."""

    words: tuple[str | Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A server to compare with.

    `requirements` are installed into an `environment` of its own; one without any runs in Gesso's. Without a `command`
    it is no server, and its exchanges send nothing. `settings` says what is set and why, for a reader of the tables;
    `cannot` says why it has no part in a workload. It is ready when it answers a GET of
    `ready` with 200, and with `ready_says` in it. `asks` holds how a
    client asks, `camera` how it sends frames. `litter` is what it
    leaves outside of its folder. A limit is no server to compare with, but what none can be better than.
    """

    name: str
    title: str
    requirements: tuple[str, ...] = ()
    environment: str = ""
    command: Callable[[Home], Command] | None
    asks: Mapping[Workload, Ask]
    camera: Callable[[Address], Camera] | None = None
    ready: str = "/health"
    ready_says: bytes = b""
    settings: str = ""
    cannot: Mapping[Workload, str] = field(default_factory=dict)
    is_limit: bool = False
    litter: tuple[Path, ...] = ()
    prepare: Callable[[Home], None] = lambda _: None
    token: Callable[[Home], str] = lambda _: ""

    def can(self, workload: Workload) -> bool:
        """Say whether it takes part."""
        return self.camera is not None if workload is Workload.LIVE else workload in self.asks


def program(name: str, *more: str) -> Callable[[Home], Command]:
    """Return how a server is started whose code in `served/` is a program of its own."""

    def command(home: Home) -> Command:
        words = (home.python, "-m", f"benchmarks.peers.served.{name}", home.workload.value, str(home.port), *more)
        return Command(words)

    return command
