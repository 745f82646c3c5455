"""A model that was found: what it declares, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from gesso.registry.digest import folder_digest
from gesso.registry.manifest import Manifest

Origin: TypeAlias = Literal["box", "folder", "file", "added"]
"""Where a model comes from: Gesso's own box, a folder or a file that was named, or one that was added before."""


@dataclass(frozen=True)
class ModelSource:
    """A model and where it comes from. `reference` is what it was asked for by."""

    reference: str
    manifest: Manifest
    origin: Origin

    @property
    def name(self) -> str:
        """The model's name."""
        return self.manifest.name

    @property
    def path(self) -> Path:
        """The model's folder or single file, without symbolic links."""
        return self.manifest.path

    @property
    def is_outside(self) -> bool:
        """Whether the model did not come with Gesso, so that its code needs somebody's trust."""
        return self.origin != "box"

    @cached_property
    def digest(self) -> str:
        """The digest of the model's files when this was first asked for; see `folder_digest`."""
        return folder_digest(self.path)
