"""A scene: which input the frames are, what comes back, and the inputs that stay the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gesso.errors import InputError
from gesso.server.direct.encoding import to_picture, to_wire
from gesso.server.schemas.live import LiveFormat, LiveOpening, LivePicture
from gesso.spec.model import Command, Port, find_port
from gesso.types import picture
from gesso.types.raster import Raster, RasterType

_ENDINGS: Final[dict[LiveFormat, str]] = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}
_PLAIN: Final = frozenset({".json", ".txt"})


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a client has asked for at the beginning, checked against the command. Nothing here waits.

    `shown` is the output that comes back as a picture, None if the command has none; `told` are those that come as
    JSON. `size` is (width, height) if frames come as plain pixels.
    """

    command: Command
    frame: Port
    others: tuple[Port, ...]
    shown: Port | None
    told: tuple[Port, ...]
    format: LiveFormat | None
    quality: int
    size: tuple[int, int] | None

    @classmethod
    def of(cls, opening: LiveOpening, command: Command) -> Scene:
        """Check an opening. Raises `InputError` and `NotFoundError`."""
        frame = _frame_of(opening.frame, command)
        shown = _shown_by(opening.output, command)
        size = None if opening.width is None or opening.height is None else (opening.width, opening.height)
        return cls(
            command=command,
            frame=frame,
            others=tuple(port for port in command.inputs if port != frame),
            shown=shown,
            told=tuple(port for port in command.outputs if port.data_type.writes[0] in _PLAIN),
            format=_format_of(opening.format, shown),
            quality=opening.quality,
            size=size,
        )

    def read(self, data: bytes) -> Any:
        """Return a frame as the value of its input; call it in a thread. Raises `InputError`."""
        try:
            return self.frame.data_type.coerce(data if self.size is None else _pixels(data, self.size))
        except InputError as error:
            raise error.at(self.frame.name) from error.__cause__

    def write(self, outputs: Mapping[str, Any]) -> tuple[dict[str, Any], LivePicture | None, bytes]:
        """Return what is told, and the picture with its bytes; call it in a thread."""
        told = to_wire(self.told, outputs)
        if self.shown is None or self.format is None:
            return told, None, b""
        value: Raster = outputs[self.shown.name]
        data_type = self.shown.data_type
        assert isinstance(data_type, RasterType)
        pixels = data_type.shown(value)
        channels = 1 if pixels.ndim == 2 else pixels.shape[2]
        described = LivePicture(
            output=self.shown.name, format=self.format, width=value.width, height=value.height, channels=channels
        )
        if self.format == "raw":
            return told, described, picture.to_eight_bits(pixels).tobytes()
        return told, described, to_picture(data_type, value, ending=_ENDINGS[self.format], quality=self.quality)


def _frame_of(name: str | None, command: Command) -> Port:
    pictures = [port for port in command.inputs if isinstance(port.data_type, RasterType)]
    if name is None:
        pictures = [port for port in pictures if port.is_required] or pictures
        if len(pictures) != 1:
            raise InputError("the input that the frames are", _names(pictures), where="frame")
        return pictures[0]
    port = find_port(command.inputs, name, kind="input")
    if port not in pictures:
        raise InputError("an input that is a picture", f"{name}, which is {port.data_type.title}", where="frame")
    return port


def _shown_by(name: str | None, command: Command) -> Port | None:
    pictures = [port for port in command.outputs if isinstance(port.data_type, RasterType)]
    if name is None:
        return pictures[0] if pictures else None
    port = find_port(command.outputs, name, kind="output")
    if port not in pictures:
        raise InputError("an output that is a picture", f"{name}, which is {port.data_type.title}", where="output")
    return port


def _format_of(wanted: LiveFormat | None, shown: Port | None) -> LiveFormat | None:
    if shown is None:
        return None
    writes = shown.data_type.writes
    possible: list[LiveFormat] = [name for name, ending in _ENDINGS.items() if ending in writes] + ["raw"]
    if wanted is not None and wanted not in possible:
        raise InputError(f"one of {', '.join(possible)} for {shown.data_type.title}", wanted, where="format")
    return wanted or possible[0]


def _pixels(data: bytes, size: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    width, height = size
    if len(data) != width * height * 3:
        raise InputError(f"{width * height * 3} bytes ({width} x {height} pixels of RGB)", f"{len(data)} bytes")
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def _names(ports: Iterable[Port]) -> str:
    names = ", ".join(port.name for port in ports)
    return f"none of {names}" if names else "a command that takes no picture"
