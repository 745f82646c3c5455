"""Which kind of file a `Path` is about: in Cog every file is one, and what is in it only words say.

A picture that is known for one can come from a camera, a drawing or another model. It is known by `accept="image/*"`,
or by its name: `image`, `mask`, `input_image`, `photo_2`. Where name or description speak of something else too (a
video, an animation, an archive), it stays a file.
"""

from __future__ import annotations

import re
from typing import Any, Final

from gesso.types import catalogue
from gesso.types.base import DataType

_BY_WORD: Final = {
    **dict.fromkeys(("image", "img", "photo", "picture", "portrait", "selfie"), "image"),
    "mask": "mask",
    "video": "video",
}
_PLURALS: Final = {f"{word}s": kind for word, kind in _BY_WORD.items()}
_NO_PICTURE: Final = re.compile(
    r"\b(video|movie|gif|animat\w*|zip|tar|archive|folder|csv|json|pdf|svg|exr|hdr|dicom|nifti|raw|npy|npz|tensor"
    r"|weights|lora|safetensors|checkpoint)s?\b",
    re.IGNORECASE,
)
_ENDING: Final = re.compile(r"\.[a-z0-9]+(?:\.[a-z0-9]+)*")


def media_of(name: str, description: str, *, accept: str) -> DataType[Any]:
    """Return the data type of an input that is a `Path`: a picture, a mask, a video, or any file."""
    accepted = [part.strip().lower() for part in accept.split(",") if part.strip()]
    if accepted:
        return _of_accept(accepted)
    kinds = {kind for word in _words(name) if (kind := (_BY_WORD | _PLURALS).get(word))}
    kind = "mask" if kinds == {"image", "mask"} else kinds.pop() if len(kinds) == 1 else "file"
    is_other = kind in ("image", "mask") and _NO_PICTURE.search(" ".join([*_words(name), description]))
    return catalogue.declare("file" if is_other else kind, {})


def _of_accept(accepted: list[str]) -> DataType[Any]:
    for kind in ("image", "video"):
        if all(part.startswith(f"{kind}/") for part in accepted):
            return catalogue.declare(kind, {})
    if all(_ENDING.fullmatch(part) for part in accepted):
        return catalogue.declare("file", {"extensions": accepted})
    return catalogue.declare("file", {})


def _words(name: str) -> list[str]:
    """Return the words of a parameter's name, in small letters and without numbers: `inputImage_2` is input, image."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
