"""Every model in the box, and every trainer, commits the spec that its code declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.spec.model import ModelSpec
from tests.models.boxed import FOLDERS, TRAINERS, described


@pytest.mark.timeout(600)
@pytest.mark.parametrize("folder", [*FOLDERS.values(), *TRAINERS.values()], ids=lambda folder: folder.name)
async def test_the_committed_spec_is_the_declared_one(folder: Path, warm_home: Path) -> None:
    committed = (folder / "spec.json").read_text(encoding="utf-8")
    assert committed == (await described(folder)).to_json(), "write it anew: python -m tests.models.boxed"
    assert ModelSpec.from_json(committed).card.licence
