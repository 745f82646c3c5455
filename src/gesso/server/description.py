"""The description of the interface (OpenAPI), made so that a client can rely on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from gesso.server.direct.described import ALSO

_REF: Final = "#/components/schemas/"
_SPARSE: Final = frozenset(
    {"Problem", "ErrorMessage", "LiveErrorMessage", "LiveOpening", "LiveChange"} | {"BareModels", "RunwayProblem"}
)
"""What leaves out what is empty: answers, and what only a WebSocket takes."""


def complete(server: FastAPI) -> None:
    """Have the app describe itself so that a client can rely on it.

    What only ever is answered always has all of its fields, so that they are marked as required. FastAPI's own shape
    of an invalid request goes: ours is `Problem`.
    """

    def describe() -> dict[str, Any]:
        if server.openapi_schema is None:
            described = get_openapi(title=server.title, version=server.version, routes=server.routes)
            for operation in _operations(described):
                operation["responses"].pop("422", None)
                _describe_events(operation)
                if problem := operation["responses"].get("default"):  # in JSON, also where the answer is a file
                    problem["content"] = {"application/json": next(iter(problem["content"].values()))}
            for name in ("HTTPValidationError", "ValidationError"):
                described["components"]["schemas"].pop(name, None)
            for name, annotation in ALSO.items():
                _add(described["components"]["schemas"], name, annotation=annotation)
            _require_answers(described)
            server.openapi_schema = described
        return server.openapi_schema

    server.openapi = describe  # type: ignore[method-assign]  # the way that FastAPI's own pages give


def _add(schemas: dict[str, Any], name: str, *, annotation: Any) -> None:
    """Add the schema of what no handler names, because it reads its requests by itself."""
    schema = TypeAdapter(annotation).json_schema(ref_template=f"{_REF}{{model}}")
    for each, inner in schema.pop("$defs", {}).items():
        schemas.setdefault(each, inner)
    schemas[name] = schema


def _describe_events(operation: dict[str, Any]) -> None:
    """Say of server-sent events what each is, as OpenAPI 3.2 has it: FastAPI takes them for one text."""
    stream = operation["responses"].get("200", {}).get("content", {}).get("text/event-stream", {})
    if "schema" in stream:
        message = {name: part for name, part in stream.pop("schema").items() if name not in {"type", "title"}}
        data = {"type": "string", "contentMediaType": "application/json", "contentSchema": message}
        stream["itemSchema"] = {"type": "object", "properties": {"data": data}, "required": ["data"]}


def _operations(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in described["paths"].values():
        yield from path.values()


def _require_answers(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    asked = _reached(schemas, [operation.get("requestBody", {}) for operation in _operations(described)])
    for name, schema in schemas.items():
        if name not in asked | _SPARSE and "properties" in schema:
            schema["required"] = list(schema["properties"])


def _reached(schemas: dict[str, Any], start: object) -> set[str]:
    """Return the names of all schemas that are referred to from somewhere, over any number of steps."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix(_REF)
            if name and name not in reached:
                reached.add(name)
                waiting.append(schemas.get(name))
            waiting += node.values()
    return reached
