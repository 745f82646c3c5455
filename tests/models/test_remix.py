"""The model `remix`: that it makes something new of the same stuff, and can be watched, stopped and repeated."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from gesso import Image
from gesso.app import App
from gesso.models.remix.model import Remix, product
from gesso.settings import load
from gesso.spec.runnable import Event, Preview, Progress, Request, Result
from gesso.testing import Trial, run_model
from tests.models.boxed import BOX

EXAMPLE = BOX / "remix" / "example.webp"
SMALL: dict[str, Any] = {"width": 96, "height": 80}


def example() -> PIL.Image.Image:
    with PIL.Image.open(EXAMPLE) as picture:
        return picture.convert("RGB")


def remixed(image: object, *, seed: int = 1, **inputs: Any) -> NDArray[Any]:
    """The pixels of a remix made in this process."""
    made: Image = run_model(Remix, seed=seed, image=image, **{**SMALL, **inputs}).output
    return made.pixels


def shrunk(image: PIL.Image.Image) -> NDArray[Any]:
    """The picture as the model sees it: as large as fits into a small result."""
    scale = min(SMALL["width"] / image.width, SMALL["height"] / image.height)
    size = round(image.width * scale), round(image.height * scale)
    return np.asarray(image.convert("RGB").resize(size, PIL.Image.Resampling.BICUBIC))


# -- the same stuff ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variety", [0.3, 1.0])
def test_colours_are_those_of_the_picture_in_about_the_same_amounts(variety: float) -> None:
    wanted, made = shrunk(example()), remixed(example(), variety=variety)
    levels = np.linspace(0.02, 0.98, 25)
    for channel in range(3):
        difference = np.quantile(wanted[..., channel], levels) - np.quantile(made[..., channel], levels)
        assert np.abs(difference).mean() < 14


def test_it_is_as_sharp_as_the_picture() -> None:
    sharpness = [
        np.abs(np.diff(pixels.astype(int), axis=axis)).mean()
        for pixels in (shrunk(example()), remixed(example()))
        for axis in (0, 1)
    ]
    assert sharpness[2] > 0.75 * sharpness[0]
    assert sharpness[3] > 0.75 * sharpness[1]


def test_nothing_moves_without_variety() -> None:
    given = example().resize((96, 80))
    made = remixed(given, variety=0)
    assert np.abs(made.astype(int) - np.asarray(given.convert("RGB"))).mean() < 8


def test_things_move_the_further_the_more_variety_there_is() -> None:
    given = example().resize((96, 80))
    plain = np.asarray(given.convert("RGB")).astype(int)
    apart = [np.abs(remixed(given, variety=variety) - plain).mean() for variety in (0.0, 0.5, 1.0)]
    assert apart == sorted(apart)
    assert apart[2] > 2 * apart[0]


def test_every_seed_makes_another_picture() -> None:
    one, other = (remixed(example(), seed=seed, variety=1).astype(int) for seed in (1, 2))
    assert np.abs(one - other).mean() > 10


@pytest.mark.parametrize("name", ["gravel", "grass"])
def test_a_texture_is_no_plain_copy(shared_data: Path, name: str) -> None:
    """No square of a sixth of the result's side is found in the source just so, but for a few."""
    texture = PIL.Image.open(shared_data / "textures" / f"{name}.png").resize((160, 160))
    made = remixed(texture, variety=1, width=160, height=160).astype(np.float64)
    source = np.asarray(texture).astype(np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(source, (26, 26)).reshape(-1, 26 * 26)
    lengths = (windows**2).sum(1)
    copies = []
    for top in range(0, 134, 26):
        for left in range(0, 134, 26):
            square = made[top : top + 26, left : left + 26].ravel()
            nearest = (lengths - 2 * windows @ square).min() + (square**2).sum()
            copies.append(np.sqrt(max(nearest, 0) / square.size) < 4)
    assert np.mean(copies) < 0.25


def test_a_tile_goes_on_at_its_other_side() -> None:
    made = remixed(example(), variety=1, seamless=True).astype(int)
    inside = np.abs(np.diff(made, axis=1)).mean()
    across = np.abs(made[:, 0] - made[:, -1]).mean()
    down = np.abs(made[0] - made[-1]).mean()
    assert across < 1.5 * inside
    assert down < 1.6 * inside


# -- sizes and kinds of pictures ---------------------------------------------------------------------------------------


def test_a_panorama_can_be_made() -> None:
    assert remixed(example(), width=300, height=60).shape == (60, 300, 3)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (3000, 2), (2, 3000), (9, 40)])
