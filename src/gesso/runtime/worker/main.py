"""The worker's life: say hello, describe or load one model, run what the host asks, end.

The main thread runs the model, because many libraries insist on it; a second thread reads the host's messages, so that
a cancel is heard while the model works. A model with `async` commands runs in an event loop, and its runs wait side by
side; any other runs one request after the other without a loop in its way.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import inspect
import os
import platform
import queue
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from gesso.errors import CanceledError, GessoError, ModelError, SetupError
from gesso.messages.to_host import PROTOCOL_VERSION, Described, Done, Failed, Hello, Ready
from gesso.messages.to_worker import Batch, Cancel, Describe, EndSession, Load, Release, Run, Stop, ToWorker
from gesso.runtime.transport import memory, packing, passing
from gesso.runtime.transport.frames import FrameTooLongError
from gesso.runtime.worker import invoke
from gesso.runtime.worker.channel import Channel
from gesso.runtime.worker.device import give_device
from gesso.runtime.worker.interrupt import Interrupt
from gesso.runtime.worker.loading import load_class, own_traceback
from gesso.runtime.worker.prints import PrintedLines
from gesso.runtime.worker.run import BatchRun, WorkerRun
from gesso.runtime.worker.seeding import seed_libraries
from gesso.runtime.worker.texts import clean, said_by
from gesso.runtime.worker.versions import versions_of
from gesso.sdk import context, declaration
from gesso.sdk.declaration import Binding
from gesso.sdk.model import Model, WeightPaths
from gesso.spec.model import coerce_ports

SETUP = 0
"""The number of the "run" to which the news of import and setup belongs."""

_ANYTHING = (Exception, SystemExit, KeyboardInterrupt, asyncio.CancelledError)
"""What a model's code may raise without ending its worker."""


