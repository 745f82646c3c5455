"""The data types of Runway's SDK: what each is called in JSON, and how its values go over the wire and come back.

The classes have the names that models use, also where Python has another meaning for them (`any`, `file`). The module
has no `__all__`: models take `np`, `Image` and more from `from runway.data_types import *`, and find them.
"""

from __future__ import annotations

import base64
import json  # noqa: F401 - models find it here
import os
import sys  # noqa: F401 - models find it here
import tarfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from runway.exceptions import InvalidArgumentError, MissingArgumentError
from runway.utils import (
    cast_to_obj,
    download_file,
    encode_image,
    extract_tarball,
    get_color_palette,
    is_url,
    try_cast_np_scalar,
)

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


class BaseType:
    """What all types share: their name in JSON, a description, and later the name of the input that they describe."""

    def __init__(self, data_type: str, description: str | None = None) -> None:
        self.type = data_type
        self.description = description
        self.name = self.type

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        """Return a model's value as JSON."""
        raise NotImplementedError

    def deserialize(self, value: Any) -> Any:
        """Return a client's JSON as a model's value."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the declaration as JSON."""
        return {"name": self.name, "type": self.type, "description": self.description}


class _Plain(BaseType):
    """A type whose values are JSON themselves."""

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        return value

    def deserialize(self, value: Any) -> Any:
        return value


class any(_Plain):
    """Any JSON value."""

    def __init__(self, description: str | None = None) -> None:
        super().__init__("any", description=description)


class text(_Plain):
    """A text. Its lengths are for people, and not checked."""

    def __init__(
        self,
        description: str | None = None,
        default: str | None = "",
        min_length: int = 0,
        max_length: int | None = None,
    ) -> None:
        super().__init__("text", description=description)
        self.default = default
        self.min_length = min_length
        self.max_length = max_length

    def serialize(self, value: Any, output_format: str | None = None) -> str:
        return str(value)

    def to_dict(self) -> dict[str, Any]:
        limits = {"maxLength": self.max_length} if self.max_length else {}
        return {**super().to_dict(), "default": self.default, "minLength": self.min_length, **limits}


class number(_Plain):
    """A number. Its limits are for people, and not checked.

    A default that is missing or 0 falls through to `min`, then to `max`, then to 0: `number(min=0, max=9)` begins at 9.
    That is a slip of the original which models were tuned with, so it is kept.
    """

    def __init__(
        self,
        description: str | None = None,
        default: float | None = None,
        step: float | None = None,
        min: float | None = None,
        max: float | None = None,
    ) -> None:
        super().__init__("number", description=description)
        self.min = min
        self.max = max
        self.step = step
        self.default = default or self.min or self.max or 0

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        return try_cast_np_scalar(value)

    def to_dict(self) -> dict[str, Any]:
        limits = {"min": self.min, "max": self.max, "step": self.step}
        given = {word: limit for word, limit in limits.items() if limit is not None}
        return {**super().to_dict(), "default": self.default, **given}


class boolean(BaseType):
    """True or False, and nothing that is like it."""

    def __init__(self, description: str | None = None, default: bool = False) -> None:
        super().__init__("boolean", description=description)
        self.default = default

    def validate(self, value: Any) -> None:
        """Raise an error for anything else."""
        if type(value) is not bool:
            raise InvalidArgumentError(self.name, f"value type {type(value)} is not a boolean")

    def serialize(self, value: Any, output_format: str | None = None) -> bool:
        self.validate(value)
        return bool(value)

    def deserialize(self, value: Any) -> bool:
        self.validate(value)
        return bool(value)

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "default": self.default}


class category(_Plain):
    """One of several choices: texts, numbers, whatever JSON has."""

    def __init__(
        self, description: str | None = None, choices: Sequence[Any] | None = None, default: Any = None
    ) -> None:
        super().__init__("category", description=description)
        if choices is None or len(choices) == 0:
            raise MissingArgumentError("choices")
        if default is not None and default not in choices:
            raise InvalidArgumentError(self.name, f"default argument {default} is not in choices list")
        self.choices = choices
        self.default = default or self.choices[0]

    def deserialize(self, value: Any) -> Any:
        if value not in self.choices:
            raise InvalidArgumentError(self.name, f'category value "{value}" does not appear in choices list.')
        return value

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "oneOf": self.choices, "default": self.default}


class vector(BaseType):
    """A row of numbers. A client draws a random one from the normal distribution that the two words say."""

    def __init__(
        self,
        length: int | None = None,
        description: str | None = None,
        default: Sequence[float] | None = None,
        sampling_mean: float = 0,
        sampling_std: float = 1,
    ) -> None:
        super().__init__("vector", description=description)
        if default is not None and length is None:
            length = len(default)
        elif default is not None and len(default) != length:
            raise InvalidArgumentError(self.name, "default argument does not match expected length")
        if length is None:
            raise MissingArgumentError("length")
        self.length = length
        self.sampling_mean = sampling_mean
        self.sampling_std = sampling_std
        self.default = default

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        return value.tolist()

    def deserialize(self, value: Any) -> Any:
        return np.array(value)

    def to_dict(self) -> dict[str, Any]:
        sampling = {"samplingMean": self.sampling_mean, "samplingStd": self.sampling_std}
        default = self.default.tolist() if isinstance(self.default, np.ndarray) else self.default
        return {**super().to_dict(), "length": self.length, **sampling, "default": default}