@pytest.mark.parametrize("seamless", [False, True])
def test_a_picture_of_any_shape_is_taken(size: tuple[int, int], *, seamless: bool) -> None:
    made = remixed(PIL.Image.new("RGB", size, (40, 90, 160)), width=40, height=24, seamless=seamless)
    assert made.shape == (24, 40, 3)
    assert np.abs(made.astype(int) - (40, 90, 160)).max() <= 2


@pytest.mark.parametrize("pieces", ["large", "medium", "small"])
@pytest.mark.parametrize("seamless", [False, True])
def test_the_smallest_result_is_made(pieces: str, *, seamless: bool) -> None:
    assert remixed(example(), width=16, height=16, pieces=pieces, seamless=seamless).shape == (16, 16, 3)


def test_grey_stays_grey() -> None:
    grey = example().convert("L")
    plain = remixed(grey)
    deep = remixed(PIL.Image.fromarray(np.asarray(grey).astype(np.uint16) * 257))
    assert plain.shape == (80, 96)
    assert np.array_equal(plain, deep)


def test_alpha_is_remixed_too() -> None:
    dots = PIL.Image.new("RGBA", (96, 80), (9, 200, 60, 0))
    for x in range(4, 96, 16):
        for y in range(4, 80, 16):
            dots.paste((220, 40, 30, 255), (x, y, x + 8, y + 8))
    made = remixed(dots, variety=1)
    assert made.shape == (80, 96, 4)
    assert 0.1 < (made[..., 3] > 200).mean() < 0.6
    assert 0.3 < (made[..., 3] < 30).mean() < 0.9
    opaque = made[made[..., 3] > 250][:, :3].astype(int)
    assert np.abs(np.median(opaque, axis=0) - (220, 40, 30)).max() < 12  # no green of what could not be seen


# -- on the way --------------------------------------------------------------------------------------------------------


def news(trial: Trial) -> tuple[list[Progress], list[Image]]:
    told = [event for event in trial.events if isinstance(event, Progress)]
    return told, [event.value for event in trial.events if isinstance(event, Preview)]


def test_it_can_be_watched_as_it_sharpens() -> None:
    trial = run_model(Remix, seed=1, image=example(), **SMALL)
    told, shown = news(trial)
    fractions = [event.fraction for event in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert 0.9 < fractions[-1] <= 1
    assert told[-1].text == "96 x 80 pixels"
    assert len(shown) >= 10
    assert {image.pixels.shape for image in shown} == {(80, 96, 3)}
    last = trial.output.pixels.astype(int)
    apart = [np.abs(image.pixels - last).mean() for image in shown]
    assert apart[-1] < 0.5 * apart[0]


def test_the_same_seed_makes_the_same_picture() -> None:
    assert np.array_equal(remixed(example(), seed=7), remixed(example(), seed=7))


@pytest.mark.parametrize("shape", [(1, 5, 3), (64, 24, 200), (1000, 147, 24), (130, 24, 7)])
def test_a_product_in_blocks_is_a_product(shape: tuple[int, int, int]) -> None:
    random = np.random.default_rng(0)
    one, other = (random.random(size, dtype=np.float32) for size in (shape[:2], shape[1:]))
    assert np.allclose(product(one, other), one @ other, rtol=1e-5)


async def follow(app: App, *, seed: int, cancel_at: type[Event] | None = None, **inputs: Any) -> list[Event]:
    """The news of a run in a worker, up to the first of a kind, where it is canceled."""
    model = await app.open("remix")
    news = model.run(Request(inputs={"image": example(), **inputs}, seed=seed))
    heard = []
    async for event in news:
        heard.append(event)
        if cancel_at is not None and isinstance(event, cancel_at):
            break
    await news.aclose()
    return heard


async def test_a_worker_makes_the_same_picture_and_is_free_again_after_a_cancel(
    warm_home: Path, nothing_left: None
) -> None:
    async with App(load(), report=lambda _: None) as app:
        async with asyncio.timeout(30):
            heard = await follow(app, seed=7, cancel_at=Preview, width=512, height=512)
        assert isinstance(heard[-1], Preview)
        whole = await follow(app, seed=7, **SMALL)
        assert isinstance(whole[-1], Result)
        assert np.array_equal(whole[-1].outputs["output"].pixels, remixed(example(), seed=7))
        assert sum(isinstance(event, Preview) for event in whole) >= 3
