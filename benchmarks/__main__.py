"""Run the benchmarks and print their tables: `python -m benchmarks`, or some of them by name.

python -m benchmarks overhead hop       # some parts
python -m benchmarks text               # text models: only when they are asked for
python -m benchmarks text voices --help # what the base is worth: takes hours, and has options of its own
python -m benchmarks peers --help       # beside other servers: the last and the longest, with options of its own
"""

from __future__ import annotations

import datetime
import os
import platform
import sys
from collections.abc import Callable, Sequence
from typing import Final

from benchmarks import (
    canceling,
    direct,
    history,
    hop,
    memory,
    overhead,
    remix,
    starting,
    storyteller,
    studio,
    text_generation,
    text_training,
    text_voices,
)
from benchmarks.figures import Figure, table
from benchmarks.race import run as race
from gesso.version import VERSION


def _of(measure: Callable[[], Sequence[Figure]]) -> Callable[[], str]:
    return lambda: table(measure())


_PARTS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "overhead": ("One run", _of(overhead.main)),
    "hop": ("From one worker to another", _of(hop.main)),
    "direct": ("Direct runs and live frames", direct.main),
    "canceling": ("Canceling", _of(canceling.main)),
    "starting": ("Starting", _of(starting.main)),
    "memory": ("The server: its start and its memory", memory.main),
    "history": ("Jobs", _of(history.main)),
    "remix": ("Remix", _of(remix.main)),
    "studio": ("The studio", _of(studio.main)),
}
_TEXT: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "generation": ("Text generation", text_generation.main),
    "training": ("Text training", text_training.main),
}
_GROUPS: Final[dict[str, dict[str, tuple[str, Callable[[], str]]]]] = {"text": _TEXT}
"""Parts that belong together, under one word; `text generation` is one of them alone."""
_ALONE: Final[dict[tuple[str, str], Callable[[Sequence[str]], str]]] = {
    ("text", "voices"): text_voices.main,
    ("text", "storyteller"): storyteller.main,
}
"""Parts with options of their own, run only when they are named."""
_PEERS: Final = "peers"


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    if len(words) > 1 and (alone := _ALONE.get((words[0], words[1]))):
        print(alone(words[2:]))
        return
    parts = _PARTS
    if words and words[0] in _GROUPS:
        parts, words = _GROUPS[words[0]], list(words[1:]) or list(_GROUPS[words[0]])
    wanted = words[:1] if words[:1] == [_PEERS] else list(words) or [*parts, _PEERS]
    if unknown := set(wanted) - {*parts, _PEERS}:
        known = ", ".join([*parts, *_GROUPS, _PEERS])
        sys.exit(f"{unknown.pop()} is no part of the benchmarks. There are: {known}.")
    now = datetime.datetime.now(datetime.UTC).date()
    print(
        f"{now}, Gesso {VERSION}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0] if hasattr(os, 'getloadavg') else 0:.1f}\n"
    )
    for name in wanted:
        if name == _PEERS:
            print("## Peers\n")
            race.main(words[1:] if words[:1] == [_PEERS] else [])
        else:
            title, measure = parts[name]
            print(f"## {title}\n\n{measure()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
