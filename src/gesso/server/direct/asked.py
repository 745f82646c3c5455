"""What somebody asks for with one request: from its address, its headers and its body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import QueryParams

from gesso.errors import InputError
from gesso.server.direct.form import read_form
from gesso.server.direct.given import Medium, Typed
from gesso.server.errors import Refusal
from gesso.server.schemas.direct import DirectRequest
from gesso.server.schemas.problem import Problem
from gesso.spec.model import Command, Port
from gesso.types.base import Json
from gesso.types.source import parse_json

RESERVED: Final = ("command", "seed", "device", "options", "output", "quality")
"""What an address says besides inputs. An input of such a name is sent in a form or in JSON."""

# Which types a body of this kind may be, by the first half of its media type. Any of them may be a file.
_KINDS: Final = {
    "image": ("image", "mask", "segmentation"),
    "audio": ("audio",),
    "video": ("video",),
    "text": ("text",),
    "application": ("image", "mask", "segmentation", "audio", "video"),
}
_HINT: Final = "Send a form with a field for each input, JSON, or one file by itself with its own Content-Type."


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asks for. `inputs` are not read yet. `quality` is that of pictures that lose, 1..100."""

    inputs: dict[str, Any] = field(default_factory=dict)
    command: str | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    device: str = "auto"
    seed: int | None = None
    output: str | None = None
    quality: int | None = None
    raw: Medium | None = None
    """A body that is one input by itself; `place_raw` says which."""
    raw_kind: str = ""


def read_asked(body: bytes, content_type: str, *, query: QueryParams) -> Asked:
    """Read a request whose body has come whole. Raises `InputError`, `RequestValidationError` and `Refusal` (415)."""
    named = {name: values[0] for name in RESERVED if (values := query.getlist(name))}
    typed = {name: _pieces([Typed(text) for text in query.getlist(name)]) for name in query if name not in RESERVED}
    kind = content_type.partition(";")[0].strip().lower()
    first, _, second = kind.partition("/")
    if not body and not kind:
        return _asked(DirectRequest(), named, inputs=typed)
    if kind == "application/json" or second.endswith("+json"):
        request = _validated(body)
        return _asked(request, named, inputs=typed | request.inputs)
    if kind == "multipart/form-data":
        form = {name: _pieces(pieces) for name, pieces in read_form(body, content_type).items()}
        return _asked(DirectRequest(), named, inputs=typed | form)
    if first not in _KINDS or kind == "application/x-www-form-urlencoded":
        raise Refusal(
            415, Problem(code="media_type", message=f"A body cannot be {kind[:80] or 'unnamed'}.", hint=_HINT)
        )
    return _asked(DirectRequest(), named, inputs=typed, raw=Medium(body), raw_kind=first)


def place_raw(asked: Asked, command: Command) -> dict[str, Any]:
    """Return the inputs, with a body that came by itself under the name of the one input that it can be."""
    if asked.raw is None:
        return asked.inputs
    free = [port for port in command.inputs if port.name not in asked.inputs]
    fitting = [port for port in free if port.type in _KINDS[asked.raw_kind]]
    fitting = fitting or [port for port in free if port.type == "file"]
    required = [port for port in fitting if port.is_required]
    (port,) = _only(required or fitting, command)
    return asked.inputs | {port.name: asked.raw}


def _only(fitting: list[Port], command: Command) -> list[Port]:
    if len(fitting) == 1:
        return fitting
    names = ", ".join(port.name for port in fitting or command.inputs) or "none at all"
    given = f"one body for {len(fitting)} inputs" if fitting else "a body that is none of them"
    raise InputError(f"a form that names the inputs ({names})", given, hint=_HINT, where="body")


def _pieces(pieces: list[Any]) -> Any:
    return pieces[0] if len(pieces) == 1 else pieces


def _validated(body: bytes) -> DirectRequest:
    try:
        return DirectRequest.model_validate_json(body)
    except ValidationError as error:
        if b'"inputs"' not in body:
            _refuse_beside(error)
        raise RequestValidationError(_placed(error, "body")) from error


def _refuse_beside(error: ValidationError) -> None:
    """Raise `InputError` that says how it should look if inputs stand beside `inputs` instead of inside."""
    beside = [str(wrong["loc"][0])[:60] for wrong in error.errors() if wrong["type"] == "extra_forbidden"]
    if not beside:
        return
    if beside[0] == "input":
        raise InputError('{"inputs": {...}}', '{"input": {...}}', hint='The "s" belongs to it.', where="body")
    hint = 'What the model takes stands inside of "inputs". Beside it may stand "seed" and "command".'
    raise InputError(f'{{"inputs": {{"{beside[0]}": ...}}}}', f'{{"{beside[0]}": ...}}', hint=hint, where="body")


def _asked(request: DirectRequest, named: Mapping[str, str], *, inputs: dict[str, Any], **more: Any) -> Asked:
    """Lay what the address says over what the body says, and check it as the body is checked."""
    said: dict[str, Any] = {name: named[name] for name in ("command", "device") if name in named}
    said |= {name: _number(named[name], name) for name in ("seed",) if name in named}
    said |= {"options": _json_object(named["options"])} if "options" in named else {}
    try:
        request = DirectRequest.model_validate(request.model_dump(exclude={"inputs"}) | said) if said else request
    except ValidationError as error:
        raise RequestValidationError(_placed(error, "query")) from error
    quality = _number(named["quality"], "quality") if "quality" in named else None
    if quality is not None and not 1 <= quality <= 100:
        raise InputError("a whole number from 1 to 100", str(quality), where="quality")
    return Asked(
        inputs=inputs,
        command=request.command,
        options=request.options,
        device=request.device,
        seed=request.seed,
        output=named.get("output"),
        quality=quality,
        **more,
    )


def _placed(error: ValidationError, place: str) -> list[dict[str, Any]]:
    return [{**dict(wrong), "loc": (place, *wrong["loc"])} for wrong in error.errors()]


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise InputError("a whole number", f'the text "{text[:40]}"', where=name)
    return int(text)


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = parse_json(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise InputError('a JSON object ({"size": "small"})', f'the text "{text[:40]}"', where="options")
    return value
