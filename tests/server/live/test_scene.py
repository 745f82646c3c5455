from __future__ import annotations

import io
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gesso.errors import InputError, NotFoundError
from gesso.server.live.scene import Scene
from gesso.server.schemas.live import LiveOpening
from gesso.spec.model import Command, Port
from gesso.types.image import Image
from gesso.types.mask import Mask
from tests.server.routers.test_files import png

PHOTO = Port(name="photo", type="image")
LAYER = Port(name="layer", type="image", is_required=False)
WORDS = Port(name="words", type="text")
DRAWING = Port(name="drawing", type="image")
MASK = Port(name="mask", type="mask")
TOLD = Port(name="told", type="text")
FILM = Port(name="film", type="video")
PIXELS = np.random.default_rng(0).integers(0, 255, (4, 6, 3), np.uint8)


def scene(inputs: tuple[Port, ...] = (PHOTO, WORDS), outputs: tuple[Port, ...] = (DRAWING, TOLD), **said: Any) -> Scene:
    return Scene.of(LiveOpening(**said), Command(name="run", inputs=inputs, outputs=outputs))


def test_the_only_picture_is_what_frames_are() -> None:
    assert scene().frame == PHOTO
    assert scene().others == (WORDS,)
    assert scene((LAYER, PHOTO)).frame == PHOTO
    assert scene((LAYER, PHOTO), frame="layer").others == (PHOTO,)
    assert scene((WORDS, LAYER)).frame == LAYER


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ((PHOTO, Port(name="other", type="image")), {}),
        ((WORDS,), {}),
        ((PHOTO, WORDS), {"frame": "words"}),
        ((PHOTO,), {"output": "told"}),
        ((PHOTO,), {"output": "mask", "format": "jpeg"}),
    ],
)
def test_what_cannot_be_is_said(inputs: tuple[Port, ...], said: Any) -> None:
    with pytest.raises(InputError):
        scene(inputs, (DRAWING, MASK, TOLD), **said)


@pytest.mark.parametrize("said", [{"frame": "camera"}, {"output": "camera"}])
def test_what_is_not_there_is_said(said: Any) -> None:
    with pytest.raises(NotFoundError):
        scene(**said)


def test_one_side_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="both width and height"):
        LiveOpening(width=5)


def test_the_first_picture_comes_back_and_the_plain_outputs_are_told() -> None:
    made = scene(outputs=(FILM, MASK, DRAWING, TOLD))
    assert (made.shown, made.format, made.told) == (MASK, "png", (TOLD,))
    assert scene(outputs=(MASK, DRAWING), output="drawing").format == "jpeg"
    assert scene(outputs=(TOLD,)).format is None
    assert scene(outputs=(TOLD,)).write({"told": "a"}) == ({"told": "a"}, None, b"")


def test_frames_are_files_or_plain_pixels() -> None:
    assert scene().read(png()).pixels.shape == (48, 64, 3)
    plain = scene(width=6, height=4)
    assert np.array_equal(plain.read(PIXELS.tobytes()).pixels, PIXELS)
    for wrong in (PIXELS.tobytes()[:-1], PIXELS.tobytes() + b"0", b""):
        with pytest.raises(InputError, match=r"photo: .*72 bytes"):
            plain.read(wrong)
    with pytest.raises(InputError, match="photo"):
        scene().read(b"no picture")


@pytest.mark.parametrize(("wanted", "kind"), [("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_pictures_come_back_as_it_was_asked(wanted: str, kind: str) -> None:
    told, picture, data = scene(format=wanted).write({"drawing": Image(PIXELS), "told": "a"})
    assert told == {"told": "a"}
    assert picture is not None
    assert (picture.width, picture.height, picture.channels, picture.output) == (6, 4, 3, "drawing")
    assert PIL.Image.open(io.BytesIO(data)).format == kind


def test_plain_pixels_come_back_as_they_are() -> None:
    _, picture, data = scene(format="raw").write({"drawing": Image(PIXELS), "told": "a"})
    assert data == PIXELS.tobytes()
    grey = np.arange(24, dtype=np.uint16).reshape(4, 6) * 1000
    _, picture, data = scene(format="raw").write({"drawing": Image(grey), "told": "a"})
    assert picture is not None
    assert (picture.channels, len(data)) == (1, 24)
    mask = Mask(np.full((4, 6), 255, np.uint8))
    assert scene(outputs=(MASK,), format="raw").write({"mask": mask})[2] == b"\xff" * 24
