"""A deployment at its own address: the `Runnable` whose runs are made there, and end with their connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Self

import msgspec

from gesso.errors import DamagedError, FetchError, RunInterruptedError, from_data
from gesso.net.line import Line
from gesso.remote.answers import error_of, read
from gesso.remote.news import part_of, preview_of, to_json
from gesso.spec.model import Command, ModelSpec, Port
from gesso.spec.runnable import Event, Log, Progress, Request, Result

_FIRST_LOOK_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 5.0
_WORDS: Final = {
    "environment": "Installing what it needs",
    "weights": "Fetching its weights",
    "setup": "Loading the model",
}


class _Described(msgspec.Struct):
    """What a deployment says of itself; see `HostedSpec` of the server."""

    name: str
    command: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    title: str = ""
    description: str = ""
    is_streaming: bool = False


@dataclass(frozen=True, kw_only=True)
class HostedModel:
    """A deployment. `path` is where it lies at the other end of the line: "/m/pose"."""

    line: Line
    path: str
    spec: ModelSpec

    @classmethod
    async def open(cls, line: Line, path: str) -> Self:
        """Ask what it is; it is not woken by that. Raises `AccessError`, `NotFoundError` and `FetchError`."""
        data = read(await line.ask("GET", f"{path}/spec"))
        try:
            described = msgspec.convert(data, _Described)
        except msgspec.ValidationError as error:
            raise DamagedError(f"This is no deployment of Gesso: {error}.", hint="Is the address right?") from error
        return cls(line=line, path=path, spec=_spec(described))

    async def status(self) -> dict[str, Any]:
        """Return how it stands, at once: `state`, the `stages` of waking, `estimate_s`."""
        status: dict[str, Any] = read(await self.line.ask("GET", f"{self.path}/status"))
        return status

    async def prepare(self, report: Callable[[Event], None]) -> None:
        """Wake it, and wait until it is awake; see `Preparable`. Raises what keeps it from waking."""
        status: dict[str, Any] = read(await self.line.ask("POST", f"{self.path}/wake"))
        for pause_s in _pauses():
            if status["state"] != "waking":
                break
            report(_progress(status))
            await asyncio.sleep(pause_s)
            status = await self.status()
        if status["problem"]:
            raise from_data(_texts(status["problem"]))

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run once; see `Runnable`. One that sleeps wakes, which is told as progress."""
        command = self.spec.command(request.command)
        body = await asyncio.to_thread(_body, command, request)
        async with aclosing(self.line.events(f"{self.path}/run", body=body, refused=error_of)) as messages:
            first = asyncio.ensure_future(anext(messages, None))
            try:
                async with aclosing(self._waking(first)) as waking:
                    async for progress in waking:
                        yield progress
                message = await first
            finally:
                if not first.done():
                    first.cancel()
                    await asyncio.wait([first])
            while message is not None:
                if event := await asyncio.to_thread(_event, message, command):
                    yield event
                if isinstance(event, Result):
                    return
                message = await anext(messages, None)
        raise RunInterruptedError("The Gesso that ran this has ended in the middle of it.", hint="Run it again.")

    async def _waking(self, first: asyncio.Future[Any]) -> AsyncGenerator[Progress, None]:
        """Yield how it wakes, until it is awake or something else is told."""
        for pause_s in _pauses():
            await asyncio.wait([first], timeout=pause_s)
            if first.done():
                return
            try:
                status = await self.status()
            except FetchError:  # the run itself will say it
                continue
            if status["state"] == "awake":
                return
            if status["state"] == "waking":
                yield _progress(status)


def _pauses() -> Iterator[float]:
    """Yield how long to wait before each look at how it stands: short at first, then not so that it is a burden."""
    pause_s = _FIRST_LOOK_S
    while True:
        yield pause_s
        pause_s = min(_LONGEST_PAUSE_S, 1.5 * pause_s)


def _progress(status: Mapping[str, Any]) -> Progress:
    stages = status["stages"]
    done = sum(stage["fraction"] for stage in stages) / max(1, len(stages))
    now = next((stage for stage in stages if stage["status"] == "under way"), None)
    words = "It wakes" if now is None else _WORDS.get(now["stage"], now["stage"])
    left = f", about {status['estimate_s']:.0f} s" if status["estimate_s"] else ""
    return Progress(done, f"{words}{left}")


def _spec(described: _Described) -> ModelSpec:
    command = Command(
        name=described.command,
        description=described.description,
        inputs=described.inputs,
        outputs=described.outputs,
        is_streaming=described.is_streaming,
    )
    return ModelSpec(name=described.name, title=described.title, description=described.description, commands=(command,))


def _body(command: Command, request: Request) -> bytes:
    types = {port.name: port.data_type for port in command.inputs}
    inputs = {name: to_json(types.get(name), value) for name, value in request.inputs.items()}
    return json.dumps({"inputs": inputs, "command": command.name, "seed": request.seed}).encode()


def _event(message: Mapping[str, Any], command: Command) -> Event | None:
    """Return what was told as an event; None for what cannot be shown. Raises the error that it was there."""
    match message["type"]:
        case "progress":
            return Progress(message["fraction"], message["text"])
        case "log":
            return Log(message["text"], message["level"])
        case "part":
            return part_of(command, message["output"], value=message["value"])
        case "preview":
            return preview_of(message["output"], message["data_type"], value=message["value"])
        case "result":
            return _result(message, command)
        case "error":
            raise from_data(_texts(message))
    return None


def _result(message: Mapping[str, Any], command: Command) -> Result:
    outputs = {port.name: port.data_type.coerce(message["outputs"][port.name]) for port in command.outputs}
    metrics = message["metrics"]
    spent = {name: metrics[name] for name in ("queue_s", "setup_s", "run_s", "total_s")}
    return Result(outputs, message["seed"], **spent)


def _texts(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, text in data.items() if isinstance(text, str)}
