"""One live stream: frames are read, the newest is run, results are sent, all at the same time."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ValidationError

from gesso.errors import GessoError, RunError
from gesso.server.direct.room import Direct
from gesso.server.errors import Refusal, problem_of, problem_of_invalid
from gesso.server.json_parts import MOST_PARTS_OF_GUESTS, check_parts
from gesso.server.live.inputs import SteadyInputs
from gesso.server.live.line import Line
from gesso.server.live.newest import Frame, Newest
from gesso.server.live.scene import Scene
from gesso.server.schemas.job import ProgressMessage
from gesso.server.schemas.live import LiveChange, LiveErrorMessage, LiveResultMessage, LiveTimings, ReadyMessage
from gesso.server.schemas.problem import Problem
from gesso.spec.runnable import Event, Preparable, Progress, Request, Result, Runnable

_M = TypeVar("_M", bound=BaseModel)

_UNDER_WAY: Final = 2
"""Frames that are worked on at once: one in the model, one on its way to the client."""


@runtime_checkable
class Forgetful(Protocol):
    """A `Runnable` that can be told that a session is over."""

    def end_session(self, session: str) -> None:
        """Forget what is remembered of a session."""
        ...


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who takes part in a stream: the model, what of it is asked for, the inputs that stay, the seed of each frame.

    `hear` hears what each run says.
    """

    runnable: Runnable
    scene: Scene
    inputs: SteadyInputs
    seed: int
    hear: Callable[[Event], None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What the model has made of a frame, and the seconds that went before."""

    frame: Frame
    result: Result
    queue_s: float
    decode_s: float


class LiveStream:
    """A stream between one client and one model, after the opening."""

    def __init__(self, direct: Direct, line: Line, *, cast: Cast) -> None:
        self._direct = direct
        self._line = line
        self._cast = cast
        self._session = secrets.token_hex(16)
        self._newest = Newest()
        self._made: asyncio.Queue[_Made] = asyncio.Queue()
        self._room = asyncio.Semaphore(_UNDER_WAY)
        self._counted = 0

    async def serve(self) -> None:
        """Serve until the client leaves, which raises `ClosedError`. Raises what keeps the model from getting ready."""
        runnable = self._cast.runnable
        try:
            await _together(self._listen(), self._work(), self._send())
        finally:
            if isinstance(runnable, Forgetful):
                runnable.end_session(self._session)

    # -- from the client ----------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            message = await self._line.receive()
            if isinstance(message, bytes):
                self._newest.put(message)
                self._count_dropped()  # now, because a client that is stalled may never get another answer
            else:
                await self._change(message)

    async def _change(self, text: str) -> None:
        try:
            change = await read_message(self._direct, text, kind=LiveChange)
            await self._cast.inputs.change(change.inputs)
        except ValidationError as error:
            await self._complain(problem_of_invalid(error.errors()))
        except Refusal as refusal:
            await self._complain(refusal.problem)
        except GessoError as error:
            await self._complain(problem_of(error))

    # -- the model ----------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        await self._get_ready()
        while True:
            await self._room.acquire()  # first: a frame that waits for room would grow old
            frame = await self._newest.take()
            try:
                self._made.put_nowait(await self._run(frame))
            except GessoError as error:
                self._room.release()
                self._count("failed")
                await self._complain(problem_of(error), frame=frame.number)

    async def _get_ready(self) -> None:
        scene, runnable = self._cast.scene, self._cast.runnable
        if isinstance(runnable, Preparable):
            async with _Latest(self._line) as latest:
                await runnable.prepare(latest.hear)
        ready = ReadyMessage(
            model=runnable.spec.name,
            command=scene.command.name,
            frame=scene.frame.name,
            output=scene.shown.name if scene.shown else None,
            format=scene.format,
            seed=self._cast.seed,
        )
        await self._line.say(ready)

    async def _run(self, frame: Frame) -> _Made:
        scene, inputs = self._cast.scene, self._cast.inputs.values
        taken = time.perf_counter()
        value = await self._direct.threads.call(scene.read, frame.data)
        decoded = time.perf_counter()
        request = Request(
            inputs=inputs | {scene.frame.name: value},
            command=scene.command.name,
            seed=self._cast.seed,
            session=self._session,
        )
        async with aclosing(self._cast.runnable.run(request)) as events:
            async for event in events:
                self._cast.hear(event)
                if isinstance(event, Result):
                    return _Made(frame=frame, result=event, queue_s=taken - frame.came, decode_s=decoded - taken)
        raise RunError("The run ended without a result.", hint="Please report it.")

    # -- to the client ------------------------------------------------------------------------------------------------

    async def _send(self) -> None:
        while True:
            made = await self._made.get()
            try:
                message, data = await self._message(made)
            except GessoError as error:  # a picture that cannot be written
                self._count("failed")
                await self._complain(problem_of(error), frame=made.frame.number)
            else:
                self._count("answered", run_s=made.result.run_s)
                await self._line.say(message, data)
            del made  # its memory goes back now, and not with the next
            self._room.release()

    async def _message(self, made: _Made) -> tuple[BaseModel, bytes]:
        result, began = made.result, time.perf_counter()
        told, picture, data = await self._direct.threads.call(self._cast.scene.write, result.outputs)
        ended = time.perf_counter()
        seconds = {
            "queue": made.queue_s + result.queue_s,
            "decode": made.decode_s,
            "transport": max(0.0, result.total_s - result.queue_s - result.setup_s - result.run_s),
            "model": result.run_s,
            "encode": ended - began,
            "total": ended - made.frame.came,
        }
        message = LiveResultMessage(
            frame=made.frame.number,
            dropped=self._newest.dropped,
            outputs=told,
            picture=picture,
            timings_ms=LiveTimings(**{name: round(each * 1000, 3) for name, each in seconds.items()}),
        )
        return message, data

    async def _complain(self, problem: Problem, *, frame: int | None = None) -> None:
        await self._line.say(LiveErrorMessage(**problem.model_dump(), frame=frame), is_sparse=True)

    # -- what is counted ----------------------------------------------------------------------------------------------

    def _count(self, outcome: str, *, run_s: float = 0.0) -> None:
        self._direct.metrics.count_frames(self._cast.runnable.spec.name, outcome, run_s=run_s)

    def _count_dropped(self) -> None:
        dropped = self._newest.dropped - self._counted
        if dropped:
            self._counted += dropped
            self._direct.metrics.count_frames(self._cast.runnable.spec.name, "dropped", frames=dropped)


class _Latest:
    """Tells the client how far a model is with getting ready: always the latest, never more than it can read."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._changed = asyncio.Event()
        self._message = ProgressMessage(fraction=0, text="")

    def hear(self, event: Event) -> None:
        """Hear how it goes on."""
        if isinstance(event, Progress):
            self._message = ProgressMessage(fraction=event.fraction, text=event.text)
            self._changed.set()

    async def __aenter__(self) -> _Latest:
        self._telling = asyncio.create_task(self._tell())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._telling.cancel()
        await asyncio.gather(self._telling, return_exceptions=True)

    async def _tell(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._line.say(self._message)


async def read_message(direct: Direct, text: str, *, kind: type[_M]) -> _M:
    """Return what a client has said, read in a thread. Raises `ValidationError`, and `Refusal` if it is too much."""

    def read() -> _M:
        return kind.model_validate_json(check_parts(text.encode(errors="replace"), most=MOST_PARTS_OF_GUESTS))

    return await direct.threads.call(read)


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """Do all of it until the first has ended, and raise what it raises."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
