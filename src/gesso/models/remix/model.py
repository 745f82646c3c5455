"""Remix: make new pictures from the small patches of one picture, with no training and no weights.

Texture optimisation, from coarse to fine (Kwatra and others, Texture Optimization for Example-based Synthesis, 2005;
for whole pictures Granot and others, Drop the GAN, https://arxiv.org/abs/2103.15545): each patch of 7 x 7 pixels of the
unfinished picture looks for the source's patch most like it, all these are laid over each other, and so again, a few
times at each size.

-   Small pictures are searched in full, by Granot's measure, which draws those patches nearer that nothing is like.
    Larger ones are searched by PatchMatch (Barnes and others, 2009) on the main components of patches, for all patches
    at once; there a patch of the source that is used more often than others costs more (Kaspar and others, Self Tuning
    Texture Optimization, 2015). So the result has about as much of everything as the source. That is what "Generating
    natural images with direct Patch Distributions Matching" (https://arxiv.org/abs/2203.11862) asks for, too, but it
    goes there by gradients, which takes many times as long.
-   What becomes a plain copy of the source, as gravel and grass like to, is broken up while the picture is small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from gesso import Field, Image, Model, Range, preview, progress, seed

Floats = NDArray[np.float32]
"""Numbers; their shape is said where they are used. Colours are 0..1, with premultiplied alpha if there is a fourth."""
Places = NDArray[np.int32]
"""Whole numbers; their shape is said where they are used."""

_SIDE: Final = 7
"""Pixels of the side of a patch."""
_MIDDLE: Final = _SIDE / 2

# ----------------------------------------------------------------------------------------------------------- interface

_COARSEST: Final = {"large": 20, "medium": 30, "small": 44}
"""Pixels of the shorter side of the source, or of the result if that is smaller, at the first level: there a patch is a
third, a quarter or a sixth of it."""


class Remix(Model):
    """Make new pictures from the small patches of one: its texture, its strokes, its things, in a new order."""

    def run(
        self,
        image: Annotated[Image, Field(description="The picture to take patches from: a texture, a painting, a photo.")],
        *,
        width: Annotated[int, Range(16, 1024), Field(description="Of the result, in pixels.")] = 384,
        height: Annotated[int, Range(16, 1024), Field(description="Of the result, in pixels.")] = 384,
        variety: Annotated[
            float,
            Range(0, 1, step=0.05),
            Field(
                description="How far things move from where they are in the picture: at 0 its layout stays, at 1 it is "
                "forgotten, which suits textures."
            ),
        ] = 0.6,
        pieces: Annotated[
            Literal["large", "medium", "small"],
            Field(description="How large the things are that stay whole: large ones look more like the picture."),
        ] = "medium",
        seamless: Annotated[
            bool, Field(description="Make a tile: its right edge goes on at its left, its bottom at its top.")
        ] = False,
    ) -> Image:
        """Make a new picture; another seed makes another one.

        A picture larger than the result is made smaller first, until it fits in. The result is grey or has alpha if
        the picture has.
        """
        random = np.random.default_rng(seed())
        source = _source(image, width=width, height=height)
        sizes = _sizes(source, width=width, height=height, coarsest=_COARSEST[pieces])
        made = _Unfinished.begin(_Level.of(source, sizes[0]), random, variety=variety, is_seamless=seamless)
        bar = _Bar(sizes)
        for number, size in enumerate(sizes):
            bar.show(size)
            if number > 0:
                is_copy = made.coherence() > _COPY
                made = made.at(_Level.of(source, size))
                if is_copy and number <= _BREAKS:
                    made.break_up(random, reach=3 * variety)
            for step in range(size.steps):
                is_last = size is sizes[-1] and step == size.steps - 1
                for share in made.improve(random, is_last=is_last):
                    bar.show(size, steps=step + share)
                if step % 2 == 1 and not is_last:
                    preview(_shown(made.colours, like=image, width=width, height=height))
        return _shown(made.colours, like=image, width=width, height=height)


class _Bar:
    """Shows how far the picture is, and stops the run if it was canceled."""

    def __init__(self, sizes: list[_Size]) -> None:
        self._total = sum(size.work for size in sizes)
        self._before = {size: sum(other.work for other in sizes[:number]) for number, size in enumerate(sizes)}

    def show(self, size: _Size, *, steps: float = 0.0) -> None:
        """Say that so many steps of a size are done."""
        done = self._before[size] + size.work * steps / size.steps
        progress(done / self._total, f"{size.width} x {size.height} pixels")


def _source(image: Image, *, width: int, height: int) -> Floats:
    """Return the picture as (height, width, 3 or 4) no larger than the result, and no smaller than a patch."""
    scale = min(1.0, width / image.width, height / image.height)
    size = {"width": max(1, round(image.width * scale)), "height": max(1, round(image.height * scale))}
    if image.channels == 4:
        colours = np.asarray(image.pixels / np.float32(255), np.float32)
        colours[..., :3] *= colours[..., 3:]
        colours = resized(colours, **size)
    else:
        colours = resized(np.asarray(image.rgb / np.float32(255), np.float32), **size)
    missing = [max(0, _SIDE + 1 - side) for side in colours.shape[:2]]
    return np.pad(colours, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")


def _shown(colours: Floats, *, like: Image, width: int, height: int) -> Image:
    """Return colours as a picture of a size in pixels, grey or with alpha as the one it is made from."""
    whole = resized(colours, width=width, height=height).clip(0, 1)
    if like.channels == 4:
        whole[..., :3] /= np.maximum(whole[..., 3:], 1e-3)
    made = Image(np.asarray(np.rint(whole.clip(0, 1) * 255), np.uint8))
    return Image(made.grey) if like.channels == 1 else made


def resized(colours: Floats, *, width: int, height: int) -> Floats:
    """Return (height, width, channels) colours in another size: averaged, or smoothly in between."""
    if colours.shape[:2] == (height, width):
        return colours
    planes = (PIL.Image.fromarray(np.ascontiguousarray(plane)) for plane in np.moveaxis(colours, -1, 0))
    way = PIL.Image.Resampling.BICUBIC
    return np.dstack([np.asarray(plane.resize((width, height), way)) for plane in planes])


# -------------------------------------------------------------------------------------------------------------- levels

_RATIO: Final = 0.75
"""How much smaller each level is than the next."""
_COMPONENTS: Final = 24
"""Numbers that describe a patch in a search, of the 147 that it has."""


@dataclass(frozen=True)
class _Size:
    """The source's size and the result's at one level, in pixels, and how often the result is improved there."""

    source_width: int
    source_height: int
    width: int
    height: int
    steps: int

    @property
    def work(self) -> float:
        """How long it takes, roughly, in any unit."""
        return float(self.steps * (self.width * self.height + 2000))


def _sizes(source: Floats, *, width: int, height: int, coarsest: int) -> list[_Size]:
    """Return the sizes, the smallest first."""
    source_height, source_width = source.shape[:2]
    shortest = min(source_height, source_width, width, height)
    count = max(0, int(np.ceil(np.log(coarsest / shortest) / np.log(_RATIO))))
    sizes = []
    for number in range(count, -1, -1):
        sides = [max(_SIDE + 1, round(side * _RATIO**number)) for side in (source_width, source_height, width, height)]
        steps = 12 if number == count else 6 if number > 0 else 4
        sizes.append(_Size(sides[0], sides[1], sides[2], sides[3], steps))
    return sizes


@dataclass(frozen=True)
class _Level:
    """The source at one size.

    `colours` (h, w, channels) is the source; `features` (patches, components) describe its patches, row by row, and
    `axes` (numbers, components) make such features of patches.
    """

    size: _Size
    colours: Floats
    features: Floats
    axes: Floats

    @classmethod
    def of(cls, source: Floats, size: _Size) -> _Level:
        """Make the level of a size."""
        colours = resized(source, width=size.source_width, height=size.source_height)
        axes = _main_axes(colours)
        return cls(size, colours, features(colours, axes), axes)

    @property
    def rows(self) -> int:
        """How many patches of the source lie below each other."""
        return int(self.colours.shape[0]) - _SIDE + 1

    @property
    def columns(self) -> int:
        """How many patches of the source lie beside each other."""
        return int(self.colours.shape[1]) - _SIDE + 1

    def grid(self, *, is_seamless: bool) -> tuple[int, int]:
        """Return how many patches the result has below and beside each other."""
        lost = 0 if is_seamless else _SIDE - 1
        return self.size.height - lost, self.size.width - lost


def features(colours: Floats, axes: Floats) -> Floats:
    """Describe all patches of (height, width, channels), row by row: (patches, components)."""
    windows = np.lib.stride_tricks.sliding_window_view(colours, (_SIDE, _SIDE), axis=(0, 1))
    rows, columns = windows.shape[:2]
    made = np.empty((rows * columns, axes.shape[1]), np.float32)
    some = max(1, 2**14 // columns)  # rows at a time: all patches at once would be 49 times the picture
    for start in range(0, rows, some):
        part = windows[start : start + some]
        made[start * columns : (start + len(part)) * columns] = product(part.reshape(len(part) * columns, -1), axes)
    return made


_BLOCK: Final = 2**18
"""Multiplications up to which OpenBLAS uses one thread alone."""
_HIGH: Final = 64
"""Rows of a block."""


def product(one: Floats, other: Floats) -> Floats:
    """Return the product of matrices (n, k) and (k, m), in blocks so small that each is done by one thread.

    That is as quick, because the blocks lie in a processor's cache; several threads would wait for each other where the
    machine has other work to do, which takes many times as long; and the result would depend on how many they are.
    """
    wide = max(1, _BLOCK // (_HIGH * one.shape[1]))
    whole = len(one) // _HIGH * _HIGH
    stack = one[:whole].reshape(whole // _HIGH, _HIGH, one.shape[1])
    made = np.empty((len(one), other.shape[1]), np.float32)
    for start in range(0, other.shape[1], wide):
        part = np.ascontiguousarray(other[:, start : start + wide])
        made[:whole, start : start + wide] = (stack @ part).reshape(whole, part.shape[1])
        made[whole:, start : start + wide] = one[whole:] @ part
    return made


def _main_axes(colours: Floats) -> Floats:
    """Return the main components of the patches of (height, width, channels): (numbers, components)."""
    windows = np.lib.stride_tricks.sliding_window_view(colours, (_SIDE, _SIDE), axis=(0, 1))
    step = max(1, int(np.sqrt(windows.shape[0] * windows.shape[1] / 10_000)))  # ten thousand of them will do
    some = windows[::step, ::step].reshape(-1, _SIDE * _SIDE * colours.shape[2]).astype(np.float64)
    some -= some.mean(0)
    _, axes = np.linalg.eigh(some.T @ some)
    return np.asarray(axes[:, ::-1][:, :_COMPONENTS], np.float32)


# ---------------------------------------------------------------------------------------------------------- unfinished

_FULL_SEARCH: Final = 30_000_000
"""Pairs of patches up to which each is compared to each."""
_COMPLETE: Final = 0.02
"""Granot's alpha, against the typical difference: the smaller it is, the more of the source must be found again."""
_USE: Final = 0.2
"""What it costs to use a patch as often again as would be even, against the typical difference of patches."""
_COPY: Final = 0.8
"""The coherence, see there, from which a picture is broken up."""
_SQUARE: Final = 10
"""Pixels of the side of what moves together when a picture is broken up."""
_BREAKS: Final = 5
"""At how many levels that may be done; what is broken up later does not heal."""


