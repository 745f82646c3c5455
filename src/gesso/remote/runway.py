"""A Runway model that serves itself on this computer: the `Runnable` over the HTTP of Runway's SDK."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self
from urllib.parse import quote

from gesso.compat.runway.fields import Field, command_of, port_of
from gesso.compat.runway.wire import from_wire, to_wire
from gesso.errors import DeclarationError, FetchError, GessoError, InputError, ModelError, NotFoundError, SetupError
from gesso.net.line import Reply
from gesso.net.loopback import Loopback
from gesso.spec.model import Command, ModelSpec, Port, coerce_ports
from gesso.spec.runnable import Event, Log, Progress, Request, Result
from gesso.types.base import Json
from gesso.types.given import describe_bytes

_SDK: Final = "runway-model-sdk"
_NAME: Final = "The Runway model"


@dataclass(frozen=True, kw_only=True)
class RunwayServer:
    """A server of Runway's SDK, or one that speaks like it."""

    line: Loopback

    @classmethod
    def at(cls, address: str) -> Self:
        """Return the server at an address like "http://127.0.0.1:9000"; one elsewhere raises `FetchError`."""
        return cls(line=Loopback.at(address, name=_NAME))

    async def meta(self) -> Mapping[str, Json]:
        """Return what the model says of itself. Raises `FetchError` if nobody answers, or something else does."""
        try:
            reply = await self.line.ask("GET", "/meta")
            if reply.status == 404:  # the SDK had it at the root alone, once
                reply = await self.line.ask("GET", "/")
        except FetchError as error:
            error.hint = "Start it there first: python runway_model.py"
            raise
        meta = _read(reply)
        if reply.status != 200 or not isinstance(meta, Mapping) or not isinstance(meta.get("commands"), list):
            raise FetchError(f"What answers at port {self.line.port} is no Runway model.")
        return meta

    async def post(self, name: str, data: Json, *, formats: Sequence[str] = ()) -> Reply:
        """Post JSON to a command or to the setup; pictures of the outputs `formats` shall come without loss."""
        wanted = "; ".join(f"{output}=PNG" for output in formats)
        more = {"X-Runway-Output-Format": wanted} if wanted.isascii() and wanted else {}
        return await self.line.ask("POST", f"/{quote(name, safe='')}", body=json.dumps(data).encode(), more=more)


async def read_spec(server: RunwayServer, *, name: str, title: str) -> ModelSpec:
    """Ask a server what its model is. Raises `FetchError`, and `DeclarationError` for what makes no sense."""
    return _spec(await server.meta(), name=name, title=title)


def _spec(meta: Mapping[str, Json], *, name: str, title: str) -> ModelSpec:
    commands = tuple(command_of(command) for command in meta["commands"])
    if not commands:
        raise DeclarationError(f"{title} has no commands.")
    options = tuple(_optional(option) for option in meta.get("options") or ())
    return ModelSpec(name=name, title=title, description=commands[0].description, commands=commands, options=options)


def _optional(option: Field) -> Port:
    """Return an option as a port that may be left out: the model is set up already."""
    return replace(port_of(option), is_required=False)


