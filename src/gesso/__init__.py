"""Gesso: a platform for machine-learning models for people who make things.

This is the public face, all that a model or a script needs. It is lazy (PEP 562): `import gesso` costs nothing until a
name is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gesso.connecting import connect
    from gesso.errors import CanceledError, GessoError, InputError
    from gesso.sdk.context import (
        checkpoints,
        is_canceled,
        is_seed_given,
        log,
        preview,
        progress,
        scratch,
        seed,
        wanted,
    )
    from gesso.sdk.model import Model, State, command
    from gesso.types.audio import Audio
    from gesso.types.bounding_boxes import BoundingBox, BoundingBoxes
    from gesso.types.directory import Directory
    from gesso.types.file import File
    from gesso.types.image import Image
    from gesso.types.json import Json
    from gesso.types.landmarks import Landmark, Landmarks
    from gesso.types.mask import Mask
    from gesso.types.points import Point, Points
    from gesso.types.segmentation import Segmentation
    from gesso.types.vector import Vector
    from gesso.types.video import Video
    from gesso.types.words import Field, Range
    from gesso.version import __version__

_HOMES = {
    "gesso.connecting": ("connect",),
    "gesso.errors": ("CanceledError", "GessoError", "InputError"),
    "gesso.sdk.context": (
        "checkpoints",
        "is_canceled",
        "is_seed_given",
        "log",
        "preview",
        "progress",
        "scratch",
        "seed",
        "wanted",
    ),
    "gesso.sdk.model": ("Model", "State", "command"),
    "gesso.types.audio": ("Audio",),
    "gesso.types.bounding_boxes": ("BoundingBox", "BoundingBoxes"),
    "gesso.types.directory": ("Directory",),
    "gesso.types.file": ("File",),
    "gesso.types.image": ("Image",),
    "gesso.types.json": ("Json",),
    "gesso.types.landmarks": ("Landmark", "Landmarks"),
    "gesso.types.mask": ("Mask",),
    "gesso.types.points": ("Point", "Points"),
    "gesso.types.segmentation": ("Segmentation",),
    "gesso.types.vector": ("Vector",),
    "gesso.types.video": ("Video",),
    "gesso.types.words": ("Field", "Range"),
    "gesso.version": ("__version__",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Audio",
    "BoundingBox",
    "BoundingBoxes",
    "CanceledError",
    "Directory",
    "Field",
    "File",
    "GessoError",
    "Image",
    "InputError",
    "Json",
    "Landmark",
    "Landmarks",
    "Mask",
    "Model",
    "Point",
    "Points",
    "Range",
    "Segmentation",
    "State",
    "Vector",
    "Video",
    "__version__",
    "checkpoints",
    "command",
    "connect",
    "is_canceled",
    "is_seed_given",
    "log",
    "preview",
    "progress",
    "scratch",
    "seed",
    "wanted",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"gesso has no {name!r}; it has: {', '.join(__all__)}")
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
