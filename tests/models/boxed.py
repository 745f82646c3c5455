"""Describe the models in the box anew: `python -m tests.models.boxed` writes each one's `spec.json`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import gesso
from gesso.app import App
from gesso.settings import load
from gesso.spec.model import ModelSpec

BOX = Path(gesso.__file__).parent / "models"
NAMES = sorted(path.parent.name for path in BOX.glob("*/model.py"))


async def described(name: str) -> ModelSpec:
    """Return the spec of a model in the box as its code says it now, read in a worker."""
    async with App(load(), report=lambda _: None) as app:
        return await app.runtime.describe(app.registry.find(name).manifest, lambda _: None)


def main() -> None:
    """Write every spec."""
    for name in NAMES:
        spec = asyncio.run(described(name))
        (BOX / name / "spec.json").write_text(spec.to_json(), encoding="utf-8")


if __name__ == "__main__":
    main()
