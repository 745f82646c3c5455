"""Values on their way to a Runway model's functions and back, in the worker: pictures without a detour over base64."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image

from gesso.compat.runway.wire import from_wire, to_wire
from gesso.errors import InputError, ModelError
from gesso.spec.model import Port
from gesso.types.base import DataType
from gesso.types.image import Image
from gesso.types.list import ListType
from gesso.types.segmentation import Segmentation

if TYPE_CHECKING:
    from runway.data_types import BaseType


def given_to(field: BaseType, data_type: DataType[Any], *, value: Any) -> Any:
    """Return a value as the model's function gets it: a picture of PIL, an array, a path, or plain JSON."""
    if field.type == "array" and isinstance(data_type, ListType):
        item: BaseType = field.item_type  # type: ignore[attr-defined]  # of the type `array`, which this is
        return [given_to(item, data_type.item, value=one) for one in value]
    if isinstance(value, Image):
        return PIL.Image.fromarray(value.pixels).copy()
    if isinstance(value, Segmentation):
        return PIL.Image.fromarray(value.ids.astype(np.uint8)).copy()
    if field.type == "vector":
        return np.array(value, np.float64)
    return field.deserialize(to_wire(data_type, field.to_dict(), value=value))


def taken_from(field: BaseType, port: Port, *, value: Any) -> Any:
    """Return what the model's function gave for an output as a value of its port."""
    try:
        return port.data_type.coerce(_taken(field, port.data_type, value=value))
    except InputError as error:
        raise ModelError(f"The output {port.name!r} should be {error.expected}, but it is {error.given}.") from error


def _taken(field: BaseType, data_type: DataType[Any], *, value: Any) -> Any:
    if field.type == "array" and isinstance(data_type, ListType):
        item: BaseType = field.item_type  # type: ignore[attr-defined]  # of the type `array`, which this is
        return [data_type.item.coerce(_taken(item, data_type.item, value=one)) for one in value]
    if field.type == "image":
        return Image(np.array(field.picture(value)))  # type: ignore[attr-defined]  # of the type `image`, which this is
    if field.type == "segmentation":
        return np.asarray(value)
    if field.type == "vector":
        return value if isinstance(value, np.ndarray) else value.tolist()  # a tensor, wherever it lies
    port = Port(name=field.name, type=data_type.name, constraints=data_type.constraints)
    return from_wire(port, field.to_dict(), value=field.serialize(value))
