"""What is answered about models. A spec itself is `gesso.spec.model.ModelSpec`, read by pydantic as it is."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from gesso.registry.source import ModelSource, Origin
from gesso.server.schemas.problem import Problem
from gesso.spec.model import ModelSpec


class ModelSummary(BaseModel):
    """A line of the directory of models. `problem` says why a model cannot be used now."""

    name: str
    title: str
    description: str = ""
    category: str = ""
    licence: str = ""
    authors: list[str] = []
    source: str = ""
    memory_mb: int = 0
    origin: Origin | None = None
    is_trusted: bool = False
    has_preview: bool = False
    example_count: int = 0
    problem: Problem | None = None

    @classmethod
    def of(cls, source: ModelSource, *, is_trusted: bool) -> ModelSummary:
        """Describe a model by its declaration; none of its code is run."""
        manifest, card = source.manifest, source.manifest.card
        return cls(
            name=source.name,
            title=manifest.title,
            description=manifest.description,
            category=card.category,
            licence=card.licence,
            authors=list(card.authors),
            source=card.source,
            memory_mb=card.memory_mb,
            origin=source.origin,
            is_trusted=is_trusted,
            has_preview=bool(card.preview) and "://" not in card.preview,
            example_count=len(card.examples),
        )


class ModelList(BaseModel):
    """The models in the box and those that were added."""

    models: list[ModelSummary]


class Model(ModelSummary):
    """A model with its spec, from which its form is made; without it, `problem` says why."""

    spec: ModelSpec | None = None


class Example(BaseModel):
    """Inputs that show a model at its best, as a job takes them: files are kept already and named by their SHA-256."""

    inputs: dict[str, Any]


class ExampleList(BaseModel):
    """The examples of a model.

    One whose files lie in an environment that is not made yet is left out, and `is_prepared` is false then.
    """

    examples: list[Example]
    is_prepared: bool
