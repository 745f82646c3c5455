"""Each model's own environment: a virtual environment that holds what the model declares, made once and kept.

The folder of environments holds, for each digest of a declaration, a folder named by the digest's beginning:

    3f9c2a7b1d04e586/        one declaration
        ready.json           written last: which of the folders beside it is whole
        8e1f30c4/            the environment
    3f9c2a7b1d04e586.lock    held by the process that makes it

Each attempt to make an environment takes a folder with a new name, so what a killed process left there, or still
writes, never gets into another one; the next attempt removes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from filelock import FileLock, Timeout

from gesso.errors import SettingsError
from gesso.net.door import Door
from gesso.registry.alone import alone
from gesso.runtime.host import guarded, interpreter
from gesso.runtime.host.install_news import Narrator, explain
from gesso.runtime.host.installer import InstallerName, install_command, make_command, python_in
from gesso.runtime.host.interpreter import Interpreter
from gesso.runtime.host.requirements import Needs, read_needs
from gesso.spec.model import Requirements
from gesso.spec.runnable import Log, Progress
from gesso.storage import record

Report: TypeAlias = Callable[[Progress | Log], None]
"""Takes the news of an installation as it happens."""

_NAME_LENGTH: Final = 16  # of a digest's 64: Windows allows 260 characters for a path, and packages need most of them
_MARKER: Final = "ready.json"
_KILLED: Final = 128 + 9  # by SIGKILL, as systems do that run out of memory

# What would make an installer look at, or write into, another environment than the one it is given.
_NOT_FOR_INSTALLERS: Final = frozenset(
    {"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    | {f"PIP_{name}" for name in ("DRY_RUN", "NO_DEPS", "PREFIX", "PYTHON", "REPORT", "REQUIRE_VIRTUALENV")}
    | {f"PIP_{name}" for name in ("QUIET", "REQUIREMENT", "ROOT", "TARGET", "VERBOSE")}
    | {f"UV_{name}" for name in ("PYTHON", "SYSTEM_PYTHON", "PROJECT_ENVIRONMENT", "BREAK_SYSTEM_PACKAGES")}
)
_FOR_INSTALLERS: Final = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",  # nobody is there to be asked for a password
    "PIP_USER": "0",  # also where the machine's pip.conf says otherwise
    "PYTHONIOENCODING": "utf-8:replace",
    "PYTHONNOUSERSITE": "1",
    "PYTHONUNBUFFERED": "1",
}
_PACKAGE_INDEX: Final = "package index"  # which one, the installer's own settings say


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An environment that is ready.

    `python` is its interpreter, `folder` where it lies. `is_own` is False where it is the platform's own environment,
    which then has the `digest` "".
    """

    python: Path
    digest: str
    is_own: bool
    folder: Path

    def size_bytes(self) -> int:
        """Return what its files take on the disk together, in bytes. Looks at each file: it takes a moment."""
        paths = (Path(folder, name) for folder, _, names in os.walk(self.folder) for name in names)
        return sum(path.lstat().st_size for path in paths)


