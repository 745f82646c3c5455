"""A request is checked before it waits; what takes long to read does not hold up the event loop."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from gesso.errors import InputError, NotFoundError
from gesso.runtime.host.order import check_seed, take_order
from gesso.spec.model import Command, ModelSpec, Port
from gesso.spec.runnable import MAX_SEED, Request
from gesso.types.image import Image, ImageType

SPEC = ModelSpec(name="story", commands=(Command(name="run", inputs=(Port(name="photo", type="image"),)),))


async def test_what_is_wrong_is_said_before_anything_waits() -> None:
    with pytest.raises(InputError, match="photo"):
        await take_order(SPEC, Request(inputs={"photo": 5}))
    with pytest.raises(NotFoundError):
        await take_order(SPEC, Request(inputs={}, command="fly"))
    with pytest.raises(InputError, match="seed"):
        await take_order(SPEC, Request(inputs={"photo": np.zeros((2, 2), np.uint8)}, seed=-1))


@pytest.mark.parametrize(("photo", "is_quick"), [("coded", False), ("array", True), ("picture", True)])
async def test_only_what_takes_long_is_read_in_a_thread(
    photo: str, is_quick: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    given = {"coded": ImageType().encode(Image(pixels), ".png"), "array": pixels, "picture": Image(pixels)}[photo]
    threads = []
    true = Command.coerce

    def coerce(self: Command, inputs: Any) -> dict[str, Any]:
        threads.append(threading.current_thread() is threading.main_thread())
        return true(self, inputs)

    monkeypatch.setattr(Command, "coerce", coerce)
    taken = await take_order(SPEC, Request(inputs={"photo": given}))
    assert taken.values["photo"].pixels.shape == (2, 3, 3)
    assert threads == [is_quick]


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1, 1.5, True, "7"])
def test_a_seed_out_of_range_is_refused(seed: Any) -> None:
    with pytest.raises(InputError, match="seed"):
        check_seed(seed)


def test_a_seed_is_drawn_where_none_is_given() -> None:
    assert check_seed(7) == 7
    assert 0 <= check_seed(None) <= MAX_SEED


async def test_whether_the_seed_was_named_is_remembered() -> None:
    photo = {"photo": np.zeros((2, 2), np.uint8)}
    assert (await take_order(SPEC, Request(inputs=photo, seed=0))).is_seed_given
    assert not (await take_order(SPEC, Request(inputs=photo))).is_seed_given