@dataclass(eq=False, kw_only=True)
class RunwayServerModel:
    """The model of a server. With `options` (wire form) it is set up anew before its first run, for everybody."""

    server: RunwayServer
    spec: ModelSpec
    options: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._preparing = asyncio.Lock()
        self._meta: Mapping[str, Json] | None = None

    async def prepare(self, report: Callable[[Event], None]) -> None:
        """Ask whether it is there, and set it up if there are options."""
        async with self._preparing:
            if self._meta is not None:
                return
            meta = await self.server.meta()
            if self.options:
                report(Progress(0.0, f"Setting {self.spec.title} up"))
                await self._set_up(meta)
            report(Log(f"It runs at port {self.server.line.port}, on its own.", "debug"))
            self._meta = meta

    async def _set_up(self, meta: Mapping[str, Json]) -> None:
        values = coerce_ports(self.spec.options, self.options)
        reply = await self.server.post("setup", _sent(meta.get("options") or (), self.spec.options, values=values))
        if reply.status != 200:
            raise SetupError(f"{self.spec.title} could not get ready: {_said(reply)}", detail=_traceback(reply))

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run once; see `Runnable`. Closing the iteration no longer waits, but the model goes on."""
        command = self.spec.command(request.command)
        values = command.coerce(request.inputs)
        events: list[Event] = []
        await self.prepare(events.append)
        for event in events:
            yield event
        declared = self._declared(command)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        pictures = [port.name for port in command.outputs if port.type == "image"]
        reply = await self.server.post(
            command.name, _sent(declared["inputs"], command.inputs, values=values), formats=pictures
        )
        outputs = self._outputs(command, declared["outputs"], reply=reply)
        run_s = loop.time() - began_s
        version = str((self._meta or {}).get("modelSDKVersion", ""))
        yield Result(
            outputs, request.seed or 0, run_s=run_s, total_s=run_s, versions={_SDK: version} if version else {}
        )

    async def run_batch(
        self, requests: Sequence[Request], report: Callable[[Event], None]
    ) -> list[Result | GessoError]:
        """Run several requests, one after the other. Returns a result or an error for each, in order."""
        return [await self._outcome(request, report) for request in requests]

    async def _outcome(self, request: Request, report: Callable[[Event], None]) -> Result | GessoError:
        try:
            async for event in self.run(request):
                if isinstance(event, Result):
                    return event
                report(event)
        except (InputError, ModelError) as error:
            return error
        raise AssertionError("a run ends with a result or an error")

    def _declared(self, command: Command) -> Mapping[str, Json]:
        """Return a command as the server says it now."""
        for declared in (self._meta or {}).get("commands", ()):
            if declared.get("name") == command.name and command_of(declared) == command:
                return dict(declared)
        raise NotFoundError(
            f"The model at port {self.server.line.port} has no longer the command {command.name!r} as it was.",
            hint="Is another model there now? Ask it: gesso show " + f"runway+http://localhost:{self.server.line.port}",
        )

    def _outputs(self, command: Command, fields: Sequence[Field], *, reply: Reply) -> dict[str, Any]:
        if reply.status != 200:
            raise ModelError(f"{self.spec.title} failed: {_said(reply)}", detail=_traceback(reply))
        given = _read(reply)
        outputs = {}
        for port, declared in zip(command.outputs, fields, strict=True):
            if not isinstance(given, Mapping) or port.name not in given:
                raise ModelError(f"{self.spec.title} gave no output {port.name!r}.")
            try:
                outputs[port.name] = from_wire(port, declared, value=given[port.name])
            except InputError as error:
                raise ModelError(
                    f"The output {port.name!r} should be {error.expected}, but it is {error.given}."
                ) from error
        return outputs


def _sent(fields: Sequence[Field], ports: Sequence[Port], *, values: Mapping[str, Any]) -> dict[str, Json]:
    """Return values as the server takes them."""
    types = {port.name: port.data_type for port in ports}
    declared = {str(one["name"]): one for one in fields}
    return {name: to_wire(types[name], declared[name], value=value) for name, value in values.items()}


def _read(reply: Reply) -> Json:
    try:
        return json.loads(reply.body)
    except ValueError:
        return None


def _said(reply: Reply) -> str:
    """Return what a server says of an error, as a sentence."""
    body = _read(reply)
    said = body.get("error") if isinstance(body, Mapping) else None
    words = said if isinstance(said, str) else f"it answered {reply.status} with {describe_bytes(reply.body[:100])}"
    return f"{words.rstrip('.')}."


def _traceback(reply: Reply) -> str:
    body = _read(reply)
    lines = body.get("traceback") if isinstance(body, Mapping) else None
    return "\n".join(map(str, lines)) if isinstance(lines, list) else ""
