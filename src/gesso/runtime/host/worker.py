"""One worker process, as its host sees it: messages go out, and each run's answers come back to whoever asked."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from gesso.errors import GessoError, InputError, WorkerDiedError, from_data
from gesso.messages.to_host import (
    PROTOCOL_VERSION,
    Described,
    Done,
    Failed,
    Hello,
    Logged,
    PartMade,
    PreviewMade,
    Ready,
    Released,
    ToHost,
)  # fmt: skip
from gesso.messages.to_worker import Batch, Describe, Load, Release, Run, Stop, ToWorker
from gesso.messages.value import Value
from gesso.runtime.host.launch import Launched, launch
from gesso.runtime.host.strays import end_strays
from gesso.runtime.transport import packing, passing
from gesso.runtime.transport.frames import MAX_MESSAGE_BYTES, FrameReader, FrameTooLongError, frame
from gesso.runtime.transport.passing import Held
from gesso.runtime.transport.slots import SlotReader, SlotWriter
from gesso.types.base import DataType

SETUP: Final = 0
"""The number under which the news of import, setup and description comes."""

_READ_BYTES: Final = 1 << 18
_KEPT_LINES: Final = 40
_LAST_BREATH_S: Final = 1.0
_LONGEST_LINE: Final = 1 << 16
_WAITING: Final = 256
"""So many messages of a run wait for whoever reads them; then the worker waits."""

_M = TypeVar("_M")

Answers: TypeAlias = "asyncio.Queue[ToHost | GessoError]"
"""What a worker says of one run; a `GessoError` is the end of the process."""


class WorkerProcess:
    """A worker process with one model. Made by `start`; every method belongs to the event loop that made it."""

    def __init__(self, launched: Launched, held: Held) -> None:
        self._launched = launched
        self._loop = asyncio.get_running_loop()
        self._encoder = msgspec.msgpack.Encoder()
        self._unread: deque[int] = deque()  # filled by the garbage collector, in any thread
        self._answers: dict[int, Answers] = {}
        self._last_lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._ended: GessoError | None = None
        self._next_run = SETUP
        self.versions: Mapping[str, str] = {}  # of Python and the model's libraries, once it is loaded
        self.was_killed = False  # by us, and not by what the model did
        self.slots = SlotWriter(launched.from_host)
        self._held = held
        self._address = passing.address_of(launched.to_host)
        self._lent = SlotReader(launched.to_host, self._unread.append, held=held, address=self._address)
        self._listening = self._loop.create_task(self._listen())

    @classmethod
    async def start(
        cls, python: Path, scratch: Path, *, threads: int, cwd: Path, held: Held | None = None
    ) -> WorkerProcess:
        """Start a process with the interpreter `python` and wait until it says hello.

        `held` is what is known of all workers' memories, so that frames can be passed from one to another.
        """
        worker = cls(await launch(python, scratch, threads=threads, cwd=cwd), held or Held())
        try:
            with worker.answers(SETUP) as answers:
                hello = await worker.expect(answers, Hello)
        except BaseException:  # also a cancel
            await worker.kill()
            raise
        if hello.protocol != PROTOCOL_VERSION:
            raise WorkerDiedError("The worker speaks another version of Gesso's messages.", hint="Reinstall Gesso.")
        return worker

    @property
    def is_alive(self) -> bool:
        """Whether the process can still take requests."""
        return self._ended is None

    @property
    def ended(self) -> asyncio.Task[None]:
        """Is done when the process has ended, however it came to it."""
        return self._listening

    @property
    def process_id(self) -> int:
        """The process that stands for the worker here: its guard, or on Windows the worker itself."""
        return self._launched.process.pid

    # -- asking -------------------------------------------------------------------------------------------------------

    async def describe(self, asked: Describe) -> Described:
        """Have the model's file imported and its class described."""
        with self.answers(SETUP) as answers:
            self.send(asked)
            return await self.expect(answers, Described)

    async def load(self, asked: Load) -> AsyncIterator[ToHost]:
        """Have the model loaded; yields the setup's news and, last, `Ready`."""
        with self.answers(SETUP) as answers:
            self.send(msgspec.structs.replace(asked, memory=passing.address_of(self._launched.from_host)))
            async for message in self.news(answers):
                yield message
                if isinstance(message, Ready):
                    self.versions = message.versions
                    if message.sees_others:
                        self.slots.pass_on(self._held)
                    return

    def next_run(self) -> int:
        """Return a number that no other run of this worker has."""
        self._next_run += 1
        return self._next_run

    # -- answers ------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def answers(self, run: int) -> Iterator[Answers]:
        """Open a queue for what the worker says of a run, for as long as the context lasts."""
        queue: Answers = asyncio.Queue(_WAITING)
        if self._ended is not None:
            queue.put_nowait(self._ended)
        self._answers[run] = queue
        try:
            yield queue
        finally:
            del self._answers[run]
            while not queue.empty():
                self.pass_over(queue.get_nowait())

    async def news(self, answers: Answers) -> AsyncIterator[ToHost]:
        """Yield what the worker says of a run; a failure is raised, and the end of the process too."""
        while True:
            message = await answers.get()
            if isinstance(message, GessoError):
                raise message
            if isinstance(message, Failed):
                raise from_data(message.error)
            yield message
            if isinstance(message, Done):
                return

    async def expect(self, answers: Answers, kind: type[_M]) -> _M:
        """Wait for a message of one kind; others are passed over."""
        async for message in self.news(answers):
            if isinstance(message, kind):
                return message
        raise AssertionError("news ends only with the run")

    # -- values -------------------------------------------------------------------------------------------------------

    def pack(self, types: Mapping[str, DataType[Any]], values: Mapping[str, Any]) -> dict[str, Value]:
        """Pack values for the worker, by name. Raises `OSError` if there is no memory for them."""
        return packing.pack_all(types, values, slots=self.slots)

    def unpack(self, data_type: DataType[Any], value: Value) -> Any:
        """Make a value of the worker's again, without a copy; its memory goes back when the value does."""
        return packing.unpack(data_type, value, slots=self._lent)

    def pass_over(self, message: ToHost | GessoError) -> None:
        """Take a message that nobody will look at: the memory of its values goes back."""
        if isinstance(message, PreviewMade | PartMade):
            packing.pass_over([message.value], slots=self._lent)
        elif isinstance(message, Done):
            packing.pass_over(message.outputs.values(), slots=self._lent)

    # -- the line -----------------------------------------------------------------------------------------------------

    def send(self, message: ToWorker) -> None:
        """Send one message, and with it the slots that nobody here looks at any more."""
        assert self._launched.process.stdin is not None
        if self._ended is not None:
            return  # whoever waits for an answer has been told already
        try:
            data = frame(self._encoder.encode(message))
        except FrameTooLongError as error:
            self._too_long(message, error)
            return
        offsets = self._take_unread()
        if offsets:
            data = frame(self._encoder.encode(Release(offsets))) + data
        self._launched.process.stdin.write(data)

    def _take_unread(self) -> list[int]:
        return [self._unread.popleft() for _ in range(len(self._unread))]

    def _too_long(self, message: ToWorker, error: FrameTooLongError) -> None:
        """Send a batch in parts; a run that is too long by itself fails."""
        if isinstance(message, Batch) and len(message.runs) > 1:
            middle = len(message.runs) // 2
            self.send(Batch(message.runs[:middle]))
            self.send(Batch(message.runs[middle:]))
            return
        refused = InputError(
            f"texts and data of at most {MAX_MESSAGE_BYTES // 2**20} MB in all", str(error), hint="Send a file."
        )
        run = message.runs[0] if isinstance(message, Batch) else message
        if not isinstance(run, Run):
            raise refused from error
        packing.take_back(run.inputs, slots=self.slots)
        self._answers[run.run].put_nowait(refused)

    async def _listen(self) -> None:
        printing = self._loop.create_task(self._read_prints())
        try:
            await self._read_messages()
        except (FrameTooLongError, msgspec.MsgspecError) as error:
            self._last_lines.append(f"The worker's line is broken: {error}")
        finally:
            await self._exit_code()  # the line ends a moment before the process: hear how that ends
            self._launched.program.end()
            code = await self._exit_code()
            if code < 0:  # the guard itself was killed, and could end nothing
                await asyncio.to_thread(end_strays, self._launched.mark)
            await asyncio.wait([printing], timeout=_LAST_BREATH_S)
            printing.cancel()  # a stray process may hold the pipe open for ever
            self._end(self._epitaph(code))

    async def _exit_code(self) -> int:
        """Wait a moment for the process to end. `Process.wait` would also wait for whoever else holds its pipes."""
        end = self._loop.time() + _LAST_BREATH_S
        # nothing else tells of a process's end while a stray one holds its pipes
        while self._launched.process.returncode is None and self._loop.time() < end:  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.002)
        return 128 + 9 if self._launched.process.returncode is None else self._launched.process.returncode

    async def _read_messages(self) -> None:
        assert self._launched.process.stdout is not None
        decoder = msgspec.msgpack.Decoder(ToHost)
        frames = FrameReader()
        while data := await self._launched.process.stdout.read(_READ_BYTES):
            for message in map(decoder.decode, frames.feed(data)):
                await self._deliver(message)
            if self._unread:
                self.send(Release(self._take_unread()))

    async def _deliver(self, message: ToHost) -> None:
        if isinstance(message, Released):
            for offset in message.offsets:
                self.slots.release(offset)
            return
        run = getattr(message, "run", SETUP)
        queue = self._answers.get(run)
        if queue is not None:
            await queue.put(message)
        if self._answers.get(run) is not queue or queue is None:  # nobody reads it any more
            self.pass_over(message)

    async def _read_prints(self) -> None:
        """Pass on what C code and child processes print, to every run that is under way."""
        assert self._launched.process.stderr is not None
        stream = self._launched.process.stderr
        rest = b""
        while data := await stream.read(_READ_BYTES):
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                await self._printed(line.decode(errors="replace"))
        if rest:
            await self._printed(rest.decode(errors="replace"))

    async def _printed(self, line: str) -> None:
        self._last_lines.append(line)
        for run, queue in list(self._answers.items()):
            await queue.put(Logged(run, line, "debug"))

    # -- the end ------------------------------------------------------------------------------------------------------

    async def stop(self, grace_s: float = 2.0) -> None:
        """Ask the worker to end; after `grace_s` seconds end it."""
        self.send(Stop())
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._listening), grace_s)
        await self.kill()

    async def kill(self) -> None:
        """End the worker and everything that came from it, and wait until it is so."""
        self.was_killed = True
        self._launched.program.end()
        await asyncio.wait([self._listening])

    def _end(self, reason: GessoError) -> None:
        self._ended = reason
        for queue in self._answers.values():
            while queue.full():
                self.pass_over(queue.get_nowait())
            queue.put_nowait(reason)
        self._held.forget(self._address)
        self.slots.close()
        self._lent.close()
        self._launched.close()

    def _epitaph(self, code: int) -> WorkerDiedError:
        number = -code if code < 0 else code - 128
        names = {item.value: item.name for item in signal.Signals}
        hint = "Run it again; it starts anew. If it happens again, tell whoever wrote the model."
        if number == getattr(signal, "SIGKILL", 9):
            what = "was killed"
            hint = "Often the computer ran out of memory: close something, or take a smaller input, and run it again."
        elif number in names:
            what = {"SIGSEGV": "crashed in native code (segmentation fault)"}.get(names[number], names[number])
            what = what if " " in what else f"was ended by the signal {what}"
        else:
            what = f"ended by itself with code {code}"
        return WorkerDiedError(f"The model's process {what}.", hint=hint, detail="\n".join(self._last_lines))
