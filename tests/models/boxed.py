"""Describe what is in the box anew: `python -m tests.models.boxed` writes the `spec.json` of each model and trainer."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import gesso
from gesso.app import App
from gesso.registry.manifest import read_manifest
from gesso.settings import load
from gesso.spec.model import ModelSpec

PACKAGE = Path(gesso.__file__).parent
BOX = PACKAGE / "models"
FOLDERS = {path.parent.name: path.parent for path in sorted(BOX.glob("*/model.py"))}
TRAINERS = {path.parent.name: path.parent for path in sorted(PACKAGE.glob("trainers/*/model.py"))}


async def described(folder: Path) -> ModelSpec:
    """Return the spec of a model in the box as its code says it now, read in a worker."""
    async with App(load(), report=lambda _: None) as app:
        return await app.runtime.describe(read_manifest(folder), lambda _: None)


def main() -> None:
    """Write every spec, or those of the names that are given."""
    for name, folder in (FOLDERS | TRAINERS).items():
        if name in (sys.argv[1:] or [name]):
            spec = asyncio.run(described(folder))
            (folder / "spec.json").write_text(spec.to_json(), encoding="utf-8")


if __name__ == "__main__":
    main()
