"""One client's visit: it says what it wants, gets its stream, and is told why if it ends."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from pydantic import ValidationError
from starlette.websockets import WebSocket

from gesso.errors import GessoError
from gesso.server.direct.opening import Opening
from gesso.server.direct.places import STOPPING
from gesso.server.direct.room import Direct
from gesso.server.errors import Refusal, answer, headers_of, problem_of, problem_of_invalid, status_of
from gesso.server.live.inputs import SteadyInputs
from gesso.server.live.line import ClosedError, Line
from gesso.server.live.scene import Scene
from gesso.server.live.stream import Cast, LiveStream, read_message
from gesso.server.schemas.live import LiveOpening
from gesso.server.schemas.problem import Problem
from gesso.spec.runnable import MAX_SEED

PATIENCE_S: Final = 30.0
"""How long a client may take to say what it wants."""
_logger: Final = logging.getLogger("gesso.server")
_RESTART: Final = 1012  # what RFC 6455's registry says of a server that stops
_FAULT: Final = 1011
_HINT: Final = 'The first message is JSON: {"inputs": {...}}.'


async def serve_visit(direct: Direct, socket: WebSocket, *, opening_for: Callable[[str | None], Opening]) -> None:
    """Serve one client from its first message to its last. `opening_for` lets in whoever brings a token, or none."""
    line = Line(socket)
    try:
        said = await _opening(direct, line)
        async with opening_for(said.token) as opening:
            with direct.places.take(opening.name, guest=opening.guest, is_endless=True), suppress(ClosedError):
                await _serve(direct, line, said=said, opening=opening)
    except ClosedError:
        pass
    except GessoError as error:
        await line.end(problem_of(error), _code(status_of(error)))
    except Refusal as refusal:
        await line.end(refusal.problem, _code(refusal.status_code))
    except asyncio.CancelledError:  # the server stops; nobody else cancels without a word
        await line.end(STOPPING, _RESTART)
    except Exception as error:  # a fault of Gesso must not look as if the client had left
        _logger.exception("a live stream failed by a fault of Gesso")
        message = f"Something went wrong inside Gesso: {type(error).__name__}."
        await line.end(Problem(code="internal", message=message, hint="Please report it."), _FAULT)


async def refuse_visit(socket: WebSocket, error: GessoError) -> None:
    """Refuse a client before its WebSocket is open, with a status and words as everywhere else."""
    await socket.send_denial_response(answer(status_of(error), problem_of(error), headers=headers_of(error)))


async def _serve(direct: Direct, line: Line, *, said: LiveOpening, opening: Opening) -> None:
    runnable, command = await opening.open(said.command, options=said.options, device=said.device)
    scene = Scene.of(said, command)
    inputs = SteadyInputs(direct, scene, guest=opening.guest)
    seed = secrets.randbelow(MAX_SEED + 1) if said.seed is None else said.seed
    try:
        await inputs.open(said.inputs)
        cast = Cast(runnable=runnable, scene=scene, inputs=inputs, seed=seed, hear=opening.hear)
        await LiveStream(direct, line, cast=cast).serve()
    finally:
        await inputs.close()


async def _opening(direct: Direct, line: Line) -> LiveOpening:
    try:
        async with asyncio.timeout(PATIENCE_S):
            message = await line.receive()
    except TimeoutError:
        problem = Problem(code="slow", message=f"Nothing has come for {PATIENCE_S:g} seconds.", hint=_HINT)
        raise Refusal(408, problem) from None
    if isinstance(message, bytes):
        raise Refusal(422, Problem(code="input", message="A frame came before it was said what for.", hint=_HINT))
    try:
        return await read_message(direct, message, kind=LiveOpening)
    except ValidationError as error:
        raise Refusal(422, problem_of_invalid(error.errors())) from error


def _code(status: int) -> int:
    """Return the code with which a WebSocket is closed where a request is answered with this status."""
    return 4000 + status
