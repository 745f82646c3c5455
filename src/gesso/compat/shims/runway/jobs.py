"""A Runway model over WebSocket: jobs that are submitted, tell what they make, and can be canceled.

Each job is a process of its own where a process can be split in two (Linux); so a job that is canceled ends at once,
and what it changes in the model is forgotten with it. Elsewhere, and with a GPU, which does not live in both halves, it
is a thread, which ends when it next gives an output.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from runway.exceptions import InferenceError, RunwayError
from runway.utils import deserialize_data, generate_uuid, serialize_data, timestamp_millis

if TYPE_CHECKING:
    from simple_websocket import Server

    from runway.model import RunwayModel

_LARGEST_MESSAGE = 512 * 1024 * 1024
_ENDS = ("succeeded", "failed")

Send = Callable[[dict[str, Any]], None]
Work = Callable[[], Iterator[dict[str, Any]]]


def take_jobs(model: RunwayModel, environ: dict[str, Any]) -> None:
    """Accept a WebSocket and do what it asks for until it is closed; then what it has begun is ended."""
    from simple_websocket import ConnectionClosed, Server

    socket = Server.accept(environ, max_message_size=_LARGEST_MESSAGE)
    session = _Session(model, socket)
    try:
        while True:
            session.hear(socket.receive())
    except ConnectionClosed:
        pass
    finally:
        session.end()
        with contextlib.suppress(ConnectionClosed):
            socket.close()


class _Session:
    """The jobs of one WebSocket, by their ids."""

    def __init__(self, model: RunwayModel, socket: Server) -> None:
        self._model = model
        self._socket = socket
        self._jobs: dict[str, _Job] = {}
        self._turn = threading.Lock()

    def hear(self, text: str | bytes | None) -> None:
        """Do what a message asks for; what is no message is passed over."""
        try:
            message = json.loads(text or "")
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        if message.get("type") == "submit":
            self._submit(message)
        elif message.get("type") == "cancel":
            job = self._jobs.get(str(message.get("id")))
            if job is not None and job.cancel():
                self._send(job.id, {"type": "cancelled"})

    def _submit(self, message: Mapping[str, Any]) -> None:
        job_id = str(message.get("id") or generate_uuid())
        if job_id in self._jobs:
            return
        self._model.millis_last_command = timestamp_millis()
        asked = (str(message.get("command")), message.get("inputData") or {})
        job = self._jobs[job_id] = _Job(job_id, lambda: _work(self._model, *asked))
        self._send(job_id, {"type": "started"})
        job.start(lambda told: self._send(job_id, told))

    def _send(self, job_id: str, told: dict[str, Any]) -> None:
        from simple_websocket import ConnectionClosed

        kind = told.pop("type")
        with self._turn, contextlib.suppress(ConnectionClosed):
            self._socket.send(json.dumps({"type": kind, "id": job_id, **told}))

    def end(self) -> None:
        """End every job."""
        for job in self._jobs.values():
            job.cancel()


class _Job:
    """A run of a command: a process of its own, or a thread where that cannot be."""

    def __init__(self, job_id: str, work: Work) -> None:
        self.id = job_id
        self._work = work
        self._has_ended = threading.Event()
        self._turn = threading.Lock()
        self._process: multiprocessing.process.BaseProcess | None = None

    def start(self, send: Send) -> None:
        """Begin. `send` gets what the job tells, from a thread."""
        told = self._forked() if _can_fork() else self._work()
        threading.Thread(target=self._follow, args=(told, send), daemon=True).start()

    def _forked(self) -> Iterator[dict[str, Any]]:
        """Begin the work in a process of its own, and return what that tells."""
        told: Iterator[dict[str, Any]] = iter(())
        if sys.platform == "linux":
            context = multiprocessing.get_context("fork")
            hearing, telling = context.Pipe(duplex=False)
            self._process = context.Process(target=_tell, args=(self._work, telling))
            self._process.start()
            telling.close()
            told = _heard(hearing)
        return told

    def cancel(self) -> bool:
        """End the job, and say whether it was still going on. It tells nothing any more."""
        with self._turn:
            was_going_on = not self._has_ended.is_set()
            self._has_ended.set()
        if self._process is not None and was_going_on:
            self._process.terminate()
        return was_going_on

    def _follow(self, told: Iterator[dict[str, Any]], send: Send) -> None:
        last = ""
        for message in told:
            with self._turn:
                if self._has_ended.is_set():
                    break
                last = message["type"]
                if last in _ENDS:
                    self._has_ended.set()
                send(message)
        if last not in _ENDS:
            with self._turn:
                if not self._has_ended.is_set():  # the process has died
                    self._has_ended.set()
                    send({"type": "failed", "error": "An unknown error occurred"})
        if self._process is not None:
            self._process.join()


def _can_fork() -> bool:
    torch = sys.modules.get("torch")
    return sys.platform == "linux" and (torch is None or not torch.cuda.is_initialized())


def _tell(work: Work, telling: Connection) -> None:
    """Do a job in its own process."""
    for message in work():
        telling.send(message)


def _heard(hearing: Connection) -> Iterator[dict[str, Any]]:
    with contextlib.suppress(EOFError, OSError):
        while True:
            yield hearing.recv()


def _work(model: RunwayModel, name: str, data: Any) -> Iterator[dict[str, Any]]:
    """Run a command, and yield the messages that tell of it."""
    try:
        command, _ = model.command_named(name)
        values = deserialize_data(data, command["inputs"])
        began = timestamp_millis()
        for output, progress in _outputs(model, name, values):
            made = {"outputData": serialize_data(output, command["outputs"])}
            yield {"type": "output", **made, **({} if progress is None else {"progress": progress})}
        yield {"type": "succeeded", "timeElapsed": timestamp_millis() - began}
    except RunwayError as error:
        error.print_exception()
        yield {"type": "failed", **error.to_response()}
    except Exception as error:
        print(error, flush=True)
        yield {"type": "failed", "error": "An unknown error occurred"}


def _outputs(model: RunwayModel, name: str, values: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    try:
        yield from model.infer(name, values)
    except Exception as error:
        raise InferenceError(repr(error)).with_traceback(error.__traceback__) from error