class Worker:
    """One model and the runs that the host asks of it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._asked: queue.SimpleQueue[ToWorker] = queue.SimpleQueue()
        self._runs: dict[int, WorkerRun] = {}
        self._canceled: set[int] = set()  # runs canceled while they still waited in the queue
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner = asyncio.Runner()  # one event loop for an async setup and the runs after it
        self._interrupt = Interrupt()
        self._sessions = invoke.Sessions()
        self._model = Model()
        self._bindings: dict[str, Binding] = {}

    def serve(self) -> None:
        """Do what the host asks until it says stop or closes the line."""
        self._channel.send(Hello(PROTOCOL_VERSION, os.getpid(), platform.python_version()))
        threading.Thread(target=self._listen, name="gesso-listen", daemon=True).start()
        while not isinstance(message := self._asked.get(), Stop):
            self._do(message)
            if any(binding.command.is_async for binding in self._bindings.values()):
                self._runner.run(self._serve_async())
                break
        self._runner.close()

    # -- hearing (second thread) --------------------------------------------------------------------------------------

    def _listen(self) -> None:
        try:
            for message in self._channel.receive():
                if isinstance(message, Cancel):
                    self._cancel(message.run)
                elif isinstance(message, Release):
                    for offset in message.offsets:
                        self._channel.slots.release(offset)
                else:
                    self._ask(message)
        finally:
            self._ask(Stop())

    def _ask(self, message: ToWorker) -> None:
        self._asked.put(message)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._drain)

    def _cancel(self, run: int) -> None:
        self._canceled.add(run)
        if run in self._runs:
            self._runs[run].is_canceled = True
        if run in self._tasks and self._loop is not None:
            self._loop.call_soon_threadsafe(self._tasks[run].cancel)
        self._interrupt.fire()

    # -- doing (main thread) ------------------------------------------------------------------------------------------

    def _do(self, message: ToWorker) -> None:
        try:
            if isinstance(message, Describe):
                self._describe(message)
            elif isinstance(message, Load):
                self._load(message)
            elif isinstance(message, Run):
                self._run(message)
            elif isinstance(message, Batch):
                self._run_batch(message)
            elif isinstance(message, EndSession):
                self._sessions.end(message.session)
        except GessoError as error:
            self._channel.send(Failed(SETUP, {word: clean(text) for word, text in error.to_data().items()}))

    def _describe(self, asked: Describe) -> None:
        with context.running(WorkerRun(self._channel)):
            model = load_class(Path(asked.entry), asked.class_name, kind=asked.kind)
        own = model.__doc__ or sys.modules[model.__module__].__doc__ or ""
        commands = tuple(binding.command for binding in declaration.bind(model).values())
        self._channel.send(Described(" ".join(own.split()), commands, declaration.options(model)))

    def _load(self, asked: Load) -> None:
        began = time.perf_counter()
        sys.argv[4:] = [asked.entry, asked.kind]  # for processes that the model starts: see bootstrap.py
        with context.running(WorkerRun(self._channel)):
            model = load_class(Path(asked.entry), asked.class_name, kind=asked.kind)
            bindings = declaration.bind(model)
            options = coerce_ports(declaration.options(model), asked.options)
            seed_libraries(0)
            try:
                self._model = model()
                give_device(self._model, asked.device)
                self._model.weights = WeightPaths({name: Path(path) for name, path in asked.weights.items()})
                self._model.cache_folder = Path(asked.cache) if asked.cache else model.cache_folder
                self._interrupt.raising = model.canceled_by
                waiting = self._model.setup(**options)
                if inspect.iscoroutine(waiting):
                    self._runner.run(waiting)
            except GessoError:
                raise
            except _ANYTHING as error:
                message = f"The model could not get ready: {type(error).__name__}: {said_by(error)}".rstrip(".") + "."
                raise SetupError(message, detail=own_traceback(error)) from error
        self._bindings = bindings
        ready = Ready(
            time.perf_counter() - began,
            versions_of(asked.distributions),
            sees_others=passing.can_open(asked.memory),
        )
        self._channel.send(ready)
        gc.freeze()  # libraries and weights stay: to look through them again and again would stop a camera each time

    def _begin(self, asked: Run) -> tuple[WorkerRun, Binding, dict[str, Any]]:
        binding = self._bindings[asked.command]
        run = WorkerRun(self._channel, asked, binding=binding)
        self._runs[asked.run] = run
        run.is_canceled = asked.run in self._canceled
        if run.is_canceled:
            self._channel.pass_over(asked.inputs.values())
            raise CanceledError("The run was canceled.")
        ports = {port.name: port.data_type for port in binding.command.inputs}
        values = {name: self._channel.unpack(ports[name], value) for name, value in asked.inputs.items()}
        seed_libraries(asked.seed)
        return run, binding, values | self._sessions.states(binding, asked.session)

    def _run(self, asked: Run) -> None:
        try:
            run, binding, arguments = self._begin(asked)
            began = time.perf_counter()
            with context.running(run), self._interrupt.breakable(lambda: run.is_canceled):
                outputs = invoke.call(self._model, binding, arguments=arguments, on_part=run.part)
                _finish_prints()
            del arguments  # so that the inputs' slots go back with the result
            self._done(asked, binding, outputs=outputs, run_s=time.perf_counter() - began)
        except _ANYTHING as error:
            self._failed(asked, error)

    async def _run_async(self, asked: Run) -> None:
        try:
            run, binding, arguments = self._begin(asked)
            began = time.perf_counter()
            with context.running(run):
                if binding.command.is_async:
                    outputs = await invoke.call_async(self._model, binding, arguments=arguments, on_part=run.part)
                else:
                    with self._interrupt.breakable(lambda: run.is_canceled):
                        outputs = invoke.call(self._model, binding, arguments=arguments, on_part=run.part)
            del arguments
            self._done(asked, binding, outputs=outputs, run_s=time.perf_counter() - began)
        except _ANYTHING as error:
            self._failed(asked, error)

    def _run_batch(self, asked: Batch) -> None:
        begun: list[tuple[Run, Binding, dict[str, Any]]] = []
        for each in asked.runs:
            try:
                _, binding, arguments = self._begin(each)
                begun.append((each, binding, arguments))
            except _ANYTHING as error:
                self._failed(each, error)
        if not begun:
            return
        began = time.perf_counter()
        together = BatchRun([self._runs[each.run] for each, _, _ in begun])
        try:
            with context.running(together), self._interrupt.breakable(lambda: together.is_canceled):
                results = invoke.call_batch(self._model, begun[0][1], requests=[arguments for _, _, arguments in begun])
                _finish_prints()
        except _ANYTHING as error:
            results = [invoke.as_model_error(error)] * len(begun)
        run_s = time.perf_counter() - began
        for (each, binding, _), result in zip(begun, results, strict=True):
            if isinstance(result, Exception):
                self._failed(each, result)
            else:
                self._done(each, binding, outputs=result, run_s=run_s)

    def _done(self, asked: Run, binding: Binding, *, outputs: dict[str, Any], run_s: float) -> None:
        types = {port.name: port.data_type for port in binding.command.outputs}
        packed = packing.pack_all(types, outputs, slots=self._channel.slots)
        try:
            self._channel.send(Done(asked.run, packed, run_s))
        except FrameTooLongError as error:
            packing.take_back(packed, slots=self._channel.slots)
            raise ModelError(
                f"The model's texts and data are too large to pass on: {error}.", hint="Return a File instead."
            ) from error
        self._forget(asked.run)

    def _failed(self, asked: Run, error: BaseException) -> None:
        is_canceled = asked.run in self._canceled
        self._forget(asked.run)
        if is_canceled:
            error = CanceledError("The run was canceled.")
        told = invoke.as_model_error(error)
        self._channel.send(Failed(asked.run, {word: clean(text) for word, text in told.to_data().items()}))

    def _forget(self, run: int) -> None:
        self._runs.pop(run, None)
        self._canceled.discard(run)

    # -- async models -------------------------------------------------------------------------------------------------

    async def _serve_async(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._drain()
        await self._stopped.wait()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _drain(self) -> None:
        while not self._asked.empty():
            message = self._asked.get()
            if isinstance(message, Stop):
                self._stopped.set()
            elif isinstance(message, Run):
                self._start(message.run, self._run_async(message))
            else:
                self._do(message)

    def _start(self, run: int, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[run] = task
        task.add_done_callback(lambda _: self._tasks.pop(run, None))


def _finish_prints() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, PrintedLines):
            stream.finish()


def _print_plainly() -> None:
    """In a child that the model forks, print to the descriptors, which the host reads as text."""
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def take_over_streams(from_host: str, to_host: str) -> Channel:
    """Move the line to the host away from standard input and output, and give those to the model.

    Python's prints become log messages. What C code or a child process prints goes to descriptor 2, a pipe that the
    host reads as text. Standard input is empty.
    """
    read, write = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return Channel(read=read, write=write, from_host=memory.attach(from_host), to_host=memory.attach(to_host))


def main(from_host: str, to_host: str) -> None:
    """Run the worker: the two arguments are the shared memories of host and worker, as `memory.attach` takes them."""
    faulthandler.enable(os.dup(2))
    channel = take_over_streams(from_host, to_host)
    setup = WorkerRun(channel)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_print_plainly)
    sys.stdout = PrintedLines(1, setup.log)
    sys.stderr = PrintedLines(2, setup.log)
    Worker(channel).serve()
