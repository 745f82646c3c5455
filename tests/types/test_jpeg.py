from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import numpy as np
import PIL.Image
import pytest
from PIL import ImageCms

from gesso.errors import InputError
from gesso.types import jpeg, picture
from gesso.types.image import ImageType

WAVES = np.add.outer(np.arange(75), np.arange(101))
PHOTO = np.stack([WAVES % 251, 255 - WAVES, (WAVES * 3) % 256], axis=-1).astype(np.uint8)


def coded(mode: str = "RGB", **options: Any) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(PHOTO).convert(mode).save(file, "JPEG", **options)
    return file.getvalue()


def refuse(given: str, hint: str = "") -> InputError:
    return InputError("a picture", given, hint=hint)


def as_pil_reads(data: bytes) -> Any:
    return picture.to_pixels(picture.open_picture(data, refuse), refuse)


def exif(orientation: int) -> PIL.Image.Exif:
    made = PIL.Image.Exif()
    made[0x0112] = orientation
    return made


PLAIN: dict[str, bytes] = {
    **{f"sampled {sampling}": coded(subsampling=sampling) for sampling in (0, 1, 2)},
    **{f"quality {quality}": coded(quality=quality) for quality in (1, 50, 100)},
    "progressive": coded(progressive=True),
    "with restarts": coded(restart_marker_blocks=2),
    "grey": coded("L"),
    "with a comment": coded(comment=b"a fox"),
    "RGB without conversion": coded(keep_rgb=True),
    "upright by EXIF": coded(exif=exif(1)),
    "broken EXIF": coded(exif=b"Exif\0\0nonsense"),
}
UNUSUAL: dict[str, bytes] = {
    "turned by EXIF": coded(exif=exif(6)),
    "CMYK": coded("CMYK"),
    "with a profile": coded(icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()),
    "cut by a few bytes": coded()[:-2],
    "with more behind it": coded() + b"and more",
}


@pytest.mark.parametrize("name", [*PLAIN, *UNUSUAL])
def test_the_pixels_are_those_that_pil_gives(name: str) -> None:
    data = (PLAIN | UNUSUAL)[name]
    assert np.array_equal(ImageType().coerce(data).pixels, as_pil_reads(data))


@pytest.mark.parametrize("name", PLAIN)
def test_plain_files_need_no_pil(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "load", None)
    assert ImageType().coerce(PLAIN[name]).pixels.shape[:2] == PHOTO.shape[:2]


@pytest.mark.parametrize("name", [name for name in UNUSUAL if name != "with more behind it"])
def test_unusual_files_are_pils(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "load", None)
    with pytest.raises(TypeError):
        ImageType().coerce(UNUSUAL[name])


def test_limits_hold_before_anything_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg, "decode", None)
    with pytest.raises(InputError, match="pixels"):
        ImageType(max_pixels=100).coerce(coded())
    with pytest.raises(InputError, match="broken or cut short"):
        ImageType().coerce(coded()[:300])


@pytest.mark.parametrize("part", [0.1, 0.5, 0.7, 0.95])
def test_what_is_cut_short_is_refused(part: float) -> None:
    data = coded()
    with pytest.raises(InputError, match="broken or cut short"):
        ImageType().coerce(data[: int(len(data) * part)])


@pytest.mark.parametrize("quality", [30, 80, 90, 95, 100])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_what_is_written_quickly_is_as_near_as_what_pil_writes(quality: int, mode: str) -> None:
    pixels = np.asarray(PIL.Image.fromarray(PHOTO).convert(mode))
    seen = pixels[:, :, :3] if mode == "RGBA" else pixels
    off = []
    for is_quick in (True, False):
        data = picture.encode(pixels, ".jpg", is_quick=is_quick, quality=quality)
        read = as_pil_reads(data)
        assert read.shape == seen.shape
        off.append(np.abs(read.astype(int) - seen).mean())
    assert off[0] <= off[1] * 1.1 + 0.1


def test_rows_with_gaps_are_written_too() -> None:
    data = picture.encode(PHOTO[::2, ::-1], ".jpg", is_quick=True, quality=100)
    assert np.abs(as_pil_reads(data).astype(int) - PHOTO[::2, ::-1]).mean() < 3


def test_a_side_that_is_too_long_is_refused_as_always() -> None:
    with pytest.raises(InputError, match="can be written as JPEG"):
        picture.encode(np.zeros((1, 70_000, 3), np.uint8), ".jpg", is_quick=True)


def test_without_the_library_pil_does_it() -> None:
    code = (
        "import sys; sys.modules['simplejpeg'] = None\n"
        "from gesso.types import jpeg, picture; from gesso.types.image import ImageType\n"
        "data = picture.encode(ImageType().sample().pixels, '.jpg', is_quick=True, quality=90)\n"
        "assert not jpeg.IS_THERE; assert ImageType().coerce(data).pixels.shape == (32, 48, 3)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
