"""A query of Runway's: inputs by name as JSON, outputs by name as JSON, while the client waits."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from gesso.errors import DeadlineError
from gesso.server.direct.encoding import is_quick
from gesso.server.direct.fetched import with_fetched
from gesso.server.direct.given import refuse_kept
from gesso.server.direct.opening import Opening
from gesso.server.direct.room import Direct
from gesso.server.direct.run import DirectRun
from gesso.server.direct.timings import Timings
from gesso.server.errors import Refusal
from gesso.server.json_parts import check_parts
from gesso.server.plain_json import check_plain
from gesso.server.protocols.runway_values import Formats, given_of, wire_of
from gesso.server.schemas.problem import Problem
from gesso.spec.model import Command
from gesso.spec.runnable import Runnable
from gesso.types.base import Json
from gesso.types.given import size
from gesso.types.source import parse_json

WAKING_S: Final = 600.0
"""How long a query waits for a model that sleeps."""
_GZIP: Final = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, kw_only=True)
class Query:
    """What somebody asks. `command` None is the one that the opening has, or the model's first."""

    inputs: Mapping[str, Json]
    command: str | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    formats: Formats = field(default_factory=dict)


async def outputs_of(direct: Direct, opening: Opening, *, query: Query) -> bytes:
    """Run a query and return the outputs as JSON. Raises what keeps it from running."""
    runnable, command = await _opened(opening, query)
    run = DirectRun(
        direct, runnable, command=command, timings=Timings(), begin_work=opening.begin_work, hear=opening.hear
    )
    async with aclosing(run):
        if opening.guest is not None:
            refuse_kept(query.inputs)
        given = given_of(command.inputs, query.inputs)
        given = await with_fetched(direct.app, given, command=command, call=direct.fetching.of(opening.guest))
        result = await run.result(await run.open(given), seed=None)

        def write() -> bytes:
            return msgspec.json.encode(wire_of(command.outputs, result.outputs, formats=query.formats))

        return write() if is_quick(command.outputs, result.outputs) else await run.threads.call(write)


async def _opened(opening: Opening, query: Query) -> tuple[Runnable, Command]:
    try:
        async with asyncio.timeout(WAKING_S) as patience:
            return await opening.open(query.command, options=query.options, device="auto")
    except TimeoutError as error:
        if not patience.expired():
            raise
        raise DeadlineError("The model is still waking.", hint="Ask again; it goes on meanwhile.") from error


def read_inputs(body: bytes) -> dict[str, Any]:
    """Return the inputs that a body holds, whatever it says that it is. Raises `Refusal`. Call it in a thread."""
    try:
        inputs = parse_json(check_parts(body))
        if isinstance(inputs, dict):
            return check_plain(inputs)
    except ValueError:  # no JSON, or no UTF-8
        pass
    message = "The body of all POST requests must contain JSON"  # Runway's own words
    raise Refusal(400, Problem(code="input", message=message, hint='An object of inputs: {"prompt": "a fox"}.'))


def is_gzip(encoding: str) -> bool:
    """Say whether a body is packed, by its header."""
    return encoding.strip().lower() == "gzip"


def unpacked(body: bytes, *, limit_bytes: int) -> bytes:
    """Return a body that was packed. Raises `Refusal`. Call it in a thread."""
    unzip = zlib.decompressobj(_GZIP)
    try:
        plain = unzip.decompress(body, limit_bytes + 1)
    except zlib.error as error:
        problem = Problem(code="input", message="The body says that it is gzip, and is not.")
        raise Refusal(400, problem) from error
    if len(plain) > limit_bytes:
        problem = Problem(code="too_large", message=f"The request is larger than {size(limit_bytes)}.")
        raise Refusal(413, problem, headers={"Connection": "close"})
    return plain