class _Unfinished:
    """A picture on its way at one level: its colours, and for each of its patches the source's that it is like.

    `_down` and `_across` (rows, columns) are where that patch begins in the source, and `_worth` how much they differ.
    A seamless picture has a patch that begins at each pixel and may go on at the other side; others have none that
    would reach beyond the edge.
    """

    def __init__(self, level: _Level, colours: Floats, *, down: Places, across: Places, is_seamless: bool) -> None:
        self.colours = colours
        self._level, self._is_seamless = level, is_seamless
        self._down, self._across = down, across
        self._worth: Floats | None = None
        self._typical = 0.0

    @classmethod
    def begin(cls, level: _Level, random: np.random.Generator, *, variety: float, is_seamless: bool) -> _Unfinished:
        """Begin with the source's own layout, its patches moved about by `variety`, 0..1."""
        rows, columns = level.grid(is_seamless=is_seamless)
        plain = np.linspace(0, level.rows - 1, rows)[:, None], np.linspace(0, level.columns - 1, columns)[None, :]
        down, across = (
            _mirrored(own + variety**2 * count * _wander(random, rows=rows, columns=columns), count)
            for own, count in zip(plain, (level.rows, level.columns), strict=True)
        )
        made = cls(level, level.colours[:0], down=down, across=across, is_seamless=is_seamless)
        made._vote(spread=3.0)
        return made

    def at(self, level: _Level) -> _Unfinished:
        """Return the picture at another level."""
        old, new = self._level.size, level.size
        grid = level.grid(is_seamless=self._is_seamless)
        ys, below = _spread(grid[0], self._down.shape[0], factor=new.height / old.height)
        xs, beside = _spread(grid[1], self._down.shape[1], factor=new.width / old.width)
        from_top = self._down[np.ix_(ys, xs)] + _MIDDLE
        from_left = self._across[np.ix_(ys, xs)] + _MIDDLE
        made = _Unfinished(
            level,
            resized(self.colours, width=new.width, height=new.height),
            down=_clipped(
                np.rint(from_top * (new.source_height / old.source_height) + below[:, None] - _MIDDLE), level.rows
            ),
            across=_clipped(
                np.rint(from_left * (new.source_width / old.source_width) + beside - _MIDDLE), level.columns
            ),
            is_seamless=self._is_seamless,
        )
        made._typical = self._typical
        return made

    def coherence(self) -> float:
        """Return the share of patches, 0..1, that stand beside or above another as in the source: 1 for a copy."""
        below = (np.diff(self._down, axis=0) == 1) & (np.diff(self._across, axis=0) == 0)
        beside = (np.diff(self._down, axis=1) == 0) & (np.diff(self._across, axis=1) == 1)
        return float(np.concatenate([below.ravel(), beside.ravel()]).mean())

    def break_up(self, random: np.random.Generator, *, reach: float) -> None:
        """Move squares of the picture by about `reach` pixels each, so that it must grow together anew."""
        rows, columns = self._down.shape
        moves = random.standard_normal((2, rows // _SQUARE + 2, columns // _SQUARE + 2)) * reach
        top, left = random.integers(0, _SQUARE, 2)
        moves = moves.repeat(_SQUARE, 1).repeat(_SQUARE, 2)[:, top : top + rows, left : left + columns]
        self._down = _clipped(np.rint(self._down + moves[0]), self._level.rows)
        self._across = _clipped(np.rint(self._across + moves[1]), self._level.columns)
        self._vote(spread=3.0)

    def improve(self, random: np.random.Generator, *, is_last: bool) -> Iterator[float]:
        """Search for better patches, then lay them over each other; the last time so that all stays sharp.

        Says now and then, 0..1, how much of this is done.
        """
        yield 0.0
        wanted = features(self._canvas(), self._level.axes)
        if len(wanted) * len(self._level.features) <= _FULL_SEARCH:
            self._search_all(wanted)
        else:
            yield from self._search(wanted, random)
        assert self._worth is not None, "a search has set it"
        self._typical = float(np.median(self._worth))
        self._vote(spread=0.8 if is_last else 2.0)

    # -- search -------------------------------------------------------------------------------------------------------

    def _search_all(self, wanted: Floats) -> None:
        """Compare every patch, as wanted by its features, to every patch of the source.

        By Granot's measure a difference counts against how far the source's patch is from all that is wanted: so one
        that nothing is like is drawn nearer.
        """
        source = self._level.features
        nearest = np.full(len(source), np.inf, np.float32)
        for part in _parts(len(wanted)):
            np.minimum(nearest, _differences(wanted[part], source).min(0), out=nearest)
        ease = 1 / (nearest + _COMPLETE * np.median(nearest) + 1e-6)
        best = np.concatenate([(_differences(wanted[part], source) * ease).argmin(1) for part in _parts(len(wanted))])
        self._down = (best // self._level.columns).astype(np.int32).reshape(self._down.shape)
        self._across = (best % self._level.columns).astype(np.int32).reshape(self._down.shape)
        self._worth = _lengths(wanted - source[best]).reshape(self._down.shape)

    def _search(self, wanted: Floats, random: np.random.Generator) -> Iterator[float]:
        """Try for each patch what lies beside that of its neighbours, and some at random, ever nearer by.

        Says now and then, 0..1, how much of the step is done.
        """
        costs = self._costs()
        self._worth = np.full(self._down.shape, np.inf, np.float32)
        reach = max(self._level.rows, self._level.columns)
        reaches = [reach // 3**times for times in range(8) if reach // 3**times > 0]
        count = 17 + len(reaches)
        for number, (down, across) in enumerate(self._proposals(random, reaches)):
            yield number / count
            self._try(down, across, wanted=wanted, costs=costs)

    def _proposals(self, random: np.random.Generator, reaches: list[int]) -> Iterator[tuple[Places, Places]]:
        """Give rows and columns of patches to try, made from the best so far: 17, and one for each reach in pixels."""
        yield self._down, self._across
        for step in (1, 4, 2, 1):
            for down, across in ((step, 0), (-step, 0), (0, step), (0, -step)):
                by = (down, across)
                yield np.roll(self._down, by, axis=(0, 1)) + down, np.roll(self._across, by, axis=(0, 1)) + across
        for reach in reaches:
            moves = random.integers(-reach, reach + 1, (2, *self._down.shape), dtype=np.int32)
            yield self._down + moves[0], self._across + moves[1]

    def _try(self, down: Places, across: Places, *, wanted: Floats, costs: Floats) -> None:
        """Take those of the proposed patches that are better than what is there."""
        assert self._worth is not None, "the search has begun"
        level = self._level
        down, across = _clipped(down, level.rows), _clipped(across, level.columns)
        index = (down * level.columns + across).ravel()
        worth = costs[index]
        for part in _parts(len(index), most=2**13):  # what fits into a processor's cache
            worth[part] += _lengths(level.features.take(index[part], axis=0) - wanted[part])
        worth = worth.reshape(down.shape)
        better = worth < self._worth
        self._worth = np.where(better, worth, self._worth)
        self._down, self._across = np.where(better, down, self._down), np.where(better, across, self._across)

    def _costs(self) -> Floats:
        """Return what each patch of the source costs because it is used already, (patches,)."""
        level = self._level
        index = self._down * level.columns + self._across
        used = np.bincount(index.ravel(), minlength=level.rows * level.columns).astype(np.float32)
        near = _blurred(used.reshape(level.rows, level.columns), _SIDE).ravel()
        return near * np.float32(_USE * self._typical * used.size / index.size)

    # -- vote ---------------------------------------------------------------------------------------------------------

    def _canvas(self) -> Floats:
        """Return the colours, and those of the other side again if the picture is seamless: all that patches see."""
        if not self._is_seamless:
            return self.colours
        return np.pad(self.colours, ((0, _SIDE - 1), (0, _SIDE - 1), (0, 0)), mode="wrap")

    def _vote(self, *, spread: float) -> None:
        """Lay the patches over each other. `spread`, in pixels, says how much the rims of patches count."""
        rows, columns = self._down.shape
        height, width, channels = self._level.colours.shape
        flat = self._level.colours.reshape(height * width, channels)
        index = self._down * width + self._across
        trust = self._trust()
        total = np.zeros((rows + _SIDE - 1, columns + _SIDE - 1, channels + 1), np.float32)
        for y, x in np.ndindex(_SIDE, _SIDE):
            share = trust * np.float32(np.exp(-((y - _SIDE // 2) ** 2 + (x - _SIDE // 2) ** 2) / (2 * spread**2)))
            place = total[y : y + rows, x : x + columns]
            place[..., :channels] += flat.take(index + (y * width + x), axis=0) * share[..., None]
            place[..., channels] += share
        if self._is_seamless:  # what reaches over the edge counts on the other side
            total[: _SIDE - 1] += total[rows:]
            total[:, : _SIDE - 1] += total[:, columns:]
            total = total[:rows, :columns]
        self.colours = np.asarray(total[..., :channels] / total[..., channels:], np.float32)

    def _trust(self) -> Floats:
        """Return how much each patch counts, (rows, columns): less if it is not what was wanted."""
        if self._worth is None:
            return np.ones(self._down.shape, np.float32)
        many = 2 * np.quantile(self._worth, 0.75) + 1e-6
        return np.asarray(np.maximum(np.exp(-self._worth / many), 1e-3), np.float32)


def _spread(count: int, before: int, *, factor: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each of `count` patches in a row which of `before` smaller ones stood there, and how far from it.

    `factor` says how much larger the row has become. The distance is from middle to middle, in pixels of the new row:
    by so much a patch must begin elsewhere in the source, so that those beside each other stay so.
    """
    middles = np.arange(count) + _MIDDLE
    nearest = np.rint(middles / factor - _MIDDLE).clip(0, before - 1).astype(np.int64)
    return nearest, middles - (nearest + _MIDDLE) * factor


def _wander(random: np.random.Generator, *, rows: int, columns: int) -> Floats:
    """Return random numbers (rows, columns), mostly -1..1, alike where they are near."""
    few = random.standard_normal((rows // 4 + 2, columns // 4 + 2)).astype(np.float32)
    return resized(few[..., None], width=columns, height=rows)[..., 0]


def _mirrored(places: NDArray[Any], count: int) -> Places:
    """Return places 0..count - 1; one beyond is mirrored into the picture."""
    turned = np.abs(np.rint(places)) % max(1, 2 * count - 2)
    return _clipped(np.minimum(turned, 2 * count - 2 - turned), count)


def _clipped(places: NDArray[Any], count: int) -> Places:
    return places.clip(0, count - 1).astype(np.int32)


def _parts(count: int, *, most: int = 512) -> Iterator[slice]:
    return (slice(start, start + most) for start in range(0, count, most))


def _lengths(vectors: Floats) -> Floats:
    """Return the squared lengths of (n, components)."""
    return np.asarray(np.einsum("nc,nc->n", vectors, vectors), np.float32)


def _differences(vectors: Floats, others: Floats) -> Floats:
    """Return the squared distances of (n, components) from (m, components): (n, m)."""
    lengths = _lengths(vectors)[:, None] + _lengths(others)
    return np.asarray(np.maximum(lengths - 2 * product(vectors, others.T), 0), np.float32)


def _blurred(values: Floats, side: int) -> Floats:
    """Return the means of (height, width) numbers in squares of `side`, an odd number, with the edges drawn out."""
    sums = np.pad(values, side // 2, mode="edge").cumsum(0, dtype=np.float64).cumsum(1)
    sums = np.pad(sums, ((1, 0), (1, 0)))
    inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return np.asarray(inside / side**2, np.float32)
