"""Every model in the box commits the spec that its code declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.spec.model import ModelSpec
from tests.models.boxed import BOX, NAMES, described


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
async def test_the_committed_spec_is_the_declared_one(name: str, warm_home: Path) -> None:
    committed = (BOX / name / "spec.json").read_text(encoding="utf-8")
    assert committed == (await described(name)).to_json(), "write it anew: python -m tests.models.boxed"
    assert ModelSpec.from_json(committed).card.licence