class Environments:
    """The environments of models, in one folder.

    `constraints` is a file of pip's constraints that all keep to. `door` is asked before an installer may contact the
    package index, and writes that down; without one, nobody is asked.
    """

    def __init__(
        self,
        folder: Path,
        *,
        installer: InstallerName = "pip",
        constraints: Path | None = None,
        door: Door | None = None,
    ) -> None:
        self._door = door
        self._folder = folder.absolute()
        self._installer = installer
        self._constraints = None if constraints is None else constraints.absolute()

    async def prepare(self, requirements: Requirements, *, report: Report) -> Environment:
        """Return an environment that meets the requirements; make it if there is none yet.

        That runs the packages' own installation code: whoever calls this has asked for trust before. Raises
        `InstallError` if it cannot be made and `DeclarationError` if the requirements cannot be read. Canceling ends
        the installer.
        """
        needs = read_needs(requirements)
        if needs.are_met_here:
            return Environment(python=Path(sys.executable), digest="", is_own=False, folder=Path(sys.prefix))
        python, digest, home = await self._place(needs)
        if ready := _ready(home, digest):
            return ready
        waiting = Progress(0.0, "Waiting: somebody else is making this environment just now")
        try:
            async with alone(home.with_suffix(".lock"), on_wait=lambda: report(waiting)):
                return _ready(home, digest) or await self._make(
                    home, needs, python=python, digest=digest, report=report
                )
        except OSError as error:
            raise explain(str(error), f"{error}.") from error

    async def has(self, requirements: Requirements) -> bool:
        """Say whether `prepare` would find an environment, and have nothing to make. Raises the same."""
        needs = read_needs(requirements)
        if needs.are_met_here:
            return True
        _, digest, home = await self._place(needs)
        return _ready(home, digest) is not None

    def ready(self) -> list[Environment]:
        """Return the environments that are there and whole."""
        return [ready for home in self._homes() if (ready := _ready(home))]

    def remove_unused(self, keep: Set[str]) -> None:
        """Remove every environment whose digest is not in `keep`, but for those that are being made just now.

        The caller knows which models there are, and sees to it that no worker runs in the others.
        """
        for home in self._homes():
            ready = _ready(home)
            if ready is None or ready.digest not in keep:
                with contextlib.suppress(Timeout), _lock(home).acquire(blocking=False):
                    _remove(home)

    async def _place(self, needs: Needs) -> tuple[Interpreter, str, Path]:
        """Return the interpreter that is used, the digest of the declaration, and where its environment lies."""
        python = await asyncio.to_thread(interpreter.find, needs.python)
        digest = needs.digest(python, self._read_constraints())
        return python, digest, self._folder / digest[:_NAME_LENGTH]

    def _homes(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*") if path.is_dir())

    def _read_constraints(self) -> str:
        try:
            return "" if self._constraints is None else self._constraints.read_text(encoding="utf-8")
        except OSError as error:
            raise SettingsError(
                f"The file of constraints cannot be read: {self._constraints}.",
                hint="Correct the setting, or take it away.",
            ) from error

    async def _make(self, home: Path, needs: Needs, *, python: Interpreter, digest: str, report: Report) -> Environment:
        await asyncio.to_thread(_remove, home)
        folder = home / secrets.token_hex(4)
        try:
            _temporary(folder).mkdir(parents=True)
            with self._way_out():
                narrator = Narrator(report, steps=5 if needs.alone else 3)
                await self._install(folder, needs, python=python, narrator=narrator)
            shutil.rmtree(_temporary(folder), ignore_errors=True)
            holds = [*needs.together, *needs.alone]
            record.write(
                home / _MARKER, {"digest": digest, "folder": folder.name, "python": python.version, "holds": holds}
            )
        except BaseException:
            await asyncio.shield(asyncio.to_thread(_remove, home))
            raise
        return Environment(python=python_in(folder), digest=digest, is_own=True, folder=folder)

    def _way_out(self) -> contextlib.AbstractContextManager[object]:
        if self._door is None:
            return contextlib.nullcontext()
        return self._door.contact(_PACKAGE_INDEX, "the libraries of a model")

    async def _install(self, folder: Path, needs: Needs, *, python: Interpreter, narrator: Narrator) -> None:
        narrator.next_step("Making an environment for the model")
        await _run(make_command(self._installer, folder, python=python.path), folder, narrator=narrator)
        narrator.next_step("Looking for the packages that the model needs")
        await _run(self._install_command(folder, needs.together), folder, narrator=narrator)
        if needs.alone:
            narrator.next_step(f"Looking for {', '.join(needs.alone)}")
            await _run(self._install_command(folder, needs.alone, is_alone=True), folder, narrator=narrator)

    def _install_command(self, folder: Path, packages: Sequence[str], *, is_alone: bool = False) -> list[str]:
        return install_command(
            self._installer,
            folder,
            requirements=packages,
            constraints=self._constraints,
            is_without_dependencies=is_alone,
        )


def child_variables(taken_away: Set[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables of a child process: this process's, without some and with others.

    Gesso reads its settings in `settings` alone. This is the exception, because a child cannot do without the variables
    of its system: PATH, the proxy of a school, where pip looks for packages.
    """
    return {name: value for name, value in os.environ.items() if name not in taken_away} | dict(given)


async def _run(command: Sequence[str], folder: Path, *, narrator: Narrator) -> None:
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(_temporary(folder)))
    variables = child_variables(_NOT_FOR_INSTALLERS, _FOR_INSTALLERS | temporary)
    code = await guarded.run(command, narrator.hear, variables=variables, scratch=folder)
    if code == _KILLED:
        raise explain(narrator.detail, "the system ended the installer, perhaps because memory ran out.")
    if code != 0:
        raise explain(narrator.detail, f"the installer ended with the code {code}.")


def _temporary(folder: Path) -> Path:
    """Return where the installer unpacks: inside the environment, so that it goes when the environment does."""
    return folder / ".tmp"


def _ready(home: Path, digest: str | None = None) -> Environment | None:
    """Return the environment that lies whole in `home`, if it has this digest (or any, if None)."""
    try:
        marker = record.read(home / _MARKER) or {}
        folder, found = home / marker["folder"], marker["digest"]
        base = re.search(r"^home *= *(.+)$", (folder / "pyvenv.cfg").read_text(encoding="utf-8"), re.MULTILINE)
    except (ValueError, KeyError, TypeError, OSError):
        return None
    is_its_python_there = base is not None and Path(base[1].strip()).is_dir() and python_in(folder).exists()
    if not is_its_python_there or digest not in {None, found}:
        return None
    return Environment(python=python_in(folder), digest=found, is_own=True, folder=folder)


def _remove(home: Path) -> None:
    """Remove what lies there, the marker first: half an environment must not look like one."""
    (home / _MARKER).unlink(missing_ok=True)
    shutil.rmtree(home, ignore_errors=True)


def _lock(home: Path) -> FileLock:
    home.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(home.with_suffix(".lock"))
