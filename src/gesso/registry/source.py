"""A model that was found: what it declares, and where it comes from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from gesso.registry.digest import folder_digest
from gesso.registry.manifest import Manifest

Origin: TypeAlias = Literal["box", "folder", "file", "git", "added"]
"""Where a model comes from: Gesso's own box, a folder, a file or a repository that was named, or one added before."""


@dataclass(frozen=True)
class ModelSource:
    """A model and where it comes from. `reference` is what it was asked for by.

    `address` is where it was fetched from, with its commit; "" if it was not fetched. `server` is the address at which
    it serves itself, if it is not run here: then there are no files of it, and its manifest says next to nothing.
    """

    reference: str
    manifest: Manifest
    origin: Origin
    address: str = ""
    server: str = ""

    @property
    def name(self) -> str:
        """The model's name."""
        return self.manifest.name

    @property
    def path(self) -> Path:
        """The model's folder or single file, without symbolic links."""
        return self.manifest.path

    @property
    def place(self) -> str:
        """Where the model comes from, for people: its address, or its folder or file."""
        return self.address or str(self.path)

    @property
    def is_outside(self) -> bool:
        """Whether code that did not come with Gesso would run here, so that it needs somebody's trust."""
        return self.origin != "box" and not self.server

    @cached_property
    def digest(self) -> str:
        """The digest of the model's files when first asked for (`folder_digest`), or of its server's address."""
        return hashlib.sha256(self.server.encode()).hexdigest() if self.server else folder_digest(self.path)