class array(BaseType):
    """A list of values of another type. Its lengths are for people, and not checked."""

    def __init__(
        self,
        item_type: Any = None,
        description: str | None = None,
        min_length: int = 0,
        max_length: int | None = None,
    ) -> None:
        super().__init__("array", description=description)
        if item_type is None:
            raise MissingArgumentError("item_type")
        self.item_type: Any = cast_to_obj(item_type)
        self.item_type.name = f"{self.item_type.type}_array_item"
        self.min_length = min_length
        self.max_length = max_length

    def serialize(self, value: Any, output_format: str | None = None) -> list[Any]:
        return [self.item_type.serialize(item) for item in value]

    def deserialize(self, value: Any) -> list[Any]:
        return [self.item_type.deserialize(item) for item in value]

    def to_dict(self) -> dict[str, Any]:
        limits = {"maxLength": self.max_length} if self.max_length else {}
        return {**super().to_dict(), "itemType": self.item_type.to_dict(), "minLength": self.min_length, **limits}


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


class file(BaseType):
    """A file or folder: a path for the model; on the wire a path, or an address that is fetched."""

    def __init__(
        self,
        description: str | None = None,
        is_directory: bool = False,
        extension: str | None = None,
        default: str | None = None,
    ) -> None:
        super().__init__("file", description=description)
        self.is_directory = is_directory
        self.extension = extension
        self.default = default

    def serialize(self, value: Any, output_format: str | None = None) -> Any:
        return value

    def deserialize(self, value: Any) -> str:
        if is_url(value):
            path = download_file(value)
            return extract_tarball(path) if tarfile.is_tarfile(path) else path
        if not os.path.exists(value):
            raise InvalidArgumentError(self.name, "file path provided does not exist")
        if self.extension and not value.endswith(self.extension):
            raise InvalidArgumentError(self.name, "file path does not have expected extension")
        return str(value)

    def to_dict(self) -> dict[str, Any]:
        words = {"isDirectory": self.is_directory, "extension": self.extension, "default": self.default}
        return {**super().to_dict(), **{word: value for word, value in words.items() if value}}


class directory(file):
    """A folder: a path, or the address of an archive that is unpacked."""

    def __init__(self, description: str | None = None, default: str | None = None) -> None:
        super().__init__(description=description, is_directory=True, default=default)


class image_point(BaseType):
    """A place in a picture: [x, y] from 0 to 1, from the top left."""

    def __init__(self, description: str | None = None) -> None:
        super().__init__("image_point", description=description)

    def validate(self, value: Any) -> None:
        """Raise an error for anything but two numbers."""
        if len(value) != 2:
            raise InvalidArgumentError(self.name, "Value must be of length 2")

    def serialize(self, value: Any, output_format: str | None = None) -> list[Any]:
        values = [try_cast_np_scalar(item) for item in value]
        self.validate(values)
        return values

    def deserialize(self, value: Any) -> Any:
        self.validate(value)
        return value


class image_bounding_box(BaseType):
    """A rectangle in a picture: [left, top, right, bottom] from 0 to 1; it may lie outside."""

    def __init__(self, description: str | None = None) -> None:
        super().__init__("image_bounding_box", description=description)

    def validate(self, value: Any) -> None:
        """Raise an error for a rectangle that is empty or turned round."""
        if len(value) != 4:
            raise InvalidArgumentError(self.name, "Value must be of length 4")
        for low, high in ((0, 2), (1, 3)):
            if value[low] >= value[high]:
                raise InvalidArgumentError(self.name, f"{self.name}[{low}] must be less than {self.name}[{high}]")

    def serialize(self, value: Any, output_format: str | None = None) -> list[Any]:
        values = [try_cast_np_scalar(item) for item in value]
        self.validate(values)
        return values

    def deserialize(self, value: Any) -> Any:
        self.validate(value)
        return value


class image_landmarks(BaseType):
    """Places in a picture that have a meaning each: `length` times [x, y]."""

    def __init__(
        self,
        length: int,
        description: str | None = None,
        labels: Sequence[str] | None = None,
        connections: Sequence[Sequence[str]] | None = None,
    ) -> None:
        super().__init__("image_landmarks", description=description)
        if length <= 0:
            raise InvalidArgumentError(self.name, "landmarks length must be greater than 0")
        if labels and len(labels) != length:
            raise InvalidArgumentError(self.name, "length of labels list does not match provided length")
        if labels is None and connections is not None:
            raise InvalidArgumentError(self.name, "connections cannot be defined if labels is undefined")
        for index, pair in enumerate(connections or ()):
            self._check_connection(index, pair, labels or ())
        self.length = length
        self.labels = labels
        self.connections = connections

    def _check_connection(self, index: int, pair: Sequence[str], labels: Sequence[str]) -> None:
        if len(pair) != 2:
            message = f"Expected connection at index {index} to have 2 elements, instead got {len(pair)} elements"
            raise InvalidArgumentError(self.name, message)
        for label in pair:
            if label not in labels:
                raise InvalidArgumentError(self.name, f"{label} is not a valid landmark label")

    def validate(self, landmarks: Any) -> None:
        """Raise an error for another number of points, or one that is no point."""
        if len(landmarks) != self.length:
            message = f"Expected array of length {self.length}, instead got array of length {len(landmarks)}"
            raise InvalidArgumentError(self.name, message)
        for index, point in enumerate(landmarks):
            if len(point) != 2:
                message = f"Expected point at index {index} to have 2 elements, instead got {len(point)} elements"
                raise InvalidArgumentError(self.name, message)

    def serialize(self, value: Any, output_format: str | None = None) -> list[list[Any]]:
        self.validate(value)
        return [[try_cast_np_scalar(part) for part in point] for point in value]

    def deserialize(self, value: Any) -> Any:
        self.validate(value)
        return value

    def to_dict(self) -> dict[str, Any]:
        words = {"labels": self.labels, "connections": self.connections}
        return {**super().to_dict(), "length": self.length, **{word: value for word, value in words.items() if value}}
