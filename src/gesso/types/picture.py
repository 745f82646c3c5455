"""The door to PIL: opens picture files that came from anywhere, safely, and writes them."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import warnings
import zlib
from typing import Any, Final

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageCms, ImageOps

from gesso.errors import InputError
from gesso.types import jpeg
from gesso.types.base import Buffer
from gesso.types.given import describe_bytes
from gesso.types.source import Refuse

for _plugin in ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Tiff", "WebP", "Avif"):
    with contextlib.suppress(ImportError):  # AVIF is there from Pillow 11.3
        importlib.import_module(f"PIL.{_plugin}ImagePlugin")

MOST_PIXELS: Final = 178_956_970
"""The most that PIL itself opens: twice its `MAX_IMAGE_PIXELS`."""

# Only these are tried, whatever else PIL knows: a PostScript file, for one, would start another program.
_OPENED: Final = tuple(
    name for name in ("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "TIFF", "AVIF") if name in PIL.Image.OPEN
)
_SAVED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    ".png": ("PNG", {"compress_level": 4}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"quality": 90}),
    ".tif": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    ".tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    ".bmp": ("BMP", {}),
    ".avif": ("AVIF", {"quality": 85}),
}
_WITHOUT_ALPHA: Final = ("JPEG", "BMP")
_HAS_AVIF: Final = "AVIF" in PIL.Image.OPEN and "AVIF" in PIL.Image.SAVE  # a question of Pillow's version

WRITES: Final = tuple(ending for ending, (name, _) in _SAVED.items() if name != "AVIF" or _HAS_AVIF)
"""File name endings of pictures that can be written."""
READS: Final = (*WRITES, ".jfif", ".gif", ".mpo")
"""File name endings of pictures that can be read."""
OPAQUE: Final = tuple(ending for ending, (name, _) in _SAVED.items() if name in _WITHOUT_ALPHA)
"""File name endings of pictures in which nothing can be transparent: what was, becomes white."""
FORMATS: Final = f"PNG, JPEG, WebP, GIF, BMP{', TIFF or AVIF' if _HAS_AVIF else ' or TIFF'}"
"""The formats that can be read, in words."""

# For the wire, where waiting costs more than bytes: a 1080p photo in 0.10 s; zlib's default takes 0.48 s for 1 % less,
# its level 1 takes 0.16 s and is no smaller, and Huffman coding alone is as quick but blows flat drawings up.
_QUICK_PNG: Final = {"compress_level": 1, "compress_type": zlib.Z_RLE}
_METADATA_BOMB: Final = re.compile("decompressed data too large|text chunks", re.IGNORECASE)  # PIL's words
_READABLE: Final = ("a PNG", "a JPEG", "a GIF", "a WebP", "a BMP", "a TIFF", *(("an AVIF",) if _HAS_AVIF else ()))
_SIXTEEN_BIT: Final = ("PNG", "TIFF")
_SRGB_NAMES: Final = ("sRGB", "sRGB built-in", "sRGB IEC61966-2.1")  # converting from these changes nothing

# We check sizes ourselves, and what PIL finds odd in a file that it can read is no news for an artist. These filters
# hold for all, because `catch_warnings` is not safe in threads.
warnings.filterwarnings("ignore", category=PIL.Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\..*ImagePlugin")


def open_picture(data: Buffer, refuse: Refuse, *, max_pixels: int = MOST_PIXELS) -> PIL.Image.Image:
    """Decode the first frame of a picture file, upright.

    Its size is checked from its header, before any pixel is decoded. What is no picture, is broken, cut short or too
    large raises `InputError`.
    """
    return load(_open_header(data, refuse, max_pixels=max_pixels), refuse, data=data)


def read_pixels(data: Buffer, refuse: Refuse, *, max_pixels: int = MOST_PIXELS) -> NDArray[Any]:
    """Return the pixels of a picture file: those that `to_pixels` makes of `open_picture`, sooner if it is plain JPEG.

    Raises what these two raise.
    """
    source = _open_header(data, refuse, max_pixels=max_pixels)
    if source.format == "JPEG" and _needs_nothing_more(source):
        pixels = jpeg.decode(data, source.mode)
        if pixels is not None and pixels.shape[:2] == (source.height, source.width):
            return pixels
    return to_pixels(load(source, refuse, data=data), refuse)


def _needs_nothing_more(source: PIL.Image.Image) -> bool:
    """Say whether decoding is all that a picture needs: it is upright, and its colours are sRGB."""
    if "icc_profile" in source.info:
        return False
    try:
        return not {"exif", "xmp"} & set(source.info) or source.getexif().get(0x0112, 1) == 1
    except Exception:  # noqa: BLE001 - `load` knows what to do with broken EXIF
        return False


def _open_header(data: Buffer, refuse: Refuse, *, max_pixels: int) -> PIL.Image.Image:
    """Read what a picture file says of itself, and check how large that is."""
    try:
        source = PIL.Image.open(io.BytesIO(data), formats=_OPENED)
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        counted = re.search(r"\d+", str(error))
        raise _too_large(refuse, int(counted[0]) if counted else MOST_PIXELS, max_pixels=max_pixels) from error
    except Exception as error:  # decoders raise a dozen kinds of error on broken files
        raise _broken(data, error, refuse=refuse) from error
    if source.width * source.height > max_pixels:
        raise _too_large(refuse, source.width * source.height, max_pixels=max_pixels)
    return source


def load(source: PIL.Image.Image, refuse: Refuse, *, data: Buffer | None = None) -> PIL.Image.Image:
    """Decode a picture that is open and turn it upright; a broken one raises `InputError`.

    `data` is the file it comes from, for the message.
    """
    try:
        source.load()
    except Exception as error:  # as above
        raise _broken(data, error, refuse=refuse) from error
    try:
        # The tag Orientation: a phone held sideways. PIL turns TIFF upright itself, and Pillow 10 forgets to say so.
        if source.format != "TIFF" and source.getexif().get(0x0112, 1) != 1:
            return ImageOps.exif_transpose(source)
    except Exception:  # noqa: BLE001 - broken EXIF is no reason to refuse a picture that can be seen
        pass
    return source


def _too_large(refuse: Refuse, pixels: int, *, max_pixels: int) -> InputError:
    hint = f"The largest that is opened has {megapixels(max_pixels)}; make it smaller first."
    return refuse(f"one of {megapixels(pixels)}", hint)


def megapixels(count: int) -> str:
    """Say a number of pixels: `megapixels(2_073_600)` is "2.07 megapixels"."""
    if count < 10_000:
        return f"{count} pixels"
    return f"{count / 1e6:.3g} megapixels" if count < 1e9 else f"{count / 1e9:.3g} thousand megapixels"


def _broken(data: Buffer | None, error: Exception, *, refuse: Refuse) -> InputError:
    given = "a broken picture" if data is None else describe_bytes(data)
    if _METADATA_BOMB.search(str(error)):
        return refuse(f"{given} with more text hidden in it than is safe", "Save it again without metadata.")
    if given.startswith("a HEIC"):
        return refuse(given, "Export it as JPEG or PNG first; a phone can be set to do that.")
    if given.startswith(_READABLE):
        return refuse(f"{given} that is broken or cut short", "Open it in a picture program and save it again.")
    if " video of " in given:
        return refuse(given, "Take one frame of it: pause it in a player, and save what you see as PNG or JPEG.")
    return refuse(given, "Give it as PNG or JPEG.")


def to_pixels(source: PIL.Image.Image, refuse: Refuse) -> NDArray[Any]:
    """Return a decoded picture in sRGB: uint8 (H, W), (H, W, 3) or (H, W, 4), or uint16 (H, W) for 16-bit grey."""
    if source.mode.startswith(("I", "F")):
        return _deep_grey(np.asarray(source), refuse)
    try:
        return np.asarray(_to_srgb(_to_plain_mode(source), source.info.get("icc_profile")))
    except Exception as error:  # a mode that PIL cannot convert says so in many ways
        raise refuse(f"a picture in the mode {source.mode}", "Save it as an RGB picture first.") from error


def _to_plain_mode(source: PIL.Image.Image) -> PIL.Image.Image:
    """Bring palettes, bits and alpha of all kinds to L, RGB or RGBA; CMYK and LAB wait for their profile."""
    if "transparency" in source.info or source.mode in ("LA", "La", "PA", "RGBa"):
        return source.convert("RGBA")
    if source.mode in ("P", "YCbCr", "HSV", "RGBX"):
        return source.convert("RGB")
    return source.convert("L") if source.mode == "1" else source


def _to_srgb(source: PIL.Image.Image, profile: bytes | None) -> PIL.Image.Image:
    if source.mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        return ImageCms.profileToProfile(source, lab, ImageCms.createProfile("sRGB"), outputMode="RGB") or source
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return _from_profile(source, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    # Without a profile, or with a broken one, which is no reason to refuse a picture that can be seen.
    return source.convert("RGB") if source.mode == "CMYK" else source


def _from_profile(source: PIL.Image.Image, profile: ImageCms.ImageCmsProfile) -> PIL.Image.Image:
    if source.mode != "CMYK" and ImageCms.getProfileDescription(profile).strip() in _SRGB_NAMES:
        return source
    colours = source.convert("RGB") if source.mode == "RGBA" else source
    converted = ImageCms.profileToProfile(colours, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if converted is None:
        return source
    if source.mode == "RGBA":
        converted.putalpha(source.getchannel("A"))
    return converted.convert("L") if source.mode == "L" else converted


def _deep_grey(values: NDArray[Any], refuse: Refuse) -> NDArray[Any]:
    """Return grey of 16 bits, 32 bits or floating point as uint16; what does not fit into 0..65535 is refused."""
    low, high = values.min(), values.max()
    if values.dtype.kind == "f":
        if not (low >= 0 and high <= 1):  # this way round, NaN is refused too
            raise refuse("a picture of fractions that are not all 0..1", "Save it with 8 or 16 bits first.")
        return np.rint(values * np.float32(65535)).astype(np.uint16)
    if low < 0 or high > 65535:
        raise refuse("a picture of 32-bit numbers", "Save it with 8 or 16 bits first.")
    return values.astype(np.uint16)


def to_eight_bits(grey: NDArray[Any]) -> NDArray[np.uint8]:
    """Return 16-bit grey as 8-bit grey, rounded: 65535 becomes 255."""
    if grey.dtype == np.uint8:
        return grey
    return ((grey.astype(np.uint32) + 128) // 257).astype(np.uint8)


def flatten(rgba: NDArray[Any]) -> NDArray[np.uint8]:
    """Return (H, W, 3): a picture with alpha laid over white."""
    source = PIL.Image.fromarray(rgba)
    ground = PIL.Image.new("RGB", source.size, "white")
    ground.paste(source, mask=source.getchannel("A"))
    return np.asarray(ground)


def encode(pixels: NDArray[Any], ending: str, *, is_quick: bool = False, quality: int | None = None) -> bytes:
    """Return a picture file in the format of `ending`, one of `WRITES`; `is_quick` prefers speed to size and fineness.

    What the format cannot keep is brought down: alpha is laid over white, 16 bits become 8. `quality`, 1..100, is that
    of formats that lose.
    """
    name, options = _options(ending, is_quick=is_quick, quality=quality)
    if pixels.ndim == 3 and pixels.shape[2] == 4 and name in _WITHOUT_ALPHA:
        pixels = flatten(pixels)
    if pixels.dtype == np.uint16 and name not in _SIXTEEN_BIT:
        pixels = to_eight_bits(pixels)
    if is_quick and name == "JPEG":
        coded = jpeg.encode(pixels, quality=options["quality"], is_whole=options.get("subsampling") == 0)
        if coded is not None:
            return coded
    file = io.BytesIO()
    try:
        PIL.Image.fromarray(pixels).save(file, name, **options)
    except Exception as error:  # a side too long for the format, a format that this Pillow lacks
        given = f"one of {pixels.shape[1]} x {pixels.shape[0]} pixels"
        raise InputError(f"a picture that can be written as {name}", given, hint="Write it as .png.") from error
    return file.getvalue()


def _options(ending: str, *, is_quick: bool, quality: int | None) -> tuple[str, dict[str, Any]]:
    """Return the format that PIL knows, and how it is told to write it."""
    name, options = _SAVED[ending]
    if is_quick and name == "PNG":
        return name, dict(_QUICK_PNG)
    if quality is None or "quality" not in options:
        return name, options
    whole_colours = {"subsampling": 0} if name == "JPEG" and quality >= 95 else {}
    return name, {"quality": quality, **whole_colours}
