"""What another Gesso answers: JSON, or the error that it was there."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from gesso.errors import AccessError, GessoError, LimitError, from_data
from gesso.net.line import Reply


def read(reply: Reply) -> Any:
    """Return the JSON of an answer, None if there is none. Raises what was refused as the error that it was."""
    if 200 <= reply.status < 300:
        return _json(reply)
    raise error_of(reply)


def error_of(reply: Reply) -> GessoError:
    """Return what was refused as the error that it was there."""
    data = _json(reply)
    if not (isinstance(data, dict) and {"code", "message"} <= set(data)):
        return GessoError(f"The server answered {reply.status}, and said nothing more.", hint=_hint(reply))
    error = from_data({name: text for name, text in data.items() if isinstance(text, str)})
    if isinstance(error, AccessError):
        error.is_unknown = reply.status == 401
    if isinstance(error, LimitError):
        with contextlib.suppress(KeyError, ValueError):
            error.retry_after_s = float(reply.headers["retry-after"])
    return error


def _json(reply: Reply) -> Any:
    try:
        return json.loads(reply.body) if reply.body else None
    except ValueError:
        return None


def _hint(reply: Reply) -> str:
    if 300 <= reply.status < 400:
        return f"It leads on to {reply.headers.get('location', 'somewhere else')[:200]}: use that address."
    return "Is this the address of a Gesso?" if reply.status == 404 else ""
