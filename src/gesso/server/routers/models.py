"""Models: the directory, one with its spec, its picture, its examples. To look at one installs nothing."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import FileResponse

from gesso.app import App
from gesso.errors import GessoError, NotFoundError
from gesso.registry.registry import Listed
from gesso.registry.source import ModelSource
from gesso.server.errors import problem_of
from gesso.server.examples import bring_examples
from gesso.server.inputs import check_name
from gesso.server.rooms import House
from gesso.server.schemas.model import ExampleList, Model, ModelList, ModelSummary
from gesso.server.schemas.problem import Problem
from gesso.server.serving import serve_file
from gesso.spec.runnable import Event
from gesso.storage.media_types import HEAD_BYTES, media_type_of

router = APIRouter(prefix="/models", tags=["models"])
"""`/models`."""
_NOT_PREPARED: Final = Problem(
    code="not_prepared",
    message="What the model needs is not installed yet.",
    hint="Have it prepared: POST to its address, with /prepare at the end.",
)
_PICTURE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("")
async def list_models(house: House) -> ModelList:
    """List the models in the box and those that were added. None of their code is run."""

    def listed() -> list[ModelSummary]:
        return [_summary(house.app, line) for line in house.app.registry.models()]

    return ModelList(models=await asyncio.to_thread(listed))


@router.get("/{name}")
async def get_model(name: str, house: House) -> Model:
    """Return a model with its spec.

    If it has none because nobody trusts it yet, it is broken, or its environment has to be made first, `problem` says
    so.
    """
    return await _model(house.app, await _find(house.app, name), name=name)


@router.post("/{name}/prepare")
async def prepare_model(name: str, house: House) -> Model:
    """Make a model's environment, if it is not there. It may take minutes, and needs trust in the model.

    The first run of a model does the same; this is for its examples, and for a spec that can be read only then.
    """
    source = await _find(house.app, name)
    house.app.trust.require(source)
    await house.app.runtime.prepare(source.manifest, _ignore)
    return await _model(house.app, source, name=name)


@router.get("/{name}/preview", response_class=FileResponse, responses=_PICTURE)
async def get_model_preview(name: str, house: House) -> FileResponse:
    """Return the picture that shows what a model does."""
    source = await _find(house.app, name)
    return await asyncio.to_thread(_preview, source)


@router.get("/{name}/examples")
async def list_model_examples(name: str, house: House) -> ExampleList:
    """Return inputs that show the model at its best, ready to be sent as those of a job."""
    return await bring_examples(house.app, await _find(house.app, name))


async def _find(app: App, name: str) -> ModelSource:
    return await asyncio.to_thread(app.registry.find, check_name(name))


async def _model(app: App, source: ModelSource, *, name: str) -> Model:
    summary = await asyncio.to_thread(_summary, app, Listed(name, source=source))
    spec, problem = None, summary.problem
    try:
        spec = await app.registry.known_spec(source)
        if spec is None and await app.runtime.is_prepared(source.manifest):
            spec = await app.registry.spec(source)
        elif spec is None:
            problem = _NOT_PREPARED
    except GessoError as error:
        problem = problem_of(error)
    return Model(**summary.model_dump(exclude={"problem"}), problem=problem, spec=spec)


def _ignore(event: Event) -> None:
    """Hear that an environment is being made."""


def _summary(app: App, listed: Listed) -> ModelSummary:
    if listed.source is None:
        problem = problem_of(listed.error) if listed.error else None
        return ModelSummary(name=listed.name, title=listed.name, problem=problem)
    try:
        return ModelSummary.of(listed.source, is_trusted=app.trust.is_trusted(listed.source))
    except GessoError as error:  # what is trusted cannot be read
        return ModelSummary.of(listed.source, is_trusted=False).model_copy(update={"problem": problem_of(error)})


def _preview(source: ModelSource) -> FileResponse:
    missing = NotFoundError(f"{source.name} has no picture.")
    named = source.manifest.card.preview
    if not named or "://" in named:
        raise missing
    folder = source.path if source.path.is_dir() else source.path.parent
    try:
        path = (folder / named).resolve(strict=True)
        with path.open("rb") as file:
            media_type = media_type_of(file.read(HEAD_BYTES))
        changed = path.stat()
    except OSError as error:
        raise missing from error
    if not path.is_relative_to(folder.resolve()) or not media_type.startswith("image/"):
        raise missing
    etag = f"{changed.st_mtime_ns:x}-{changed.st_size:x}"
    return serve_file(path, name=path.name, media_type=media_type, etag=etag, caching="private, no-cache")
