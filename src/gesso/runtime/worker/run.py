"""One run inside the worker: what the model's `progress`, `log`, `preview`, `seed` and `scratch` reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gesso.messages.to_host import Logged, PartMade, PreviewMade, ProgressMade
from gesso.runtime.worker.channel import Channel
from gesso.runtime.worker.invoke import check_preview, preview_port
from gesso.runtime.worker.texts import clean
from gesso.sdk.declaration import Binding
from gesso.spec.model import Port


class WorkerRun:
    """A `RunContext` whose news goes to the host as messages. Run 0 is the setup: it has no binding."""

    def __init__(
        self, channel: Channel, run: int, *, seed: int = 0, scratch: str = "", binding: Binding | None = None
    ) -> None:
        self._channel = channel
        self._run = run
        self._binding = binding
        self._scratch = scratch
        self.seed = seed
        self.is_canceled = False

    @property
    def scratch(self) -> Path:
        """The run's own folder, made when it is first asked for."""
        folder = Path(self._scratch)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

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
        packed = self._channel.pack(port.data_type, check_preview(port, value))
        self._channel.send(PreviewMade(self._run, port.name, port.type, port.constraints, packed))

    def part(self, port: Port, value: Any) -> None:
        """Send a part of a streaming output."""
        packed = self._channel.pack(port.data_type, value)
        self._channel.send(PartMade(self._run, port.name, port.type, port.constraints, packed))
