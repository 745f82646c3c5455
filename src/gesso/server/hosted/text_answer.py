"""The answer of OpenAI's text interface: continuations of texts, whole or as they are written."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pydantic import BaseModel
from starlette.responses import JSONResponse

from gesso.errors import GessoError, InputError
from gesso.server.direct.events import with_pings
from gesso.server.direct.gone import CanceledWhenGone
from gesso.server.direct.room import Direct
from gesso.server.direct.run import DirectRun
from gesso.server.direct.timings import Timings
from gesso.server.errors import headers_of
from gesso.server.hosted.answer import HostedAnswer
from gesso.server.hosted.opening import HostedOpening
from gesso.server.hosted.text_model import TextModel
from gesso.server.hosted.text_run import Written, write
from gesso.server.layer import Call
from gesso.server.schemas.openai import OpenAIError, OpenAIProblem, Usage
from gesso.server.schemas.problem import Problem
from gesso.spec.model import Command
from gesso.spec.runnable import MAX_SEED, Event, Result, Runnable

_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

_KINDS: Final = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES: Final = {401: "invalid_api_key", 404: "model_not_found"}


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What is wanted: a run for each of `inputs`, in the order of the choices; `echoes` stand before what it writes."""

    inputs: Sequence[Mapping[str, Any]]
    read: Sequence[str]
    echoes: Sequence[str]
    stop: Sequence[str] = ()
    seed: int | None = None
    limit: int | None = None


