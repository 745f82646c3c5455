"""The program git, called so that it goes where it is sent, asks nobody, and runs nothing that a repository brings."""

from __future__ import annotations

import os
import re
import shutil
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from gesso.errors import FetchError, InstallError

_KEPT_LINES: Final = 40
_NOTHING: Final = "/dev/null"  # git knows it on Windows, too
_PROGRESS: Final = re.compile(r"(?:remote: )?[A-Z][a-z]+ \w+: +\d+%")

# What git is given of this process's variables. All others stay out: GIT_* would change what it does, and those that
# name a proxy would let somebody else look up the host, past the guard.
_NEEDED: Final = ("PATH", "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
_GIVEN: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",  # a person's own settings may rename hosts, run filters and send passwords
    "GIT_CONFIG_GLOBAL": _NOTHING,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "LC_ALL": "C",  # its words are read
}
_ALWAYS: Final = {
    "core.hooksPath": _NOTHING,
    "core.attributesFile": _NOTHING,
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "core.longpaths": "true",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "transfer.fsckObjects": "true",
    "transfer.bundleURI": "false",  # a server may not name further places to fetch from,
    "fetch.uriProtocols": "",  # neither here
    "http.followRedirects": "false",  # nor by leading on, which also forbids the alternates of the old protocol
    "http.proxy": "",
    "http.lowSpeedLimit": "1",  # bytes a second: a server that is busy says at least that
    "http.lowSpeedTime": "60",
    "credential.helper": "",
    "submodule.recurse": "false",
    "gc.auto": "0",
    "protocol.allow": "never",
}


class RunProgram(Protocol):
    """Runs a program that cannot outlive this process; see `runtime/host/guarded.py`."""

    def __call__(
        self, command: Sequence[str], hear: Callable[[str], None], *, variables: Mapping[str, str], scratch: Path
    ) -> Awaitable[int]:
        """Hand each line that the program prints to `hear`, and return its exit code."""


class Git:
    """Calls git. `scratch` is a folder for all that it writes, `settings` are further settings of its."""

    def __init__(self, scratch: Path, *, run: RunProgram, settings: Mapping[str, str]) -> None:
        self._scratch = scratch
        self._run = run
        self._program = find_git()
        self._settings = [word for name, value in {**_ALWAYS, **settings}.items() for word in ("-c", f"{name}={value}")]

    async def __call__(self, *words: str, hear: Callable[[str], None] | None = None) -> list[str]:
        """Run a command of git. Returns its last lines. Raises `FetchError` that explains why it failed."""
        lines: deque[str] = deque(maxlen=_KEPT_LINES)

        def listen(line: str) -> None:
            if not _PROGRESS.match(line):
                lines.append(line)
            if hear is not None:
                hear(line)

        home = {"HOME": str(self._scratch), "USERPROFILE": str(self._scratch)}  # where it finds no password of anybody
        variables = {name: os.environ[name] for name in _NEEDED if name in os.environ} | _GIVEN | home
        command = [self._program, *self._settings, *words]
        code = await self._run(command, listen, variables=variables, scratch=self._scratch)
        if code != 0:
            raise _explain("\n".join(lines), code)
        return list(lines)


def find_git() -> str:
    """Return the path of the program, or raise `InstallError` that says how to get it."""
    program = shutil.which("git")
    if program is None:
        raise InstallError(
            "A model from a repository needs git, and git is not on this computer.",
            hint="Install it (https://git-scm.com/downloads; Debian, Ubuntu: sudo apt install git; Mac: "
            "xcode-select --install). Or download the repository as a ZIP file, unpack it, and name its folder.",
        )
    return program


_CAUSES: Final = (
    (
        r"couldn't find remote ref|not our ref|unadvertised object|no such remote ref",
        "The repository has no such version.",
        "A version is a branch, a tag, or all 40 digits of a commit.",
    ),
    (
        r"could not read Username|Authentication failed|terminal prompts disabled|returned error: 40[134]|not found",
        "There is no such repository, or it is not public.",
        "Open the address in a browser. Of a private one, clone it yourself and name its folder.",
    ),
    (
        r"redirection|returned error: 30\d",
        "The repository lies elsewhere: its server leads on to another address, and that is not followed.",
        "Open it in a browser and take the address from there; for some servers it has to end with .git.",
    ),
    (
        r"certificate|SSL",
        "The server cannot prove that it is the one that was named.",
        "A school's or a firm's network may read along: ask whoever looks after it.",
    ),
    (
        r"Could not resolve host|Failed to connect|Connection (?:refused|timed out|reset)|early EOF|Operation too slow|"
        r"unexpected disconnect|Empty reply|hung up|transfer closed|Recv failure",
        "The repository cannot be reached, or its server broke off.",
        "Is this computer online? Try again.",
    ),
    (r"No space left|Disk quota", "The disk is full.", "Make room, and try again."),
    (
        r"xcrun: error|xcode-select",
        "A model from a repository needs git, which comes with Apple's developer tools.",
        "Install them: xcode-select --install",
    ),
    (r"fsck|bad object|corrupt", "The repository is broken, or made to deceive git.", "Ask whoever made it."),
    (
        r"dumb http|not valid: is this a git repository",
        "There is no repository at this address that git could fetch from.",
        "Open the address in a browser: it has to be the repository's own page.",
    ),
)


def _explain(words: str, code: int) -> FetchError:
    for shown_by, message, hint in _CAUSES:
        if re.search(shown_by, words):
            return FetchError(message, hint=hint, detail=words)
    return FetchError(f"git could not fetch it (it ended with the code {code}).", detail=words)
