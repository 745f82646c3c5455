"""A query to a local model by whoever does not wait for an answer of its own: it is told to all who listen."""

from __future__ import annotations

import logging
from typing import Final

from gesso.errors import GessoError
from gesso.server.direct.room import Direct
from gesso.server.protocols.runway_errors import RAISED
from gesso.server.protocols.runway_outcomes import Outcomes
from gesso.server.protocols.runway_query import Query, outputs_of, read_inputs
from gesso.server.protocols.runway_target import Target

_LOG: Final = logging.getLogger("gesso.server")
_QUICK_LETTERS: Final = 65_536


async def ask(direct: Direct, target: Target, *, text: str, outcomes: Outcomes) -> None:
    """Run a query whose inputs are a JSON text. Nothing is raised: all is told to `outcomes`."""
    try:
        outcomes(await _outputs(direct, target, text=text))
    except RAISED as error:
        outcomes(None, error=error)
    except Exception as error:  # noqa: BLE001 - a fault of Gesso must not look as if nothing had been asked
        _LOG.exception("a local query failed by a fault of Gesso")
        outcomes(None, error=GessoError(f"Something went wrong inside Gesso: {type(error).__name__}."))


async def _outputs(direct: Direct, target: Target, *, text: str) -> bytes:
    body = text.encode(errors="replace")
    if len(body) <= _QUICK_LETTERS:
        inputs = read_inputs(body)
    else:
        inputs = await direct.threads.call(read_inputs, body)
    command = (await target.command()).name
    async with target.opening() as opening:
        with direct.places.receive(opening.guest) as delivery, direct.places.take(opening.name, guest=opening.guest):
            delivery.hold(len(body))
            return await outputs_of(direct, opening, query=Query(inputs=inputs, command=command))
