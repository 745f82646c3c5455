"""The ports of a spec as Runway's fields: what its clients read to know what a model takes and gives.

What Runway has no word for is `any`, and travels as Gesso has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from gesso.spec.model import Command, Port
from gesso.types.base import DataType, Json
from gesso.types.bounding_boxes import BoundingBoxesType
from gesso.types.file import FileType
from gesso.types.image import ImageType
from gesso.types.landmarks import LandmarksType
from gesso.types.list import ListType
from gesso.types.number import NumberType
from gesso.types.points import PointsType
from gesso.types.raster import RasterType
from gesso.types.records import RecordsType
from gesso.types.segmentation import SegmentationType
from gesso.types.text import TextType
from gesso.types.vector import VectorType

Field: TypeAlias = dict[str, Json]
"""A data type as Runway writes it: `{"name", "type", "description", ...}`."""
_Word: TypeAlias = tuple[str, Field]
"""Runway's name of a type, and what else it says of it."""

_USUAL_CHANNELS: Final = 3
_ANY: Final = "any"


def command_of(command: Command, *, description: str = "") -> Field:
    """Return a command as Runway writes it; `description` stands in where it has none of its own."""
    return {
        "name": command.name,
        "description": command.description or description or None,
        "inputs": fields_of(command.inputs),
        "outputs": fields_of(command.outputs),
    }


def fields_of(ports: tuple[Port, ...]) -> list[Field]:
    """Return ports as Runway writes them."""
    return [field_of(port) for port in ports]


def field_of(port: Port) -> Field:
    """Return a port as Runway writes it."""
    return _field(port.name, port.data_type, description=port.description, default=port.default)


def is_single(data_type: DataType[Any]) -> bool:
    """Say whether places in a picture are exactly one: Runway has a word of its own for that."""
    return isinstance(data_type, PointsType | BoundingBoxesType) and data_type.max_length == 1


def count_of(landmarks: LandmarksType) -> int | None:
    """Return how many landmarks there always are; None if that changes."""
    if landmarks.names:
        return len(landmarks.names)
    return landmarks.min_length if landmarks.min_length == landmarks.max_length else None


def is_opaque(data_type: ImageType) -> bool:
    """Say whether a picture is sent as JPEG unless somebody asks for another form."""
    return data_type.channels in {None, _USUAL_CHANNELS}


def _field(name: str, data_type: DataType[Any], *, description: str = "", default: Json = None) -> Field:
    kind, words = _word(data_type)
    return {"name": name, "type": kind, "description": description or None} | _default(data_type, default) | words


def _default(data_type: DataType[Any], given: Json) -> Field:
    """Return the default, which Runway's clients expect of these types whether there is one or not."""
    if data_type.name not in _WITH_DEFAULT:
        return {}
    return {"default": _WITH_DEFAULT[data_type.name](data_type) if given is None else given}


_WITH_DEFAULT: Final[Mapping[str, Callable[[Any], Json]]] = {
    "text": lambda _: "",
    "number": lambda number: number.sample(),
    "boolean": lambda _: False,
    "category": lambda category: category.choices[0],
    "vector": lambda _: None,
}


def _word(data_type: DataType[Any]) -> _Word:
    return _WORDS[data_type.name](data_type) if data_type.name in _WORDS else (_ANY, {})


def _text(text: TextType) -> _Word:
    most = {} if text.max_length == TextType.max_length else {"maxLength": text.max_length}
    return "text", {"minLength": text.min_length, **most}


def _number(number: NumberType) -> _Word:
    step = 1 if number.step is None and number.is_integer else number.step
    return "number", _known(min=number.ge, max=number.le, step=step)


def _vector(vector: VectorType) -> _Word:
    words = {"length": vector.length, "samplingMean": vector.sampling_mean, "samplingStd": vector.sampling_std}
    return "vector", words


def _image(image: ImageType) -> _Word:
    channels = image.channels or _USUAL_CHANNELS
    return _picture(image, channels, form="JPEG" if is_opaque(image) else "PNG")


def _ids(raster: RasterType[Any]) -> _Word:
    """Return a grey picture that must not be smeared."""
    return _picture(raster, 1, form="PNG")


def _picture(raster: RasterType[Any], channels: int, *, form: str) -> _Word:
    return "image", {"channels": channels, **_sizes(raster), "defaultOutputFormat": form}


def _sizes(raster: RasterType[Any]) -> Field:
    least = {"minWidth": raster.min_width, "minHeight": raster.min_height}
    return {word: pixels for word, pixels in least.items() if pixels > 1} | _known(
        maxWidth=raster.max_width, maxHeight=raster.max_height
    )


def _segmentation(segmentation: SegmentationType) -> _Word:
    if not segmentation.labels:  # Runway has no segmentation without labels
        return _ids(segmentation)
    colours = {name: list(bytes.fromhex(segmentation.palette[name][1:])) for name in segmentation.labels}
    return "segmentation", {
        "labels": list(segmentation.labels),
        "defaultLabel": segmentation.default_label or next(iter(segmentation.labels)),
        "labelToId": dict(segmentation.labels),
        "labelToColor": colours,
        **_sizes(segmentation),
    }


def _records(records: RecordsType[Any]) -> _Word:
    kind = "image_bounding_box" if records.name == "bounding_boxes" else "image_point"
    return (kind, {}) if is_single(records) else _array(records, item=_item(kind))


def _landmarks(landmarks: LandmarksType) -> _Word:
    count = count_of(landmarks)
    if count is None:
        return _array(landmarks, item=_item("image_point"))
    named = {"labels": list(landmarks.names)} if landmarks.names else {}
    lines = {"connections": [list(pair) for pair in landmarks.connections]} if landmarks.connections else {}
    return "image_landmarks", {"length": count, **named, **lines}


def _list(row: ListType) -> _Word:
    kind, _ = _word(row.item)
    return _array(row, item=_field(f"{kind}_array_item", row.item))


def _array(row: ListType | RecordsType[Any], *, item: Field) -> _Word:
    most = {} if row.max_length == type(row).max_length else {"maxLength": row.max_length}
    return "array", {"itemType": item, "minLength": row.min_length, **most}


def _item(kind: str) -> Field:
    return {"name": f"{kind}_array_item", "type": kind, "description": None}


def _file(file: FileType) -> _Word:
    endings = list(file.extensions or ())
    return "file", {"extension": endings[0]} if len(endings) == 1 else {}


def _known(**words: Json) -> Field:
    return {word: value for word, value in words.items() if value is not None}


_WORDS: Final[Mapping[str, Callable[[Any], _Word]]] = {
    "text": _text,
    "number": _number,
    "boolean": lambda _: ("boolean", {}),
    "category": lambda category: ("category", {"oneOf": list(category.choices)}),
    "vector": _vector,
    "image": _image,
    "mask": _ids,
    "segmentation": _segmentation,
    "points": _records,
    "bounding_boxes": _records,
    "landmarks": _landmarks,
    "list": _list,
    "file": _file,
}
