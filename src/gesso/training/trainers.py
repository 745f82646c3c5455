"""`Trainers`: what makes models of datasets. A trainer is a model, in the box: a folder with its spec beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gesso.errors import NotFoundError
from gesso.registry.manifest import read_manifest
from gesso.registry.source import ModelSource
from gesso.spec.model import ModelSpec, Port

BOX: Final = Path(__file__).parent.parent / "trainers"
"""The folder of the trainers that come with Gesso."""
OWN_INPUTS: Final = frozenset({"dataset", "base", "from_checkpoint", "name"})
"""The inputs of a trainer that are said by themselves; all others are its options."""
REFERENCE: Final = "trainer:"
"""How a job names a trainer."""


class Trainers:
    """The trainers in a folder, those of the box if none is named."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or BOX

    def names(self) -> list[str]:
        """Return their names."""
        return sorted(path.parent.name for path in self._folder.glob("*/spec.json"))

    def find(self, name: str) -> ModelSource:
        """Return a trainer, or raise `NotFoundError`."""
        if name not in self.names():
            there = f"There are: {', '.join(self.names()) or 'none'}."
            raise NotFoundError(f"There is no trainer {name[:80]!r}.", hint=there)
        return ModelSource(name, read_manifest(self._folder / name), "box")

    def spec(self, name: str) -> ModelSpec:
        """Return the spec of a trainer, or raise `NotFoundError`."""
        return ModelSpec.from_json((self.find(name).path / "spec.json").read_bytes())

    def options(self, name: str) -> tuple[Port, ...]:
        """Return what a person may choose of a trainer."""
        return tuple(port for port in self.spec(name).command("run").inputs if port.name not in OWN_INPUTS)


def read_reference(reference: str) -> str | None:
    """Return the trainer that a job names, None if it names something else."""
    return reference.removeprefix(REFERENCE) if reference.startswith(REFERENCE) else None
