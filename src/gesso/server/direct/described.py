"""What the description of the interface (OpenAPI) says of direct runs: their handler reads requests by itself."""

from __future__ import annotations

from typing import Any, Final

from gesso.server.schemas.direct import DirectMessage, DirectRequest, DirectResult
from gesso.server.schemas.live import LiveChange, LiveMessage, LiveOpening
from gesso.spec.runnable import MAX_SEED

_BYTES: Final = {"schema": {"type": "string", "format": "binary"}}
_FORM: Final = {"schema": {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}}}
_SAID: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "command": ({"type": "string", "maxLength": 200}, "One of the model's commands, or the first."),
    "seed": ({"type": "integer", "minimum": 0, "maximum": MAX_SEED}, "Drawn if it is left out."),
    "device": ({"type": "string", "maxLength": 40}, "Where to compute."),
    "options": ({"type": "string", "contentMediaType": "application/json"}, "Those of the model's setup, as JSON."),
    "output": ({"type": "string"}, "The only output that is wanted."),
    "quality": ({"type": "integer", "minimum": 1, "maximum": 100}, "Of pictures that lose; 90 if it is left out."),
}
_NAME: Final = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}

EXTRA: Final[dict[str, Any]] = {
    "parameters": [_NAME]
    + [
        {"name": name, "in": "query", "required": False, "description": words, "schema": schema}
        for name, (schema, words) in _SAID.items()
    ],
    "requestBody": {
        "required": False,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/DirectRequest"}},
            "multipart/form-data": _FORM,
            "image/*": _BYTES,
            "audio/*": _BYTES,
            "video/*": _BYTES,
            "text/plain": {"schema": {"type": "string"}},
            "application/octet-stream": _BYTES,
        },
    },
}
"""What a request may be."""

ALSO: Final[dict[str, Any]] = {
    "DirectRequest": DirectRequest,
    "DirectMessage": DirectMessage,
    "LiveOpening": LiveOpening,
    "LiveChange": LiveChange,
    "LiveMessage": LiveMessage,
}
"""What the description has besides, by its name there."""

RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": DirectResult,
        "description": "All outputs, or one as `Accept` asks for it, or events of which the result is the last.",
        "headers": {
            "Gesso-Seed": {"schema": {"type": "integer"}, "description": "The seed that was used."},
            "Server-Timing": {"schema": {"type": "string"}, "description": "Where the time went, in milliseconds."},
        },
        "content": {
            "image/*": _BYTES,
            "audio/*": _BYTES,
            "video/*": _BYTES,
            "text/plain": {"schema": {"type": "string"}},
            "application/octet-stream": _BYTES,
            "text/event-stream": {
                "itemSchema": {
                    "type": "object",
                    "properties": {
                        "data": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "contentSchema": {"$ref": "#/components/schemas/DirectMessage"},
                        }
                    },
                    "required": ["data"],
                }
            },
        },
    }
}
"""What an answer may be."""
