"""`Previews`: from unfinished values to what a listener can show, without holding up the run."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from gesso.errors import GessoError
from gesso.jobs.job import LatestPreview
from gesso.jobs.live import Live
from gesso.spec.model import Command
from gesso.spec.runnable import Preview
from gesso.types import catalogue
from gesso.types.base import DataType

LARGEST_BYTES: Final = 4 * 1024 * 1024
"""The largest preview in wire form; a larger one is left out."""

_PAUSE_S: Final = 0.1  # nobody looks faster, and the model needs the processor
_logger: Final = logging.getLogger(__name__)


class Previews:
    """Encodes previews in a thread, always the latest of each output; what is overtaken is never encoded."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._waiting: dict[str, tuple[Preview, DataType[Any]]] = {}
        self._task: asyncio.Task[None] | None = None

    def take(self, preview: Preview, command: Command) -> None:
        """Take a preview that a run has made."""
        try:
            self._waiting[preview.output] = (preview, _type_of(preview, command))
        except GessoError:  # of a type that cannot be told without its limits: a list of something
            return
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    def close(self) -> None:
        """Encode nothing more."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        while self._waiting:
            output = next(iter(self._waiting))
            preview, data_type = self._waiting.pop(output)
            try:
                wire = await asyncio.to_thread(data_type.to_wire, preview.value)
            except Exception:  # a preview that cannot be shown is no reason to end a run
                _logger.warning("a preview of %s could not be encoded", output, exc_info=True)
                continue
            if not isinstance(wire, str) or len(wire) <= LARGEST_BYTES:
                self._live.preview(LatestPreview(output=output, type=preview.type, value=wire))
            await asyncio.sleep(_PAUSE_S)


def _type_of(preview: Preview, command: Command) -> DataType[Any]:
    for port in command.outputs:
        if port.name == preview.output and port.type == preview.type:
            return port.data_type
    return catalogue.declare(preview.type, {})
