"""A model's examples as inputs of a job: what lies in files is put among the blobs."""

from __future__ import annotations

import asyncio
from typing import Any

from gesso.app import App
from gesso.registry.source import ModelSource
from gesso.server.schemas.model import Example
from gesso.spec.runnable import Event
from gesso.types.base import Json


async def bring_examples(app: App, source: ModelSource) -> list[Example]:
    """Return the examples of a model's card. Needs its trust if an example lies in its environment."""
    return [
        Example(inputs={name: await _bring(app, value, source=source) for name, value in example.items()})
        for example in source.manifest.card.examples
    ]


async def _bring(app: App, value: Json, *, source: ModelSource) -> Any:
    app.trust.require(source)
    path = await app.runtime.example_file(source.manifest, value, report=_ignore)
    if path is None:
        return value
    kept = await asyncio.to_thread(app.blobs.put, path, path.name)
    return kept.to_json()


def _ignore(event: Event) -> None:
    """Hear that an environment is being made."""
