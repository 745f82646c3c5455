from __future__ import annotations

import io
from typing import Any

import numpy as np
import PIL.Image
import pytest
from PIL import ImageCms
from PIL.Image import Transpose

from gesso.errors import InputError
from gesso.types import picture
from gesso.types.image import Image, ImageType
from tests.types.hostile import bombs

CORNERS = np.zeros((2, 3, 3), np.uint8)  # red, green and blue in three corners: it shows how it is turned
CORNERS[0, 0], CORNERS[0, 2], CORNERS[1, 0] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
STORED = {  # how a camera stores what is upright, for each value of the tag Orientation
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}
GREY = PIL.Image.linear_gradient("L").resize((16, 16))


def saved(source: PIL.Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    source.save(file, form, **options)
    return file.getvalue()


def opened(source: PIL.Image.Image, form: str, **options: Any) -> Image:
    return ImageType().coerce(saved(source, form, **options))


def lab() -> PIL.Image.Image:
    from_profile, to_profile = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    made = ImageCms.profileToProfile(GREY.convert("RGB"), from_profile, to_profile, outputMode="LAB")
    assert made is not None
    return made


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP", "MPO"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_stands_upright(form: str, orientation: int) -> None:
    turn = STORED[orientation]
    upright = PIL.Image.fromarray(CORNERS).resize((48, 32), PIL.Image.Resampling.NEAREST)
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    image = opened(upright if turn is None else upright.transpose(turn), form, exif=exif, quality=95)
    middles = image.pixels[8::16, 8::16].astype(int)
    assert np.abs(middles - CORNERS).max() < 60


def test_a_pil_picture_of_a_model_is_turned_but_not_changed() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    source = PIL.Image.open(io.BytesIO(saved(PIL.Image.new("RGB", (3, 2)), "JPEG", exif=exif)))
    assert Image.from_pil(source).width == 2
    assert source.width == 3


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # outside of tests, `picture` itself ignores it
def test_broken_exif_does_not_spoil_a_picture() -> None:
    assert opened(PIL.Image.new("RGB", (3, 2)), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff").width == 3


@pytest.mark.parametrize(
    ("source", "channels"),
    [
        pytest.param(GREY.convert("1"), 1, id="1"),
        pytest.param(GREY.convert("LA"), 4, id="LA"),
        pytest.param(GREY.convert("P"), 3, id="P"),
        pytest.param(GREY.convert("RGBA"), 4, id="RGBA"),
        pytest.param(GREY.convert("CMYK"), 3, id="CMYK"),
        pytest.param(GREY.convert("YCbCr"), 3, id="YCbCr"),
        pytest.param(GREY.convert("HSV"), 3, id="HSV"),
        pytest.param(lab(), 3, id="LAB"),
        pytest.param(PIL.Image.fromarray(np.asarray(GREY) / np.float32(255)), 1, id="F"),
        pytest.param(PIL.Image.fromarray(np.asarray(GREY).astype(np.uint16) * np.uint16(257)), 1, id="I;16"),
        pytest.param(PIL.Image.fromarray(np.asarray(GREY).astype(np.int32) * 257), 1, id="I"),
    ],
)
def test_pil_pictures_of_all_modes_are_taken(source: PIL.Image.Image, channels: int) -> None:
    image = Image.from_pil(source)
    assert image.channels == channels
    assert abs(int(image.grey[0, 0]) - 8) < 10
    assert abs(int(image.grey[-1, -1]) - 247) < 10


@pytest.mark.parametrize("order", ["I;16", "I;16B"])
@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_are_kept_in_either_order(order: str, form: str) -> None:
    values = np.arange(256, dtype="<u2" if order == "I;16" else ">u2").reshape(16, 16) * 257
    source = PIL.Image.frombuffer(order, (16, 16), values.tobytes(), "raw", order, 0, 1)
    if form == "PNG" and order == "I;16B":  # PNG has one order only
        return
    assert np.array_equal(opened(source, form).pixels, values)


def test_transparency_of_all_kinds_becomes_alpha() -> None:
    colours = PIL.Image.fromarray(CORNERS)
    assert opened(colours, "PNG", transparency=(255, 0, 0)).pixels[0, :2, 3].tolist() == [0, 255]
    assert opened(colours.quantize(4), "PNG", transparency=bytes([10, 20, 30, 40])).channels == 4
    assert opened(colours.quantize(4), "GIF", transparency=0).channels == 4
    assert opened(GREY, "PNG", transparency=0).channels == 4


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_a_moving_picture_the_first_frame_is_taken(form: str) -> None:
    first, *others = (PIL.Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue"))
    image = opened(first, form, save_all=True, append_images=others)
    assert image.rgb[0, 0, 0] > 250
    assert image.rgb[0, 0, 1] < 5


def swapped_profile() -> bytes:
    """A colour profile in which red is green and green is red."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace(b"rXYZ", b"wait").replace(b"gXYZ", b"rXYZ").replace(b"wait", b"gXYZ")
    return profile.replace("sRGB".encode("utf-16-be"), "xRGB".encode("utf-16-be"))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_colours_are_converted_from_the_profile_of_the_file(form: str) -> None:
    red = PIL.Image.new("RGB", (8, 8), "red")
    assert opened(red, form, icc_profile=swapped_profile()).rgb[0, 0, 1] > 250


def test_a_profile_leaves_alpha_and_sixteen_bits_alone() -> None:
    red = PIL.Image.new("RGBA", (8, 8), (255, 0, 0, 100))
    assert opened(red, "PNG", icc_profile=swapped_profile()).pixels[0, 0].tolist() == [0, 255, 0, 100]
    deep = PIL.Image.fromarray(np.full((2, 2), 300, np.uint16))
    assert opened(deep, "PNG", icc_profile=swapped_profile()).pixels[0, 0] == 300


@pytest.mark.parametrize("profile", [b"junk", swapped_profile()[:300]])
def test_a_broken_profile_is_passed_over(profile: bytes) -> None:
    assert opened(PIL.Image.new("RGB", (8, 8), "red"), "PNG", icc_profile=profile).pixels[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("name", [name for name in bombs() if "text" in name or "profile" in name])
def test_a_bomb_in_the_metadata_is_told(name: str) -> None:
    with pytest.raises(InputError, match="more text hidden in it than is safe"):
        ImageType().coerce(bombs()[name])


def test_the_size_is_read_from_the_header_alone() -> None:
    with pytest.raises(InputError, match=r"one of 3\.6 thousand megapixels"):
        ImageType().coerce(bombs()["a PNG that claims 60000 x 60000"])


def test_only_safe_formats_are_opened() -> None:
    with pytest.raises(InputError, match="text file"):
        opened(PIL.Image.new("RGB", (8, 8)), "EPS")
    with pytest.raises(InputError):
        opened(PIL.Image.new("RGB", (8, 8)), "PPM")


def test_a_side_that_is_too_long_for_a_format_is_told() -> None:
    with pytest.raises(InputError, match=r"\.png"):
        picture.encode(np.zeros((1, 70_000), np.uint8), ".jpg")


@pytest.mark.parametrize("ending", picture.WRITES)
def test_what_a_format_cannot_keep_is_brought_down(ending: str) -> None:
    clear = np.full((16, 16, 4), (255, 0, 0, 0), np.uint8)
    again = ImageType().coerce(picture.encode(clear, ending))
    assert again.rgb.min() > 250  # white, whether alpha was kept or laid over white
    deep = ImageType().coerce(picture.encode(np.full((16, 16), 32_896, np.uint16), ending))
    assert abs(int(deep.grey[0, 0]) - 128) <= 2
    assert deep.pixels.dtype == (np.uint16 if ending in (".png", ".tif", ".tiff") else np.uint8)


def test_a_video_is_no_picture_but_has_some() -> None:
    with pytest.raises(InputError, match="Take one frame of it"):
        picture.open_picture(b"\x00\x00\x00\x18ftypisom" + bytes(100), ImageType().refuse)
