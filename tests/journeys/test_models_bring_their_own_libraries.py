"""Each model has the libraries it asked for: clashing ones side by side, and what cannot be had is explained."""

from __future__ import annotations

import importlib.metadata

import numpy as np
import pytest

from gesso.errors import InstallError
from tests.journeys.conftest import Studio, run

VERSION = """
class Version(Model):
    def run(self, photo: Image) -> str:
        return np.__version__ + " " + sys.prefix
"""


@pytest.mark.timeout(600)
async def test_two_models_with_clashing_dependencies_side_by_side(studio: Studio) -> None:
    old = await studio.open(VERSION, name="old", manifest='dependencies = ["numpy<2"]')
    new = await studio.open(VERSION, name="new", manifest='dependencies = ["numpy>=2"]')
    photo = [[0, 255], [255, 0]]
    answers = []
    for model in (old, new, old):
        result, _ = await run(model, photo=np.array(photo, np.uint8))
        answers.append(result.outputs["output"].split())
    assert answers[0][0].startswith("1.")
    assert answers[1][0] == importlib.metadata.version("numpy")
    assert answers[2] == answers[0]
    assert answers[0][1] != answers[1][1]


@pytest.mark.timeout(600)
async def test_models_with_the_same_declaration_share_an_environment(studio: Studio) -> None:
    prefixes = set()
    for name in ("one", "another"):
        model = await studio.open(VERSION, name=name, manifest='dependencies = ["numpy<2"]')
        result, _ = await run(model, photo=np.zeros((2, 2), np.uint8))
        prefixes.add(result.outputs["output"].split()[1])
    assert len(prefixes) == 1


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ('dependencies = ["numpy==99.0"]', ["numpy"]),
        ('dependencies = ["numpy<2", "numpy>=2"]', ["numpy"]),
        ('requires-python = ">=3.99"', ["3.99", "Python"]),
    ],
)
@pytest.mark.timeout(600)
async def test_what_cannot_be_installed_is_explained(manifest: str, words: list[str], studio: Studio) -> None:
    with pytest.raises(InstallError) as caught:
        await studio.open(VERSION, name="impossible", manifest=manifest)
    told = f"{caught.value.message} {caught.value.hint} {caught.value.detail}"
    assert all(word in told for word in words), told
    assert caught.value.hint
