"""One run inside the worker: what the model's `progress`, `log`, `preview`, `seed`, `scratch` and the like reach."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from gesso.messages.to_host import Logged, PartMade, PreviewMade, ProgressMade
from gesso.messages.to_worker import Run
from gesso.runtime.worker.channel import Channel
from gesso.runtime.worker.interrupt import unbroken
from gesso.runtime.worker.invoke import check_preview, preview_port
from gesso.runtime.worker.texts import clean
from gesso.sdk.declaration import Binding
from gesso.spec.model import Port

SETUP: Final = 0
"""The number under which the setup speaks."""


class WorkerRun:
    """A `RunContext` whose news goes to the host as messages. `asked` None is the setup, which has no binding."""

    def __init__(self, channel: Channel, asked: Run | None = None, *, binding: Binding | None = None) -> None:
        self._channel = channel
        self._asked = asked or Run(SETUP, command="", inputs={}, seed=0)
        self._run = self._asked.run
        self._binding = binding
        self.seed = self._asked.seed
        self.is_seed_given = self._asked.is_seed_given
        self.is_canceled = False

    @property
    def scratch(self) -> Path:
        """The run's own folder, made when it is first asked for."""
        return _made(Path(self._asked.scratch))

    @property
    def checkpoints(self) -> Path:
        """The folder that outlives the run, if it has one; else one that goes with the run. Made likewise."""
        return _made(Path(self._asked.checkpoints) if self._asked.checkpoints else self.scratch / "checkpoints")

    def progress(self, fraction: float, text: str) -> None:
        """Send how far the run is."""
        self._channel.send(ProgressMade(self._run, fraction, clean(text)))

    def log(self, text: str, level: str) -> None:
        """Send a line of the log."""
        self._channel.send(Logged(self._run, clean(text), level))

    def preview(self, value: Any, output: str) -> None:
        """Send an unfinished value."""
        assert self._binding is not None, "the setup has no outputs"
        port = preview_port(self._binding, value, output=output)
        checked = check_preview(port, value)
        with unbroken():  # what is packed and not sent would stay lent for ever
            packed = self._channel.pack(port.data_type, checked)
            self._channel.send(PreviewMade(self._run, port.name, port.type, port.constraints, packed))

    def part(self, port: Port, value: Any) -> None:
        """Send a part of a streaming output."""
        with unbroken():
            packed = self._channel.pack(port.data_type, value)
            self._channel.send(PartMade(self._run, port.name, port.type, port.constraints, packed))


class BatchRun:
    """A `RunContext` for several runs in one call of the model: seed, folders and log are the first one's.

    It is canceled when all of them are: while one of them is wanted, the call goes on.
    """

    def __init__(self, runs: Sequence[WorkerRun]) -> None:
        self._runs = runs
        self.seed = runs[0].seed
        self.is_seed_given = runs[0].is_seed_given

    @property
    def is_canceled(self) -> bool:
        """Whether nobody wants any of them."""
        return all(run.is_canceled for run in self._runs)

    @property
    def scratch(self) -> Path:
        """The folder of the first."""
        return self._runs[0].scratch

    @property
    def checkpoints(self) -> Path:
        """That of the first."""
        return self._runs[0].checkpoints

    def progress(self, fraction: float, text: str) -> None:
        """Tell everybody how far the call is."""
        for run in self._runs:
            run.progress(fraction, text)

    def log(self, text: str, level: str) -> None:
        """Write into the log of the first."""
        self._runs[0].log(text, level)

    def preview(self, value: Any, output: str) -> None:
        """Do nothing: whose picture it is, nobody can say."""


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
