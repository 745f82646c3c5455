"""Pictures, and what each of their pixels shows."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from runway.base_type import BaseType
from runway.exceptions import InvalidArgumentError, MissingArgumentError
from runway.utils import encode_image, get_color_palette

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


class _Sized(BaseType):
    """What pictures share: limits of their size, which are for people, and not checked."""

    def _set_size(self, **size: int | None) -> None:
        self.min_width, self.min_height = size["min_width"], size["min_height"]
        self.max_width, self.max_height = size["max_width"], size["max_height"]
        self.width, self.height = size["width"], size["height"]

    def _size(self) -> dict[str, int]:
        words = {
            "minWidth": self.min_width,
            "maxWidth": self.max_width,
            "minHeight": self.min_height,
            "maxHeight": self.max_height,
            "width": self.width,
            "height": self.height,
        }
        return {word: size for word, size in words.items() if size}


class image(_Sized):
    """A picture: a PIL image for the model, or an array from it; a data URI on the wire."""

    def __init__(
        self,
        description: str | None = None,
        channels: int = 3,
        min_width: int | None = None,
        min_height: int | None = None,
        max_width: int | None = None,
        max_height: int | None = None,
        width: int | None = None,
        height: int | None = None,
        default_output_format: str | None = None,
    ) -> None:
        super().__init__("image", description=description)
        if channels not in _MODES:
            raise InvalidArgumentError(self.name, "channels value needs to be 1, 3, or 4")
        if default_output_format and default_output_format.upper() not in {"JPEG", "PNG"}:
            raise InvalidArgumentError(self.name, 'default_output_format needs to be "JPEG" or "PNG')
        self.channels = channels
        usual = "JPEG" if channels == 3 else "PNG"
        self.default_output_format = default_output_format.upper() if default_output_format else usual
        self._set_size(
            min_width=min_width,
            min_height=min_height,
            max_width=max_width,
            max_height=max_height,
            width=width,
            height=height,
        )

    def get_pil_mode(self) -> str:
        """Return the mode of PIL that the model gets."""
        return _MODES[self.channels]

    def serialize(self, value: Any, output_format: str | None = None) -> str:
        wanted = output_format or self.default_output_format
        body = base64.b64encode(encode_image(self.picture(value, is_float=wanted.upper() == "EXR"), wanted))
        return f"data:image/{wanted.lower()};base64,{body.decode()}"

    def picture(self, value: Any, *, is_float: bool = False) -> Image.Image:
        """Return what a model gave as a picture of PIL in the right mode; `is_float`: as it is."""
        if isinstance(value, np.ndarray):
            value = Image.fromarray(value if is_float else value.astype(np.uint8))
        if not isinstance(value, Image.Image):
            raise InvalidArgumentError(self.name, "value is not a PIL or numpy image")
        return value if is_float or value.mode == self.get_pil_mode() else value.convert(self.get_pil_mode())

    def deserialize(self, value: Any) -> Image.Image:
        picture = _opened(value)
        return picture if picture.mode == self.get_pil_mode() else picture.convert(self.get_pil_mode())

    def to_dict(self) -> dict[str, Any]:
        return {
            **super().to_dict(),
            "channels": self.channels,
            **self._size(),
            "defaultOutputFormat": self.default_output_format,
        }


class segmentation(_Sized):
    """What each pixel of a picture shows: ids for the model (mode L), colours on the wire."""

    def __init__(
        self,
        label_to_id: dict[str, int] | None = None,
        description: str | None = None,
        label_to_color: dict[str, Sequence[int]] | None = None,
        default_label: str | None = None,
        min_width: int | None = None,
        min_height: int | None = None,
        max_width: int | None = None,
        max_height: int | None = None,
        width: int | None = None,
        height: int | None = None,
    ) -> None:
        super().__init__("segmentation", description=description)
        if label_to_id is None:
            raise MissingArgumentError("label_to_id")
        if not isinstance(label_to_id, dict) or not label_to_id:
            raise InvalidArgumentError(self.name, "label_to_id argument has invalid type")
        if default_label is not None and default_label not in label_to_id:
            raise InvalidArgumentError(self.name, f"default_label {default_label} is not in label map")
        self.label_to_id = label_to_id
        self.label_to_color = self.complete_colors(label_to_color or {})
        self.default_label = default_label or next(iter(label_to_id))
        self._set_size(
            min_width=min_width,
            min_height=min_height,
            max_width=max_width,
            max_height=max_height,
            width=width,
            height=height,
        )

    def complete_colors(self, seed_colors: dict[str, Sequence[int]]) -> dict[str, Sequence[int]]:
        """Return a colour for each label: the one that is given, or that of its id in the palette."""
        palette = get_color_palette("glasbey_bw")
        return {label: seed_colors.get(label) or palette[place] for label, place in self.label_to_id.items()}

    def colormap_to_segmentation(self, img: Image.Image) -> Image.Image:
        """Return the ids of a picture in colours, each pixel by the nearest colour."""
        pixels = np.asarray(img)[:, :, :3].reshape(-1, 3)
        found, places = np.unique(pixels, axis=0, return_inverse=True)
        colours = np.array([list(colour) for colour in self.label_to_color.values()], np.int64)
        distances = ((found[:, None].astype(np.int64) - colours[None]) ** 2).sum(axis=2)
        ids = np.array(list(self.label_to_id.values()))[distances.argmin(axis=1)]
        return Image.fromarray(ids[places.reshape(-1)].reshape(img.height, img.width).astype(np.uint8))

    def segmentation_to_colormap(self, img: Image.Image) -> Image.Image:
        """Return the picture in colours of ids; an id without a label is black."""
        ids = np.asarray(img)
        colours = np.zeros((*ids.shape[:2], 3), np.uint8)
        for label, place in self.label_to_id.items():
            colours[ids == place] = self.label_to_color[label]
        return Image.fromarray(colours)

    def serialize(self, value: Any, output_format: str | None = None) -> str:
        if isinstance(value, np.ndarray):
            value = Image.fromarray(value)
        if not isinstance(value, Image.Image):
            raise InvalidArgumentError(self.name, "value is not a PIL or numpy image")
        if value.mode == "L":
            value = self.segmentation_to_colormap(value)
        return "data:image/png;base64," + base64.b64encode(encode_image(value, "PNG")).decode()

    def deserialize(self, value: Any) -> Image.Image:
        try:
            picture = _opened(value)
            return self.colormap_to_segmentation(picture) if picture.mode.startswith("RGB") else picture
        except Exception as error:
            raise InvalidArgumentError(self.name, "unable to parse expected base64-encoded image") from error

    def to_dict(self) -> dict[str, Any]:
        return {
            **super().to_dict(),
            "labels": list(self.label_to_id),
            "defaultLabel": self.default_label,
            "labelToId": self.label_to_id,
            "labelToColor": self.label_to_color,
            **self._size(),
        }


def _opened(value: str) -> Image.Image:
    """Return the picture in a data URI, or in the text behind its comma."""
    picture = Image.open(BytesIO(base64.b64decode(value[value.find(",") + 1 :])))
    picture.load()
    return picture
