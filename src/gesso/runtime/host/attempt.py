"""One run in one worker: asked for, followed to its end, canceled if need be."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from gesso.errors import GessoError, InputError
from gesso.messages.to_host import Done, Logged, PartMade, PreviewMade, ProgressMade, ToHost
from gesso.messages.to_worker import Cancel, Run
from gesso.runtime.host.order import Order
from gesso.runtime.host.scratch import remove_after
from gesso.runtime.host.worker import WorkerProcess
from gesso.spec.runnable import Event, Log, Part, Preview, Progress, Result
from gesso.types import catalogue

Report: TypeAlias = Callable[[Event], None]
"""Takes the news of a run as it happens."""

Pace: TypeAlias = Callable[[], Awaitable[None]]
"""Waits until whoever reads the news is ready for more."""


class Attempt:
    """Carries out an order in a worker, which hears of it when somebody sends it `asked`.

    The worker's answers are kept from the beginning, until `close`. `queue_s` is how long the order has waited for its
    turn, and `setup_s` how long for the worker to get ready. `scratch` is the folder under which the run gets one of
    its own. Making it raises `InputError` if the inputs do not fit into memory.
    """

    def __init__(self, worker: WorkerProcess, order: Order, *, queue_s: float, setup_s: float, scratch: Path) -> None:
        self._worker = worker
        self._order = order
        self._queue_s = queue_s
        self._setup_s = setup_s
        self._outputs: Mapping[str, Any] = {}
        number = worker.next_run()
        self.asked = Run(
            run=number,
            command=order.command.name,
            inputs=self._pack(),
            seed=order.seed,
            session=order.session,
            scratch=str(scratch / f"{worker.process_id}-{number}"),
            is_seed_given=order.is_seed_given,
            checkpoints=str(order.checkpoints.absolute()) if order.checkpoints else "",
        )
        self._listening = contextlib.ExitStack()
        self._answers = self._listening.enter_context(worker.answers(number))

    def close(self) -> None:
        """Hear no more, and remove what the run has left in its folder, but for the outputs that are still held."""
        self._listening.close()
        remove_after(self._outputs, Path(self.asked.scratch))

    async def follow(self, report: Report, *, pace: Pace) -> Result:
        """Pass on the news until the run ends. Raises its error.

        `pace` is awaited after each piece of news, so that a slow reader slows the model and fills no memory.
        """
        async for message in self._worker.news(self._answers):
            if isinstance(message, Done):
                return self._result(message)
            relay(message, self._worker, report=report)
            await pace()
        raise AssertionError("a run ends with Done or an error")

    def cancel(self) -> None:
        """Tell the worker that nobody wants this run any more."""
        self._worker.send(Cancel(self.asked.run))

    async def end(self, grace_s: float) -> None:
        """Wait until a run that was canceled has ended; after `grace_s` seconds its worker's process is."""
        try:
            async with asyncio.timeout(grace_s):
                async for message in self._worker.news(self._answers):
                    self._worker.pass_over(message)
        except TimeoutError:
            await self._worker.kill()
        except GessoError:
            pass  # it stopped: canceled, or failed by itself

    def _pack(self) -> dict[str, Any]:
        types = {port.name: port.data_type for port in self._order.command.inputs}
        try:
            return self._worker.pack(types, self._order.values)
        except OSError as error:
            raise InputError(
                "inputs that fit into memory", f"more than is free ({error.strerror})", hint="Take smaller ones."
            ) from error

    def _result(self, done: Done) -> Result:
        outputs = {
            name: self._worker.unpack(self._order.command.output(name).data_type, value)
            for name, value in done.outputs.items()
        }
        self._outputs = outputs
        return Result(
            outputs,
            self._order.seed,
            queue_s=self._queue_s,
            setup_s=self._setup_s,
            run_s=done.run_s,
            total_s=time.perf_counter() - self._order.began,
            versions=self._worker.versions,
        )


def relay(message: ToHost, worker: WorkerProcess, *, report: Report) -> None:
    """Pass on a worker's message as an event."""
    if isinstance(message, ProgressMade):
        report(Progress(message.fraction, message.text))
    elif isinstance(message, Logged):
        report(Log(message.text, message.level))
    elif isinstance(message, PreviewMade | PartMade):
        value = worker.unpack(catalogue.declare(message.type, message.constraints), message.value)
        is_part = isinstance(message, PartMade)
        report(Part(message.output, value) if is_part else Preview(message.output, message.type, value))
