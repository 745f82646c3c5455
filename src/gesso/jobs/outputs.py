"""The outputs of a job: from the values of a run to JSON and files that carry their recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gesso.jobs.forms import as_inline, is_media, is_media_list, keep_folder, keep_stored, keep_whole
from gesso.jobs.job import Output
from gesso.jobs.marks import mark
from gesso.jobs.recipe import Recipe
from gesso.spec.model import ModelSpec, Port
from gesso.storage.blobs import BlobReference, Blobs
from gesso.types.base import DataType
from gesso.types.directory import Directory
from gesso.types.list import ListType
from gesso.types.stored import Stored


@dataclass(frozen=True)
class Outputs:
    """Takes outputs into the blobs. Everything here writes files: call it in a thread.

    While `is_private` says so, the recipe in the files leaves out texts that somebody wrote and names.
    """

    blobs: Blobs
    is_private: Callable[[], bool]

    def keep(self, spec: ModelSpec, recipe: Recipe, *, values: Mapping[str, Any]) -> tuple[Output, ...]:
        """Keep the values of a run, in the order of the command's outputs. Raises `StorageError`."""
        shown = recipe.without_words(spec) if self.is_private() else recipe
        ports = spec.command(recipe.command).outputs
        return tuple(
            self._keep(port, values[port.name], stem=f"{spec.name}-{port.name}", recipe=shown)
            for port in ports
            if port.name in values
        )

    def _keep(self, port: Port, value: Any, *, stem: str, recipe: Recipe) -> Output:
        data_type = port.data_type
        if isinstance(value, Directory):
            files = tuple(
                BlobReference(blob=file.blob, name=name, media_type=file.media_type, size_bytes=file.size_bytes)
                for name, file in keep_folder(value, self.blobs).items()
            )
        elif is_media_list(data_type) and isinstance(data_type, ListType):
            files = tuple(
                self._keep_media(data_type.item, item, stem=f"{stem}-{number}", recipe=recipe)
                for number, item in enumerate(value, start=1)
            )
        elif is_media(data_type):
            files = (self._keep_media(data_type, value, stem=stem, recipe=recipe),)
        else:
            wire, is_small = as_inline(data_type, value)
            if is_small:
                return Output(name=port.name, type=port.type, value=wire)
            files = (keep_whole(data_type, value, stem=stem, blobs=self.blobs),)
        return Output(name=port.name, type=port.type, files=files)

    def _keep_media(self, data_type: DataType[Any], value: Any, *, stem: str, recipe: Recipe) -> BlobReference:
        if isinstance(value, Stored):  # its bytes are the value: with a recipe in them it would be another one
            return keep_stored(value, self.blobs)
        ending = data_type.writes[0]
        return self.blobs.put(mark(data_type.encode(value, ending), recipe), stem + ending)
