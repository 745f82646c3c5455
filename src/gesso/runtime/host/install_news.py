"""What an installer prints, in words for people: how far it is while it works, and why it stopped if it failed."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gesso.errors import InstallError
from gesso.runtime.host.requirements import BASE_REQUIREMENTS
from gesso.spec.runnable import Log, Progress

_KEPT_LINES: Final = 60
_LOGGED_LINES: Final = 20_000

# What pip prints:                                                 and uv:
#   Collecting numpy>=1.26 (from matplotlib)                         Resolved 12 packages in 222ms
#     Downloading pillow-13.0.0-cp311-...whl (7.1 MB)                Downloading pillow (6.8MiB)
#   Progress 262144 of 7140667                                        Downloaded pillow
#   Processing /a/folder/numpy-2.4.6-cp311-...whl
#   Building wheel for foo (pyproject.toml): started                 Building foo==1.0
#   Installing collected packages: pillow, numpy                   Prepared 12 packages in 286ms
_DOWNLOAD = re.compile(r"^\s*Downloading (?P<file>(?!\S+\.metadata )\S+) \((?P<size>[\d.]+ ?(?:[kMGT]?i?B|bytes))\)")
_BYTES = re.compile(r"^Progress (?P<come>\d+) of (?P<all>\d+)$")
_COLLECTING = re.compile(r"^(?:Collecting |Processing \S*[/\\])(?P<name>[A-Za-z0-9][A-Za-z0-9_.]*(?:-[A-Za-z_]\w*)*)")
_BUILDING = re.compile(r"^\s*Building (?:wheel for )?(?P<name>[\w.-]+?)(?:==\S+)?(?: \(.*started| @ .*|)$")
_INSTALLING = re.compile(r"^(?:Installing collected packages: (?P<names>.*)|Prepared (?P<count>\d+) package)")
_VERSION = re.compile(r"-\d.*$")


class Narrator:
    """Hears an installer's lines, tells `report` how far it is, and keeps the lines for an error.

    The work has `steps` steps; the fraction is the share of those that are done, because no installer knows beforehand
    how much it will download. Each line goes on as a `Log` with the level "debug".
    """

    def __init__(self, report: Callable[[Progress | Log], None], *, steps: int) -> None:
        self._report = report
        self._steps = steps
        self._done = -1
        self._download = ""
        self._percent = -1
        self._lines: deque[str] = deque(maxlen=_LOGGED_LINES)

    @property
    def detail(self) -> str:
        """The installer's last lines."""
        return "\n".join([*self._lines][-_KEPT_LINES:])

    @property
    def log(self) -> str:
        """All that the installer said, unless that is beyond all measure."""
        return "\n".join([*self._lines, ""])

    def next_step(self, text: str) -> None:
        """Say that the next step begins."""
        self._done = min(self._done + 1, self._steps)
        self._tell(text)

    def hear(self, line: str) -> None:
        """Take a line that the installer printed."""
        if found := _BYTES.match(line):
            self._hear_bytes(int(found["come"]), int(found["all"]))
            return
        self._lines.append(line)
        self._report(Log(line, level="debug"))
        if found := _DOWNLOAD.match(line):
            self._percent = -1
            self._download = f"Downloading {_name_of_file(found['file'])} ({found['size']})"
            self._tell(self._download)
        elif found := _INSTALLING.match(line):
            count = int(found["count"]) if found["count"] else found["names"].count(",") + 1
            self.next_step(f"Installing {count} package{'s' if count > 1 else ''}")
        elif found := _BUILDING.match(line):
            self._tell(f"Building {found['name']}, which can take minutes")
        elif found := _COLLECTING.match(line):
            self._tell(f"Looking at {found['name'].replace('_', '-')}")

    def _hear_bytes(self, come: int, whole: int) -> None:
        percent = 100 * come // max(whole, 1)
        if percent != self._percent and self._download:
            self._percent = percent
            self._tell(f"{self._download}: {percent} %")

    def _tell(self, text: str) -> None:
        self._report(Progress(max(self._done, 0) / self._steps, text))


def _name_of_file(file: str) -> str:
    """Return the package's name: "opencv-python-headless" of "opencv_python_headless-4.11.0-cp37-abi3-linux.whl"."""
    return _VERSION.sub("", file.rpartition("/")[2]).replace("_", "-")


