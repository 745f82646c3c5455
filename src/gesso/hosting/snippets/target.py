"""What code to copy is about: a deployment's address, and what its command takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gesso.spec.model import Command, Port

TOKEN: Final = "YOUR_TOKEN"
"""What stands in code where a token goes."""
P5: Final = "2.3.4"
"""The version of p5.js that code and examples name."""

_FILES: Final[Mapping[str, str]] = {
    "image": "photo.jpg",
    "mask": "mask.png",
    "segmentation": "labels.png",
    "audio": "sound.wav",
    "video": "film.mp4",
    "file": "file.bin",
}
_PICTURES: Final = frozenset({"image", "mask", "segmentation"})


@dataclass(frozen=True, kw_only=True)
class Target:
    """A deployment, called `name` at the Gesso whose addresses begin with `base`, and the model that it is of."""

    base: str
    name: str
    model: str
    command: Command
    is_public: bool = False

    @property
    def url(self) -> str:
        """Its own address."""
        return f"{self.base}/m/{self.name}"

    @property
    def inputs(self) -> tuple[Port, ...]:
        """The inputs that code should give: those that must be, or else the first."""
        required = tuple(port for port in self.command.inputs if port.is_required)
        return required or self.command.inputs[:1]

    @property
    def files(self) -> dict[str, str]:
        """The inputs among them that are files, each with a name for one: {"image": "photo.jpg"}."""
        return {port.name: _FILES[port.type] for port in self.inputs if port.type in _FILES}

    @property
    def pictures(self) -> dict[str, str]:
        """Those of them that are pictures."""
        return {port.name: _FILES[port.type] for port in self.inputs if port.type in _PICTURES}

    @property
    def values(self) -> dict[str, Any]:
        """The other inputs, each with a value that it takes, as JSON."""
        return {port.name: _sample(port) for port in self.inputs if port.type not in _FILES}

    @property
    def picture(self) -> Port | None:
        """The first output that is a picture."""
        return next((port for port in self.command.outputs if port.type in _PICTURES), None)

    @property
    def text(self) -> Port | None:
        """The first output that is a text."""
        return next((port for port in self.command.outputs if port.type == "text"), None)

    @property
    def is_telling(self) -> bool:
        """Whether its output is a text that grows."""
        return self.command.is_streaming and self.text is not None

    def picture_input(self) -> Port | None:
        """Return the first input that is a picture."""
        return next((port for port in self.inputs if port.type in _PICTURES), None)


def _sample(port: Port) -> Any:
    """Return a value for an input: what is usual, or what a person might write."""
    if port.default is not None and port.default != "":
        return port.default
    if port.type == "text" and not port.constraints:
        return "a fox in the snow"
    return port.data_type.to_wire(port.data_type.sample())
