"""Segmentation: what each pixel of a picture shows, as a number, a name and a colour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, ClassVar, Final

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from gesso.errors import DeclarationError, InputError
from gesso.types.base import Json
from gesso.types.given import describe
from gesso.types.raster import Raster, RasterType

_LARGEST_ID: Final = 65535
_MOST_LABELS: Final = 4096
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_CHUNK: Final = 65536  # colours that are compared with all labels at a time
# The first colours of labels that have none; they are Runway's, so that pictures made for its models fit.
_FIRST_COLOURS: Final = ("#d60000", "#8c3bff", "#018700", "#00acc6", "#97ff00", "#ff7ed1", "#6b004f", "#ffa52f")


class Segmentation(Raster):
    """The meaning of each pixel: `Segmentation(ids)` keeps the array as it is, without a copy.

    `ids` (also `pixels`) is uint8 or uint16 (H, W); what a number means, the port's `labels` say. Row 0 is the top.
    Anything else raises `InputError`.
    """

    __slots__ = ()

    def __init__(self, ids: NDArray[Any]) -> None:
        if ids.ndim != 2 or ids.dtype not in (np.uint8, np.uint16) or ids.size == 0:
            raise InputError("a segmentation of shape (height, width) as uint8 or uint16", describe(ids))
        super().__init__(ids)

    @property
    def ids(self) -> NDArray[Any]:
        """The number of the label of each pixel: uint8 or uint16 (H, W)."""
        return self.pixels


@dataclass(frozen=True, kw_only=True)
class SegmentationType(RasterType[Segmentation]):
    """`labels`: name to id (0..65535), None if any id may come. `colours`: name to "#rrggbb"; the others get their own.

    A picture in colours is read by the nearest colour, one in grey or with a palette as ids. Ids that no label has are
    refused, or become `default_label` if there is one. With labels it is written in colours, without as ids.
    """

    name: ClassVar[str] = "segmentation"
    title: ClassVar[str] = "a segmentation"
    widget: ClassVar[str] = "segmentation"
    writes: ClassVar[tuple[str, ...]] = (".png", ".tif", ".tiff")  # none that smears colours
    value_class: ClassVar[type[Raster]] = Segmentation
    dtypes: ClassVar[tuple[str, ...]] = ("uint8", "uint16")

    labels: Mapping[str, Json] | None = None
    colours: Mapping[str, Json] | None = None
    default_label: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        labels, colours = self.labels or {}, self.colours or {}
        ids = list(labels.values())
        if not all(type(one) is int and 0 <= one <= _LARGEST_ID for one in ids) or len(set(ids)) != len(ids):
            raise DeclarationError(f"The labels of a segmentation need different ids from 0 to {_LARGEST_ID}.")
        if len(ids) > _MOST_LABELS:
            raise DeclarationError(f"A segmentation has at most {_MOST_LABELS} labels, not {len(ids)}.")
        unknown = [name for name in (*colours, self.default_label) if name is not None and name not in labels]
        if unknown:
            raise DeclarationError(f"There is no label {unknown[0]!r} in the segmentation.")
        wrong = [colour for colour in colours.values() if not isinstance(colour, str) or not _COLOUR.fullmatch(colour)]
        if wrong or len({colour.lower() for colour in colours.values()}) != len(colours):
            raise DeclarationError('The colours of a segmentation are like "#d60000", and different from each other.')

    @cached_property
    def palette(self) -> dict[str, str]:
        """The colour of each label, given or made: name to "#rrggbb"."""
        given = {name: str(colour).lower() for name, colour in (self.colours or {}).items()}
        missing = [name for name in self.labels or {} if name not in given]
        return given | dict(zip(missing, _distinct_colours(len(missing), tuple(given.values())), strict=True))

    @cached_property
    def _ids_and_colours(self) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
        labels = self.labels or {}
        ids = np.array(list(labels.values()), np.uint16)
        return ids, np.array([_rgb(self.palette[name]) for name in labels], np.uint8).reshape(-1, 3)

    def sample(self) -> Segmentation:
        """Return upright stripes, one of each label."""
        width, height = self.sample_size
        ids = np.array(list((self.labels or {"ground": 0, "figure": 1}).values()))
        stripe = ids[np.arange(width) * len(ids) // width] if len(ids) <= width else ids[:width]
        return self.coerce(np.tile(stripe, (height, 1)))

    def from_pil(self, source: PIL.Image.Image) -> Segmentation:
        """Take a picture by its colours, or, in grey or with a palette, by its ids."""
        if source.mode == "P" and not self._is_drawn_in_our_colours(source):
            return Segmentation(np.asarray(source))
        if source.mode == "1":
            return Segmentation(np.asarray(source).astype(np.uint8))
        if source.mode in ("L", "I") or source.mode.startswith("I;16"):
            return self.from_array(np.asarray(source))
        return self._from_colours(np.asarray(source.convert("RGB")))

    def _is_drawn_in_our_colours(self, source: PIL.Image.Image) -> bool:
        # A program that saves colours with a palette numbers them as it likes.
        if not self.labels:
            return False
        used = source.convert("RGB").getcolors(_MOST_LABELS) or []
        ours = {tuple(colour) for colour in self._ids_and_colours[1].tolist()}
        return {colour for _, colour in used} <= ours

    def from_array(self, array: NDArray[Any]) -> Segmentation:
        """Take whole numbers (H, W) as ids, or uint8 (H, W, 3) as colours."""
        if array.ndim == 3 and array.shape[2] in (3, 4) and array.dtype == np.uint8:
            return self._from_colours(array[:, :, :3])
        if array.ndim == 3 and array.shape[2] == 1:
            array = array[:, :, 0]
        if array.ndim != 2 or array.dtype.kind not in "iub":
            raise self.refuse(describe(array), "Give whole numbers of shape (height, width).")
        if array.dtype == np.uint8:
            return Segmentation(array)
        low, high = int(array.min()), int(array.max())
        if low < 0 or high > _LARGEST_ID:
            raise self.refuse(f"ids from {low} to {high}", f"Ids are 0 to {_LARGEST_ID}.")
        return Segmentation(array.astype(np.uint16 if high > 255 else np.uint8))

    def _from_colours(self, rgb: NDArray[Any]) -> Segmentation:
        if not self.labels:
            raise self.refuse("a picture in colours", "Without labels, a segmentation is a grey picture of ids.")
        ids, colours = self._ids_and_colours
        packed = rgb.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
        found, places = np.unique(packed, return_inverse=True)
        nearest = np.concatenate([_nearest(found[at : at + _CHUNK], colours) for at in range(0, len(found), _CHUNK)])
        return self.from_array(ids[nearest][places].reshape(packed.shape))

    def fit(self, value: Segmentation) -> Segmentation:
        """Return the segmentation if all its ids have a label; others become the default label, or are refused."""
        if not self.labels:
            return value
        is_known = np.zeros(_LARGEST_ID + 1, np.bool_)
        is_known[self._ids_and_colours[0]] = True
        is_unknown = ~is_known[value.ids]
        if not is_unknown.any():
            return value
        if self.default_label is None:
            given = f"the id {int(value.ids[is_unknown][0])}, which no label has"
            raise self.refuse(given, "The declaration of the model says which labels there are.")
        return self.from_array(np.where(is_unknown, np.uint16(self.labels[self.default_label]), value.ids))

    def shown(self, value: Segmentation) -> NDArray[Any]:
        """Return the picture in the labels' colours, or the ids where there are no labels."""
        if not self.labels:
            return value.ids
        ids, colours = self._ids_and_colours
        table = np.zeros((_LARGEST_ID + 1, 3), np.uint8)
        table[ids] = colours
        return np.asarray(table[value.ids])


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _nearest(packed: NDArray[np.uint32], colours: NDArray[np.uint8]) -> NDArray[Any]:
    """Return the place of the nearest of `colours` (N, 3) for each colour, packed as 0xRRGGBB."""
    rgb = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.int32)
    best = np.zeros(len(rgb), np.intp)
    least = np.full(len(rgb), np.iinfo(np.int32).max, np.int32)
    for place, colour in enumerate(colours.astype(np.int32)):
        distance = ((rgb - colour) ** 2).sum(axis=1)
        is_nearer = distance < least
        best[is_nearer], least[is_nearer] = place, distance[is_nearer]
    return best


@cache
def _distinct_colours(count: int, taken: tuple[str, ...]) -> tuple[str, ...]:
    """Return colours that are as far as can be from each other, from those taken, and from black and white."""
    steps = np.linspace(0, 255, 17).round()
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    made = [colour for colour in _FIRST_COLOURS if colour not in taken][:count]
    distance = np.min([_distances(grid, colour) for colour in ("#000000", "#ffffff", *taken, *made)], axis=0)
    while len(made) < count:
        red, green, blue = grid[int(distance.argmax())].astype(int)
        made.append(f"#{red:02x}{green:02x}{blue:02x}")
        distance = np.minimum(distance, _distances(grid, made[-1]))
    return tuple(made)


def _distances(grid: NDArray[np.float64], colour: str) -> NDArray[np.float64]:
    """Return distances as eyes see them, roughly: green counts most and blue least (T. Riemersma's "redmean")."""
    red, green, blue = _rgb(colour)
    mean = (grid[:, 0] + red) / 2 / 256
    squares = (grid - (red, green, blue)) ** 2
    return np.asarray((2 + mean) * squares[:, 0] + 4 * squares[:, 1] + (3 - mean) * squares[:, 2])