@dataclass(frozen=True)
class _Cause:
    """A usual cause of failure: how an installer's words show it, and what to say.

    `{what}` is what was found, else the package that the words blame, else `unnamed`.
    """

    shown_by: re.Pattern[str]
    message: str
    hint: str
    unnamed: str


def _cause(shown_by: str, message: str, *, hint: str, unnamed: str = "") -> _Cause:
    return _Cause(re.compile(shown_by, re.IGNORECASE | re.MULTILINE), message, hint, unnamed)


_BLAMED = re.compile(  # how installers name the package that they could not fetch or build
    r"/simple/(\w[\w.-]*)/|(?:Failed building wheel for|Failed to build|╰─>) `?(\w[\w.-]*)|"
    r"No matching distribution found for ([^\s,]+)"
)


# In the order in which they are looked for: a full disk, for one, makes a compiler fail too.
_CAUSES: Final = (
    _cause(
        r"No space left on device|not enough space on the disk|Disk quota exceeded|\b(?:Errno|error) 28\b|WinError 112",
        "the disk is full.",
        hint="Make room (some models need several gigabytes), and run again.",
    ),
    _cause(
        r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate|certificate verify failed",
        "the connection to the package index is not trusted.",
        hint="A school's or a firm's network may read along. Ask whoever looks after it how pip is set up there.",
    ),
    _cause(
        r"Failed to establish a new connection|NewConnectionError|NameResolutionError|name resolution|dns error|"
        r"Name or service not known|getaddrinfo failed|Network is unreachable|ConnectTimeout|Read timed out|ProxyError|"
        r"tcp connect error|error sending request",
        "the package index cannot be reached, to get {what}.",
        unnamed="its packages",
        hint="Is this computer online? A model's packages are downloaded once, before its first run.",
    ),
    _cause(
        r"No matching distribution found for (?P<what>[^\s,]+)|Because there (?:is|are) no versions? of (?P<other>\S+)|"
        r"Because (?P<third>\S+) was not found|Package '(?P<fourth>\S+)' requires a different Python",
        "no package {what} fits this computer and this Python.",
        hint="Is its name spelt right? If so, there is none for this system or this Python; a model asks for another "
        "Python with `requires-python`.",
    ),
    _cause(
        r"Cannot install (?P<what>.+?) because these package versions have conflicting|"
        r"Because (?P<other>\S+ depends on \S+)[\s\S]*unsatisfiable",
        "these do not go together: {what}.",
        hint="Are there such versions? Change one in the model's `dependencies`, or name a package in its "
        "`without-dependencies`. "
        f"Gesso itself needs {', '.join(BASE_REQUIREMENTS)}.",
    ),
    _cause(
        r"Microsoft Visual C\+\+|command '\S*(?:gcc|cc|clang|cl\.exe|g\+\+|rustc)\S*' failed|xcrun: error|"
        r"Failed building wheel|Failed to build|metadata-generation-failed|subprocess-exited-with-error|CMake Error|"
        r"can't find Rust compiler",
        "{what} would have to be built here, and that failed.",
        unnamed="one of its packages",
        hint="Try a version that is ready made for your system and this Python, or install a compiler: Xcode's command "
        "line tools on a Mac, Microsoft's C++ build tools on Windows, build-essential on Linux.",
    ),
    _cause(
        r"No such file or directory: '?(?P<what>[^'\n]+)|Distribution not found at: (?P<other>\S+)",
        "there is no {what}.",
        hint="The model names a file of the computer that it was written on. Change its `dependencies`, or ask its "
        "author.",
    ),
    _cause(
        r"Permission denied|Access is denied|Read-only file system",
        "Gesso may not write there.",
        hint="See that the folder of Gesso's environments belongs to you.",
    ),
)


def explain(words: str, fallback: str) -> InstallError:
    """Return the error for an installer's last words; `fallback` says why where no usual cause is found in them."""
    reason, hint = fallback, "What the installer said may tell why."
    for cause in _CAUSES:
        if found := cause.shown_by.search(words):
            blamed = [text for groups in _BLAMED.findall(words) for text in groups if text]
            what = next((text for text in found.groups() if text), "") or [cause.unnamed, *blamed][-1]
            reason, hint = cause.message.format(what=what), cause.hint
            break
    return InstallError(f"The model's environment could not be made: {reason}", hint=hint, detail=words)
