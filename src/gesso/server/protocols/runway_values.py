"""Values on Runway's wire, and what Gesso's types take for them. What writes may take long: call it in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gesso.errors import InputError
from gesso.server.direct.encoding import to_picture
from gesso.server.protocols.runway_fields import is_opaque, is_single
from gesso.spec.model import Port
from gesso.types.base import DataType, Json
from gesso.types.image import ImageType
from gesso.types.list import ListType
from gesso.types.mask import MaskType
from gesso.types.raster import RasterType
from gesso.types.source import is_data_uri, to_data_uri

Formats = Mapping[str, str]
"""In which form a picture is wanted, by the name of the output: "JPEG" or "PNG"."""

FORMAT_HEADER: Final = "X-Runway-Output-Format"
"""The header that says so: `name=PNG; other=JPEG`."""
_FORMATS: Final = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png")}
_MOST_FORMATS: Final = 100
_ADDRESSES: Final = ("http://", "https://")


def given_of(ports: tuple[Port, ...], inputs: Mapping[str, Json]) -> dict[str, Json]:
    """Return what was sent as the types of the ports take it. What no port knows is passed over, as Runway does."""
    types = {port.name: port.data_type for port in ports}
    return {name: _given(types[name], value) for name, value in inputs.items() if name in types}


def wire_of(ports: tuple[Port, ...], outputs: Mapping[str, Any], *, formats: Formats) -> dict[str, Json]:
    """Return outputs as Runway's clients take them."""
    return {port.name: _wire(port.data_type, outputs[port.name], form=formats.get(port.name)) for port in ports}


def read_formats(header: str) -> Formats:
    """Return what a header asks for. Raises `InputError`."""
    found = {}
    for part in header.split(";")[:_MOST_FORMATS]:
        name, _, form = (word.strip() for word in part.partition("="))
        if not name and not form:
            continue
        if form.upper() not in _FORMATS:
            raise InputError("JPEG or PNG", f'"{form[:40]}"', where=FORMAT_HEADER)
        found[name] = form.upper()
    return found


def _given(data_type: DataType[Any], value: Json) -> Any:
    if isinstance(data_type, ListType) and isinstance(value, list):
        return [_given(data_type.item, item) for item in value]
    if is_single(data_type) and _is_row(value):
        return [value]
    if isinstance(data_type, RasterType) and isinstance(value, str) and not is_data_uri(value):
        return value.rpartition(",")[2]  # "image/jpeg;base64,...", which the SDK takes as well
    if data_type.name == "file" and isinstance(value, str) and value.lower().startswith(_ADDRESSES):
        return {"url": value}
    return value


def _is_row(value: Json) -> bool:
    """Say whether a value is a plain row of numbers: `[x, y]`."""
    return isinstance(value, list) and all(isinstance(part, int | float) for part in value)


def _wire(data_type: DataType[Any], value: Any, *, form: str | None) -> Json:
    if isinstance(data_type, ListType):
        return [_wire(data_type.item, item, form=form) for item in value]
    if isinstance(data_type, ImageType | MaskType):
        return _picture(data_type, value, form=form)
    if data_type.name in _PLACES:
        places = [_PLACES[data_type.name](place) for place in value]
        if is_single(data_type):
            return places[0] if places else None
        return places
    return data_type.to_wire(value)


def _picture(data_type: ImageType | MaskType, value: Any, *, form: str | None) -> str:
    if form is None:
        is_jpeg = isinstance(data_type, ImageType) and is_opaque(data_type) and value.channels < 4
        form = "JPEG" if is_jpeg else "PNG"  # what is transparent stays so
    media_type, ending = _FORMATS[form]
    return to_data_uri(to_picture(data_type, value, ending=ending, quality=None), media_type)


_PLACES: Final[Mapping[str, Any]] = {
    "points": lambda point: [point.x, point.y],
    "landmarks": lambda landmark: [landmark.x, landmark.y],
    "bounding_boxes": lambda box: [box.x0, box.y0, box.x1, box.y1],
}
