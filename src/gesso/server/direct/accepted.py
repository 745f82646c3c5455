"""In which form the answer goes back: what `Accept` asks for, and what the outputs can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from gesso.errors import InputError
from gesso.server.errors import Refusal
from gesso.server.schemas.problem import Problem
from gesso.spec.model import Command, Port, find_port

_ENDINGS: Final = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "audio/wav": ".wav",
    "text/plain": ".txt",
}
_AS_THEY_ARE: Final = {  # files are not converted; what they are is known only when they are there
    "file": ("application/octet-stream",),
    "video": ("video/mp4", "video/webm", "video/quicktime", "application/octet-stream"),
}
_QUALITY: Final = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)


@dataclass(frozen=True)
class Form:
    """How the answer goes back: all outputs as JSON, events as they happen, or one output as its own bytes.

    `ending` is how its bytes are made; "" if they are a file that the model made.
    """

    kind: Literal["json", "events", "medium"]
    port: Port | None = None
    media_type: str = ""
    ending: str = ""


def choose_form(accept: str, command: Command, *, output: str | None) -> Form:
    """Return the form that an `Accept` header likes best of those that there are.

    `output` names the one output that is wanted. Raises `InputError` if several fit and none is named, `NotFoundError`
    for a name that is none, and `Refusal` (406) if nothing fits.
    """
    port = None if output is None else find_port(command.outputs, output, kind="output")
    ports = command.outputs if port is None else (port,)
    for wanted in _ranges(accept):
        if wanted in {"application/json", "application/*", "*/*"}:
            return Form("json", port)
        if form := _medium(wanted, ports):
            return form
        if wanted in {"text/event-stream", "text/*"}:
            return Form("events", port)
    kinds = sorted({kind for port in ports for kind, _ in _forms(port)})
    message = f"There is no answer of the kind {accept[:80]}."
    hint = f"There are: {', '.join(['application/json', 'text/event-stream', *kinds])}."
    raise Refusal(406, Problem(code="not_acceptable", message=message, hint=hint))


def _ranges(accept: str) -> list[str]:
    """Return the media types that are asked for, the dearest first."""
    found: list[tuple[float, str]] = []
    for part in accept.split(",")[:32]:
        kind, *parameters = (word.strip().lower() for word in part.split(";"))
        said = next((match[1] for word in parameters if (match := _QUALITY.fullmatch(word))), "1")
        if kind and float(said) > 0:
            found.append((float(said), kind))
    return [kind for _, kind in sorted(found, key=lambda each: -each[0])] or ["*/*"]


def _medium(wanted: str, ports: tuple[Port, ...]) -> Form | None:
    first, _, second = wanted.partition("/")
    fitting: dict[str, Form] = {}
    for port in ports:
        for kind, ending in _forms(port):
            if kind == wanted or (second == "*" and kind.startswith(f"{first}/")):
                fitting.setdefault(port.name, Form("medium", port, kind, ending))
    if len(fitting) > 1:
        raise InputError(f"the name of one of {', '.join(fitting)}", "nothing", hint="Add ?output=...", where="output")
    return next(iter(fitting.values()), None)


def _forms(port: Port) -> Iterator[tuple[str, str]]:
    """Yield the media types that an output can be by itself, the usual one first, and their endings."""
    if port.type in _AS_THEY_ARE:
        yield from ((kind, "") for kind in _AS_THEY_ARE[port.type])
        return
    writes = port.data_type.writes
    if ".json" not in writes:
        yield from ((kind, ending) for kind, ending in _ENDINGS.items() if ending in writes)