class Shape(Protocol):
    """How one of the two interfaces asks and answers. `param` names the parameter that an input came from."""

    def texts(self, model: TextModel) -> Texts:
        """Return what is wanted of a model. Raises `InputError`."""
        ...

    def whole(self, texts: Sequence[tuple[str, str]], *, usage: Usage, head: Mapping[str, Any]) -> BaseModel:
        """Return the answer: texts, each with why it ended."""
        ...

    def piece(self, index: int, *, text: str | None, finish_reason: str | None) -> dict[str, Any]:
        """Return a piece of a choice in a stream; text None is its beginning."""
        ...

    @property
    def kind(self) -> str:
        """What a piece is called."""
        ...


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How it is to be answered."""

    name: str
    is_stream: bool = False
    has_usage: bool = False
    id: str = field(default_factory=lambda: f"cmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))


class TextAnswer(HostedAnswer):
    """Runs a text model for a client of OpenAI. What the runs have cost is counted when all of them are over."""

    def __init__(self, direct: Direct, opening: HostedOpening, *, shape: Shape, manner: Manner) -> None:
        super().__init__(direct, opening)
        self._shape = shape
        self._manner = manner
        self._written: list[Written] = []

    async def carry_out(self, watch: CanceledWhenGone, call: Call) -> None:
        """Run and answer; see `HostedAnswer`."""
        runnable, command = await self.opening.open(None, options={}, device="auto")
        model = TextModel.find(runnable.spec, command)
        if model is None:
            raise InputError("a deployment that goes on with a text", "another one", where="model")
        texts = self._shape.texts(model)
        has_tokens = model.counter is not None
        self._written = [Written(texts.limit, has_tokens=has_tokens) for _ in texts.inputs]
        try:
            if self._manner.is_stream:
                await self._stream(texts, call, runnable=runnable, model=model)
            else:
                await self._tell(texts, call, runnable=runnable, model=model)
            watch.let_go()
            self.opening.admission.outcome = "succeeded"
        except InputError as error:
            where = model.name_of(error.where)
            raise InputError(error.expected, error.given, hint=error.hint, where=where) from None
        finally:
            self.opening.admission.settle(sum(written.run_s for written in self._written))

    async def _tell(self, texts: Texts, call: Call, *, runnable: Runnable, model: TextModel) -> None:
        tasks = [
            asyncio.create_task(self._write(texts, index, runnable=runnable, command=model.command))
            for index in range(len(texts.inputs))
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        said = [
            (echo + written.text, written.finish_reason)
            for echo, written in zip(texts.echoes, self._written, strict=True)
        ]
        usage = await self._usage(texts, runnable=runnable, model=model)
        answer = self._shape.whole(said, usage=usage, head=self._head())
        await call.to(JSONResponse(answer.model_dump(), headers={"Cache-Control": "no-store"}))

    async def _write(self, texts: Texts, index: int, *, runnable: Runnable, command: Command) -> None:
        async with aclosing(self._pieces(texts, index, runnable=runnable, command=command)) as pieces:
            async for _ in pieces:
                pass

    async def _pieces(
        self, texts: Texts, index: int, *, runnable: Runnable, command: Command
    ) -> AsyncGenerator[str, None]:
        """Yield the text of one choice as it is written."""
        seed = None if texts.seed is None else (texts.seed + index) % (MAX_SEED + 1)
        run = DirectRun(self.direct, runnable, command=command, timings=Timings(), hear=self._hear)
        async with aclosing(run):
            written = write(run, texts.inputs[index], seed=seed, stop=texts.stop, written=self._written[index])
            async with aclosing(written) as pieces:
                async for piece in pieces:
                    yield piece

    async def _stream(self, texts: Texts, call: Call, *, runnable: Runnable, model: TextModel) -> None:
        news = self._chunks(texts, runnable=runnable, model=model)
        async with aclosing(news):
            first = await anext(news)  # what is wrong with the inputs is answered with its own status
            self.has_begun = True
            await call.send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _send(call, first)
            async for piece in with_pings(news):
                await _send(call, b": ping\n\n" if piece is None else piece)
        await call.send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})

    async def _chunks(self, texts: Texts, *, runnable: Runnable, model: TextModel) -> AsyncGenerator[bytes, None]:
        """Yield the events of a stream: one choice after the other."""
        for index, echo in enumerate(texts.echoes):
            has_head = False
            async with aclosing(self._pieces(texts, index, runnable=runnable, command=model.command)) as pieces:
                async for piece in pieces:
                    if not has_head:
                        has_head = True
                        yield self._chunk(self._shape.piece(index, text=None, finish_reason=None))
                        if echo:
                            yield self._chunk(self._shape.piece(index, text=echo, finish_reason=None))
                    yield self._chunk(self._shape.piece(index, text=piece, finish_reason=None))
            reason = self._written[index].finish_reason
            yield self._chunk(self._shape.piece(index, text="", finish_reason=reason))
        if self._manner.has_usage:
            head = {**self._head(), "object": self._shape.kind}
            usage = await self._usage(texts, runnable=runnable, model=model)
            yield _event({**head, "choices": [], "usage": usage.model_dump()})

    def _chunk(self, choice: dict[str, Any]) -> bytes:
        return _event({**self._head(), "object": self._shape.kind, "choices": [choice]})

    def _head(self) -> dict[str, Any]:
        return {"id": self._manner.id, "created": self._manner.created, "model": self._manner.name}

    async def _usage(self, texts: Texts, *, runnable: Runnable, model: TextModel) -> Usage:
        written = sum(each.length for each in self._written)
        if model.counter is None:
            read = sum(len(text.split()) for text in texts.read)
            return Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written)
        read = sum(
            [await self._count(text, runnable=runnable, counter=model.counter) for text in model.read(texts.inputs)]
        )
        return Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written, counted="tokens")

    async def _count(self, text: str, *, runnable: Runnable, counter: Command) -> int:
        """Have the model say how many tokens a text has."""
        run = DirectRun(self.direct, runnable, command=counter, timings=Timings())
        async with aclosing(run):
            result = await run.result(await run.open({counter.inputs[0].name: text}), seed=None)
        return int(next(iter(result.outputs.values())))

    def _hear(self, event: Event) -> None:
        if not isinstance(event, Result):  # what it cost is counted at the end, where nothing more can be broken off
            self.opening.hear(event)

    async def fail(self, error: GessoError | None, status: int, *, problem: Problem, call: Call) -> None:
        """Say what went wrong; see `HostedAnswer`."""
        answer = refuse(error, status, problem=problem)
        if self.has_begun:
            await call.send({"type": "http.response.body", "body": b"data: " + bytes(answer.body) + b"\n\n"})
        else:
            await call.to(answer)


def refuse(error: GessoError | None, status: int, *, problem: Problem) -> JSONResponse:
    """Return what OpenAI would say. What it cannot be asked again for, its clients are told not to ask again for."""
    is_wrong = isinstance(error, InputError) or (status == 422 and error is None)
    kind = _KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    message = " ".join(part for part in (problem.message, problem.hint) if part)
    said = OpenAIProblem(message=message, type=kind, param=problem.where, code=_CODES.get(status, problem.code))
    headers = headers_of(error) if error is not None else {}
    if "Retry-After" not in headers:
        headers["X-Should-Retry"] = "false"
    return JSONResponse(OpenAIError(error=said).model_dump(), 400 if is_wrong else status, headers)


def _event(said: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(said, ensure_ascii=False)}\n\n".encode()


async def _send(call: Call, data: bytes) -> None:
    await call.send({"type": "http.response.body", "body": data, "more_body": True})
