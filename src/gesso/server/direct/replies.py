"""The response to a run that has succeeded: JSON with all outputs, or one output as its own bytes."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Final

import msgspec
from starlette.responses import Response

from gesso.server.direct.accepted import Form
from gesso.server.direct.encoding import is_quick, to_medium, to_wire
from gesso.server.direct.run import DirectRun
from gesso.server.direct.timings import server_timing
from gesso.server.schemas.direct import DirectMetrics
from gesso.server.serving import disposition
from gesso.spec.model import Port
from gesso.spec.runnable import Result
from gesso.storage.media_types import UNKNOWN
from gesso.types.stored import Stored

_JSON: Final = "application/json"


async def reply(run: DirectRun, result: Result, *, form: Form, quality: int | None) -> Response:
    """Return the response to a run, in the form that was chosen."""
    headers = {"Gesso-Seed": str(result.seed), "Cache-Control": "no-store"}
    if form.kind == "medium":
        assert form.port is not None
        value = result.outputs[form.port.name]
        began = perf_counter()
        content, media_type = await run.threads.call(to_medium, form, value, quality=quality)
        run.timings.encode_s = perf_counter() - began
        figures = run.timings.figures()
        if isinstance(value, Stored):
            headers["Content-Disposition"] = disposition(value.name, is_download=media_type == UNKNOWN)
    else:
        content, figures = await json_result(run, result, port=form.port)
        media_type = _JSON
    return Response(content, media_type=media_type, headers=headers | {"Server-Timing": server_timing(figures)})


async def json_result(run: DirectRun, result: Result, *, port: Port | None, **more: str) -> tuple[bytes, DirectMetrics]:
    """Return a result (all outputs, or the one at `port`) as the JSON of `DirectResult`, and the figures in it."""
    ports = run.command.outputs if port is None else (port,)

    def write() -> tuple[bytes, DirectMetrics]:
        began = perf_counter()
        said: dict[str, Any] = {**more, "outputs": to_wire(ports, result.outputs), "seed": result.seed}
        run.timings.encode_s = perf_counter() - began
        figures = run.timings.figures()
        return msgspec.json.encode(said | {"metrics": figures.model_dump()}), figures

    return write() if is_quick(ports, result.outputs) else await run.threads.call(write)
