"""The model `cutout`: whom it keeps, how fine the edges are, and what it does with pictures of any kind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from gesso.app import App
from gesso.registry.manifest import read_manifest
from gesso.settings import load
from gesso.spec.runnable import Request, Result
from tests.models.boxed import BOX

pytestmark = pytest.mark.timeout(600)  # whoever comes first makes the model's environment

Pixels = NDArray[Any]


class Run(Protocol):
    """Runs the model on a picture; returns the pixels of the cutout and of the mask."""

    def __call__(self, image: Path | PIL.Image.Image, **inputs: object) -> tuple[Pixels, Pixels]: ...


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        app = App(load(), report=lambda _: None)
        model = runner.run(app.open("cutout"))

        async def result(request: Request) -> Result:
            events = [event async for event in model.run(request)]
            assert isinstance(events[-1], Result)
            return events[-1]

        def run(image: Path | PIL.Image.Image, **inputs: object) -> tuple[Pixels, Pixels]:
            outputs = runner.run(result(Request(inputs={"image": image, **inputs}))).outputs
            return outputs["cutout"].pixels, outputs["mask"].pixels

        yield run
        runner.run(app.runtime.close())


@pytest.fixture
def astronaut(shared_data: Path) -> PIL.Image.Image:
    return PIL.Image.open(shared_data / "photos" / "astronaut.png").convert("RGB")


def test_it_shares_the_environment_of_pose() -> None:
    assert read_manifest(BOX / "cutout").requirements == read_manifest(BOX / "pose").requirements


# -- whom it keeps -----------------------------------------------------------------------------------------------------


def test_a_face_is_kept_and_what_is_behind_it_is_not(run: Run, astronaut: PIL.Image.Image) -> None:
    cutout, mask = run(astronaut)
    assert cutout.shape == (512, 512, 4)
    assert np.array_equal(cutout[..., 3], mask)
    assert mask[60:160, 190:250].min() > 250
    assert mask[:200, 350:].max() < 10
    assert mask[:150, :100].max() < 10


def test_the_skier_stays_in_the_snow(run: Run, shared_data: Path) -> None:
    _, mask = run(shared_data / "people" / "skier.jpg")
    assert 0.06 < mask.mean() / 255 < 0.12
    assert mask[150:190, 390:430].min() > 200
    assert not mask[:, :200].any()


def test_everyone_or_the_most_prominent(run: Run, shared_data: Path) -> None:
    photo = shared_data / "people" / "skiers.jpg"
    _, all_of_them = run(photo)
    _, one = run(photo, subject="most prominent")
    batter, catcher = np.s_[110:160, 300:335], np.s_[280:320, 560:590]
    assert all_of_them[batter].mean() > 200
    assert all_of_them[catcher].mean() > 200
    assert one[batter].mean() > 200
    assert one[catcher].mean() < 5


@pytest.mark.parametrize("picture", ["photos/chelsea.png", "photos/coffee.png", "paintings/wave.jpg"])
@pytest.mark.parametrize(("background", "shape"), [("transparent", 4), ("white", 3)])
def test_without_a_person_all_is_empty(
    run: Run, shared_data: Path, *, picture: str, background: str, shape: int
) -> None:
    cutout, mask = run(shared_data / picture, background=background)
    assert not mask.any()
    assert cutout.shape[2] == shape
    assert len(np.unique(cutout)) == 1


# -- edges -------------------------------------------------------------------------------------------------------------


def test_fur_has_the_alpha_that_somebody_measured(run: Run, shared_data: Path) -> None:
    folder = shared_data / "matte"
    truth = np.asarray(PIL.Image.open(folder / "lemur_alpha.png").convert("L")).astype(int)
    _, fine = run(folder / "lemur.png", subject="anything")
    _, crisp = run(folder / "lemur.png", subject="anything", edges="crisp")
    assert np.abs(fine - truth).mean() / 255 < 0.006  # the net alone: 0.0068
    assert np.abs(crisp - truth).mean() / 255 < 0.010
    partly = [((mask > 12) & (mask < 243)).mean() for mask in (fine, crisp)]
    assert partly[1] < 0.6 * partly[0]


def test_no_background_hangs_in_the_edges(run: Run, astronaut: PIL.Image.Image) -> None:
    """The same person before green and before blue has nearly the same colours."""
    person, mask = run(astronaut)
    cutouts = []
    for colour in ((0, 220, 40), (30, 40, 230)):
        scene = PIL.Image.new("RGBA", (512, 512), (*colour, 255))
        scene.alpha_composite(PIL.Image.fromarray(person))
        cutouts.append(run(scene.convert("RGB"))[0].astype(int))
    head = np.s_[:160, 120:320]
    both = np.minimum(cutouts[0][head][..., 3], cutouts[1][head][..., 3])
    soft = (both > 60) & (both < 230) & (mask[head] < 250)
    assert soft.sum() > 100
    difference = np.abs(cutouts[0] - cutouts[1])[head][soft][:, :3].mean()
    assert difference < 45  # of colours that differ by 130 on average


def test_a_colour_stands_behind(run: Run, astronaut: PIL.Image.Image) -> None:
    layer, mask = run(astronaut)
    for background, colour in (("white", (255, 255, 255)), ("black", (0, 0, 0)), ("green", (0, 177, 64))):
        laid, mask_too = run(astronaut, background=background)
        assert np.array_equal(mask, mask_too)
        alpha = layer[..., 3:] / 255
        assert np.abs(laid - (layer[..., :3] * alpha + np.array(colour) * (1 - alpha))).max() <= 2


def test_what_is_surely_person_keeps_its_pixels(run: Run, astronaut: PIL.Image.Image) -> None:
    cutout, mask = run(astronaut)
    differences = np.abs(cutout[..., :3].astype(int) - np.asarray(astronaut))[mask == 255]
    assert np.quantile(differences, 0.99) <= 1


def test_a_large_photo_has_the_edges_of_a_small_one(run: Run, astronaut: PIL.Image.Image) -> None:
    _, small = run(astronaut)
    cutout, large = run(astronaut.resize((3000, 3000)))
    assert cutout.shape == (3000, 3000, 4)
    reduced = np.asarray(PIL.Image.fromarray(large).resize((512, 512), PIL.Image.Resampling.BOX))
    assert np.abs(reduced.astype(int) - small).mean() < 4


# -- pictures of any kind ----------------------------------------------------------------------------------------------


def test_the_same_photo_gives_the_same_values(run: Run, astronaut: PIL.Image.Image, shared_data: Path) -> None:
    first, _ = run(astronaut)
    run(shared_data / "people" / "skier.jpg")
    again, _ = run(astronaut)
    assert np.array_equal(first, again)


def test_grey_of_16_bits_is_as_good_as_grey_of_8(run: Run, astronaut: PIL.Image.Image) -> None:
    grey = astronaut.convert("L")
    plain, mask = run(grey)
    deep, _ = run(PIL.Image.fromarray(np.asarray(grey).astype(np.uint16) * 257))
    assert np.array_equal(plain, deep)
    assert mask[60:160, 190:250].min() > 200


def test_what_was_transparent_stays_so(run: Run, astronaut: PIL.Image.Image) -> None:
    veiled = astronaut.copy()
    veiled.putalpha(PIL.Image.linear_gradient("L").resize(astronaut.size))
    cutout, mask = run(veiled)
    assert (mask <= np.asarray(veiled)[..., 3]).all()
    assert np.array_equal(cutout[..., 3], mask)
    assert mask[300:, 150:200].mean() > 100


@pytest.mark.parametrize("subject", ["everyone", "anything"])
@pytest.mark.parametrize("size", [(1, 1), (2, 3000), (3000, 2), (7, 5)])
def test_a_picture_of_any_shape_is_taken(run: Run, size: tuple[int, int], subject: str) -> None:
    cutout, mask = run(PIL.Image.new("RGB", size, (210, 150, 120)), subject=subject)
    assert cutout.shape == (size[1], size[0], 4)
    assert mask.shape == (size[1], size[0])
