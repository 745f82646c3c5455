"""A model's examples as inputs of a job: what lies in files is put among the blobs."""

from __future__ import annotations

import asyncio
from typing import Any

from gesso.app import App
from gesso.registry.source import ModelSource
from gesso.runtime.host.example_files import PACKAGE
from gesso.server.schemas.model import Example, ExampleList
from gesso.spec.runnable import Event
from gesso.types.base import Json


async def bring_examples(app: App, source: ModelSource) -> ExampleList:
    """Return the examples of a model's card that are there; needs its trust. Nothing is installed for them."""
    app.trust.require(source)
    is_prepared = await app.runtime.is_prepared(source.manifest)
    there = [one for one in source.manifest.card.examples if is_prepared or not _lies_in_environment(one)]
    examples = [
        Example(inputs={name: await _bring(app, value, source=source) for name, value in example.items()})
        for example in there
    ]
    return ExampleList(examples=examples, is_prepared=is_prepared)


async def _bring(app: App, value: Json, *, source: ModelSource) -> Any:
    path = await app.runtime.example_file(source.manifest, value, report=_ignore)
    if path is None:
        return value
    kept = await asyncio.to_thread(app.blobs.put, path, path.name)
    return kept.to_json()


def _lies_in_environment(example: dict[str, Json]) -> bool:
    return any(isinstance(value, str) and value.startswith(PACKAGE) for value in example.values())


def _ignore(event: Event) -> None:
    """Hear nothing: no environment is being made."""
