"""The answer to one request for a direct run: everything from its body to the last byte that goes back."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gesso.errors import GessoError
from gesso.server.direct.accepted import choose_form
from gesso.server.direct.arrival import MOST_BYTES, QUICK_BYTES, whole_body
from gesso.server.direct.asked import Asked, place_raw, read_asked
from gesso.server.direct.events import EventStream, tell
from gesso.server.direct.fetched import with_fetched
from gesso.server.direct.given import refuse_kept
from gesso.server.direct.gone import CanceledWhenGone, ClientGoneError
from gesso.server.direct.opening import Opening
from gesso.server.direct.places import STOPPING, Delivery
from gesso.server.direct.replies import reply
from gesso.server.direct.room import Direct
from gesso.server.direct.run import DirectRun
from gesso.server.direct.timings import Timings
from gesso.server.errors import Refusal, answer, problem_of
from gesso.server.layer import Call
from gesso.server.schemas.direct import ErrorMessage
from gesso.server.schemas.problem import Problem
from gesso.types.given import size


class DirectAnswer(Response):
    """A response that runs a model while it is sent. Errors before its first byte are raised, later ones told."""

    def __init__(self, direct: Direct, request: Request, *, opening: Opening) -> None:
        super().__init__()
        self._direct = direct
        self._request = request
        self._opening = opening
        self._timings = Timings()
        self._stream = EventStream()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: PLR0917 - as ASGI calls it
        """Read the request, run, answer; stop as soon as the client leaves."""
        call = Call(scope=scope, receive=receive, send=send)
        try:
            async with self._opening:
                await self._serve(call)
        except GessoError as error:
            if not self._stream.has_begun:
                raise
            await self._end_with(problem_of(error), call)

    async def _serve(self, call: Call) -> None:
        places, guest = self._direct.places, self._opening.guest
        with places.receive(guest) as delivery:
            body = await self._body(delivery)
            with places.take(self._opening.name, guest=guest):
                try:
                    async with CanceledWhenGone(call.receive) as watch:
                        await self._carry_out(body, watch, call=call)
                except ClientGoneError:
                    pass  # there is nobody to tell
                except asyncio.CancelledError:
                    if not places.is_stopping:  # then whoever has let it in, ends it
                        raise
                    await self._say_that_it_stops(call)

    async def _carry_out(self, body: bytes, watch: CanceledWhenGone, *, call: Call) -> None:
        direct, opening = self._direct, self._opening
        asked = await self._read(body)
        runnable, command = await opening.open(asked.command, options=asked.options, device=asked.device)
        form = choose_form(self._request.headers.get("accept", ""), command, output=asked.output)
        async with aclosing(
            DirectRun(
                direct,
                runnable,
                command=command,
                timings=self._timings,
                begin_work=opening.begin_work,
                hear=opening.hear,
            )
        ) as run:
            placed = place_raw(asked, command)
            if opening.guest is not None:
                refuse_kept(placed)
            given = await with_fetched(direct.app, placed, command=command, call=direct.fetching.of(opening.guest))
            values = await run.open(given)
            if form.kind == "events":
                news = tell(run, values, seed=asked.seed, port=form.port, fail=opening.fail)
                await self._stream.send_all(news, call.send)
                watch.let_go()
                await self._stream.end(call.send)
                return
            result = await run.result(values, seed=asked.seed)
            response = await reply(run, result, form=form, quality=asked.quality)
            watch.let_go()
            await call.to(response)

    async def _body(self, delivery: Delivery) -> bytes:
        is_json = "json" in self._request.headers.get("content-type", "").lower()
        try:
            return await whole_body(self._request, delivery, is_json=is_json, limit_bytes=MOST_BYTES)
        except Refusal as refusal:
            raise _too_large() if refusal.status_code == 413 else refusal from None

    async def _read(self, body: bytes) -> Asked:
        kind, query = self._request.headers.get("content-type", ""), self._request.query_params
        if len(body) <= QUICK_BYTES or not kind.startswith(("application/json", "multipart/")):
            return read_asked(body, kind, query=query)
        return await self._direct.threads.call(read_asked, body, kind, query=query)

    async def _say_that_it_stops(self, call: Call) -> None:
        if self._stream.has_begun:
            await self._end_with(STOPPING, call)
        else:
            await call.to(answer(503, STOPPING, headers={"Connection": "close", "Retry-After": "5"}))

    async def _end_with(self, problem: Problem, call: Call) -> None:
        last = ErrorMessage(**problem.model_dump())
        await self._stream.end(call.send, last.model_dump_json(exclude_none=True).encode())


def _too_large() -> Refusal:
    message = f"A direct run takes at most {size(MOST_BYTES)}."
    hint = "Send the file to /api/v1/files or /api/v1/uploads first, and run a job with it: /api/v1/jobs."
    return Refusal(413, Problem(code="too_large", message=message, hint=hint), headers={"Connection": "close"})
