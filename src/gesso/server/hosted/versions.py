"""Versions of deployments in the words of Cog and Replicate: their ids, and schemas of what they take and give."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from gesso.errors import NotFoundError
from gesso.hosting.deployment import Deployment, Release
from gesso.jobs.forms import is_media, is_media_list
from gesso.spec.model import Command, ModelSpec, Port
from gesso.types.base import DataType

COG_VERSION: Final = "0.14.0"
"""The version of Cog whose schemas these are."""


def version_of(release: Release) -> str:
    """Return the id of what a release runs: 64 hexadecimal digits, the same for the same files, command and options."""
    told = json.dumps([release.digest, release.command, release.options, release.device], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def release_of(deployment: Deployment, version: str) -> Release:
    """Return the release that an id means: one that answers now or has answered before. Raises `NotFoundError`."""
    for release in reversed(deployment.releases):
        if release.number <= deployment.current and version_of(release) == version:
            return release
    raise NotFoundError(
        f"{deployment.name} has no version {version[:80]!r} that answers.",
        hint=f"The current one is {version_of(deployment.release)}.",
    )


def openapi_of(spec: ModelSpec, command: Command) -> dict[str, Any]:
    """Return the description of a model as Cog makes it."""
    schemas = {
        "Input": input_schema(command),
        "Output": output_schema(command),
        "PredictionRequest": _request(),
        "PredictionResponse": _response(),
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/PredictionRequest"}}}}
    answer = {
        "200": {
            "description": "Successful Response",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PredictionResponse"}}},
        }
    }
    name = {"name": "prediction_id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "openapi": "3.0.2",
        "info": {"title": spec.title or spec.name, "description": spec.description, "version": "0.1.0"},
        "paths": {
            "/health-check": {"get": {"summary": "Healthcheck", "responses": {"200": {"description": "How it is"}}}},
            "/predictions": {"post": {"summary": "Predict", "requestBody": body, "responses": answer}},
            "/predictions/{prediction_id}": {
                "put": {"summary": "Predict Idempotent", "parameters": [name], "requestBody": body, "responses": answer}
            },
            "/predictions/{prediction_id}/cancel": {
                "post": {"summary": "Cancel", "parameters": [name], "responses": {"200": {"description": "Canceled"}}}
            },
        },
        "components": {"schemas": schemas},
    }


def input_schema(command: Command) -> dict[str, Any]:
    """Return the schema of the inputs."""
    required = [port.name for port in command.inputs if port.is_required]
    properties = {port.name: _property(port, order) for order, port in enumerate(command.inputs)}
    schema: dict[str, Any] = {"title": "Input", "type": "object", "properties": properties}
    return schema | ({"required": required} if required else {})


def output_schema(command: Command) -> dict[str, Any]:
    """Return the schema of the output: of the one that there is, or of all by name."""
    if len(command.outputs) != 1:
        properties = {port.name: _schema(port.data_type) for port in command.outputs}
        return {"title": "Output", "type": "object", "properties": properties}
    schema = _schema(command.outputs[0].data_type)
    if not command.is_streaming:
        return {"title": "Output", **schema}
    if command.outputs[0].type == "text":
        streamed = {"x-cog-array-type": "iterator", "x-cog-array-display": "concatenate"}
        return {"title": "Output", "type": "array", "items": {"type": "string"}, **streamed}
    return {"title": "Output", **schema, "x-cog-array-type": "iterator"}


def _property(port: Port, order: int) -> dict[str, Any]:
    title = port.title or port.name.replace("_", " ").title()
    said: dict[str, Any] = {"title": title, "x-order": order, **_schema(port.data_type)}
    if port.description:
        said["description"] = port.description
    if not port.is_required and port.default is not None:
        said["default"] = port.default
    return said


def _schema(data_type: DataType[Any]) -> dict[str, Any]:
    if is_media_list(data_type) or data_type.name == "directory":
        return {"type": "array", "items": {"type": "string", "format": "uri"}}
    return {"type": "string", "format": "uri"} if is_media(data_type) else dict(data_type.schema())


def _request() -> dict[str, Any]:
    properties = {
        "id": {"type": "string", "title": "Id"},
        "input": {"$ref": "#/components/schemas/Input"},
        "webhook": {"type": "string", "format": "uri", "title": "Webhook"},
        "webhook_events_filter": {"type": "array", "items": {"type": "string"}, "title": "Webhook Events Filter"},
    }
    return {"title": "PredictionRequest", "type": "object", "properties": properties}


def _response() -> dict[str, Any]:
    text = {"type": "string"}
    properties = {
        "id": text,
        "input": {"$ref": "#/components/schemas/Input"},
        "output": {"$ref": "#/components/schemas/Output"},
        "status": {"type": "string", "enum": ["starting", "processing", "succeeded", "canceled", "failed"]},
        "error": text,
        "logs": text,
        "metrics": {"type": "object"},
        **{name: {"type": "string", "format": "date-time"} for name in ("created_at", "started_at", "completed_at")},
    }
    return {"title": "PredictionResponse", "type": "object", "properties": properties}
