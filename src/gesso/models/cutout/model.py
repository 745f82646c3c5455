"""Cutout: take people out of a picture, with fine edges and with the background's colour taken out of them.

1.  Finding. BlazePose (https://arxiv.org/abs/2006.10204) finds a person, and says roughly which pixels are theirs; a
    net made for video calls (https://ai.google.dev/edge/mediapipe/solutions/vision/image_segmenter, "selfie") then
    looks closer. Both nets' weights come inside the mediapipe library, so that nothing is downloaded. What is found is
    covered, and the picture is searched again, until nobody is left.
2.  Matting. The nets see 256 pixels, which makes edges like steps. Between what is surely person and what is surely
    not, the alpha is found that makes every small window of the picture a mix of two lines of colour: Levin, Lischinski
    and Weiss, A Closed-Form Solution to Natural Image Matting (2008), in the form of He, Sun and Tang, Fast Matting
    Using Large Kernel Matting Laplacian Matrices (2010), which needs box filters only.
3.  A large picture gets its alpha from a smaller one by the lines of colour found there: He and Sun, Fast Guided Filter
    (https://arxiv.org/abs/1505.00996).
4.  Colour. In half-transparent pixels the person's own colour is estimated, after Forte, Approximate Fast Foreground
    Colour Estimation (2021), so that no green hangs in hair that stood before a lawn.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from gesso import Field, Image, Mask, Model, log, progress

Pixels = NDArray[np.uint8]
"""Rows of pixels of sRGB: (height, width, 3), or 4 with straight alpha."""
Floats = NDArray[np.float32]
"""Numbers; their shape is said where they are used. Colours and alpha are 0..1."""
Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels, the last two not included."""

# ----------------------------------------------------------------------------------------------------------- interface

_GROUNDS: Final = {"white": (255, 255, 255), "black": (0, 0, 0), "green": (0, 177, 64)}


@dataclass(frozen=True)
class Cutout:
    """What one picture gives."""

    cutout: Annotated[
        Image,
        Field(description="The people in their own colours, with alpha; laid on the background if a colour is chosen."),
    ]
    mask: Annotated[Mask, Field(description="The alpha alone: white is person, black is not, grey is partly.")]


class CutoutModel(Model):
    """Take people out of a picture, with fine edges."""

    def setup(self) -> None:
        """Load the nets, and run them once, so that the first picture need not wait."""
        with _quiet():
            self._nets = Nets()
            self._nets.warm_up()

    def run(
        self,
        image: Annotated[Image, Field(description="A photo with people in it.")],
        *,
        subject: Annotated[
            Literal["everyone", "most prominent", "anything"],
            Field(
                description="Whom to keep: everyone who is found, the most prominent person alone, or anything that "
                "stands in front, say an animal. The last is a guess: the nets have learnt people."
            ),
        ] = "everyone",
        edges: Annotated[
            Literal["fine", "crisp"],
            Field(description="Fine keeps single hairs and soft edges; crisp draws a clean line around all."),
        ] = "fine",
        background: Annotated[
            Literal["transparent", "white", "black", "green"], Field(description="What stands behind.")
        ] = "transparent",
    ) -> Cutout:
        """Cut people out.

        Without a person the mask is black and the cutout empty: all transparent, or the background's colour alone.
        """
        progress(0.05, "looking for people")
        people = find(self._nets, image.rgb, subject=subject)
        colours = image.pixels[..., :3] if image.channels == 4 else image.rgb
        cutout = np.zeros((image.height, image.width, 4), np.uint8)
        if people is None:
            log("Nobody was found in the picture.", "warning")
        else:
            progress(0.3, "finding the edges")
            matte = matted(image.rgb, people, is_crisp=edges == "crisp")
            progress(0.8, "taking the background's colour out")
            matte.write(colours, cutout)
        if image.channels == 4:  # what was transparent stays so
            cutout[..., 3] = np.rint(cutout[..., 3] * (image.pixels[..., 3] / np.float32(255)))
        return Cutout(cutout=Image(_laid(cutout, background)), mask=Mask(np.ascontiguousarray(cutout[..., 3])))


def _laid(cutout: Pixels, background: str) -> Pixels:
    """Return the cutout (height, width, 4) on a ground of one colour (height, width, 3), or as it is."""
    if background == "transparent":
        return cutout
    ground = PIL.Image.new("RGBA", (cutout.shape[1], cutout.shape[0]), (*_GROUNDS[background], 255))
    ground.alpha_composite(PIL.Image.fromarray(cutout))
    return np.asarray(ground.convert("RGB"))


@contextmanager
def _quiet() -> Iterator[None]:
    """Send to nowhere what C++ writes to the standard error; mediapipe's log has no switch. Exceptions still come."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


# ------------------------------------------------------------------------------------------------------------- finding

_SCENE: Final = 1600
"""Pixels of the longer side of the picture in which people are looked for."""
_LOOK: Final = 640
"""Pixels. The nets see 256; of pictures twice as large or more mediapipe would skip pixels, so we average."""
_SURE: Final = 0.75
"""The detector's score from which a person is one, as in the model `pose`."""
_MOST_PEOPLE: Final = 8


@dataclass(frozen=True)
class Sight:
    """A person as one look shows them.

    `likelihood` (height, width) says 0..1 how likely each pixel of what was looked at is theirs; `head` is the centre
    and the radius of the head in pixels (x, y, r); `reach` is the side, in pixels, of the square that the net looked
    at: about the height of the standing person, also where half of them is outside; `score` says how sure it is.
    """

    likelihood: Floats
    head: Floats
    reach: float
    score: float


@dataclass(frozen=True)
class People:
    """All who were found, in a picture of (height, width) pixels made smaller.

    `likelihood` (height, width) says 0..1 how likely each pixel is theirs; `heads` (n, 3) are x, y and radius;
    `grain` is how many pixels one of the net's 256 is wide.
    """

    likelihood: Floats
    heads: Floats
    grain: float


class Nets:
    """BlazePose and the net for video calls."""

    def __init__(self) -> None:
        from mediapipe.python.solution_base import SolutionBase
        from mediapipe.python.solutions.pose import Pose
        from mediapipe.python.solutions.selfie_segmentation import SelfieSegmentation

        # This one sees a person in anything: once warm, mediapipe has said all that it has to say.
        self._eager = Pose(static_image_mode=True, min_detection_confidence=0.0, min_tracking_confidence=0.0)
        self._pose = SolutionBase(  # the graph of `Pose`, which keeps the detector's score to itself
            binary_graph_path="mediapipe/modules/pose_landmark/pose_landmark_cpu.binarypb",
            side_inputs={
                "model_complexity": 1,  # the only one whose weights are in the wheel
                "smooth_landmarks": False,
                "enable_segmentation": True,
                "smooth_segmentation": False,
                "use_prev_landmarks": False,  # each picture for itself
            },
            outputs=["pose_landmarks", "pose_detection", "segmentation_mask", "pose_rect_from_detection"],
        )
        self._selfie = SelfieSegmentation(model_selection=0)

    def warm_up(self) -> None:
        """Run each net on nothing."""
        for net in (self._eager, self._pose, self._selfie):
            net.process(np.zeros((64, 64, 3), np.uint8))
        self._eager.close()

    def person(self, pixels: Pixels) -> Sight | None:
        """Look for the most prominent person in a picture (height, width, 3)."""
        small = _within(pixels, _LOOK)
        found = self._pose.process(small)
        if found.pose_landmarks is None or found.segmentation_mask is None:
            return None
        height, width = pixels.shape[:2]
        face = np.array([(joint.x * width, joint.y * height) for joint in found.pose_landmarks.landmark[:11]])
        centre = face.mean(0)
        radius = 2.2 * np.linalg.norm(face - centre, axis=1).max()
        return Sight(
            likelihood=_resized(found.segmentation_mask, width=width, height=height),
            head=np.array([*centre, radius], np.float32),
            reach=found.pose_rect_from_detection.width * width,
            score=float(found.pose_detection.score[0]),
        )

    def foreground(self, pixels: Pixels) -> Floats:
        """Return how likely each pixel is of who stands in front, (height, width).

        The net is asked twice, the second time about the mirrored picture: the mean is less noisy.
        """
        small = _within(pixels, _LOOK)
        plain, mirrored = (
            self._selfie.process(np.ascontiguousarray(small[:, ::step])).segmentation_mask[:, ::step]
            for step in (1, -1)
        )
        return _resized((plain + mirrored) / 2, width=pixels.shape[1], height=pixels.shape[0])


def _within(pixels: NDArray[Any], side: int) -> NDArray[Any]:
    """Return a picture with no side longer than `side` pixels, averaged down if it has to be."""
    import cv2

    height, width = pixels.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return np.ascontiguousarray(pixels)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _resized(values: Floats, *, width: int, height: int) -> Floats:
    """Return (height, width) or (height, width, n) numbers in another size: averaged, or smoothly in between."""
    import cv2

    if values.shape[:2] == (height, width):
        return values
    is_smaller = height * width < values.shape[0] * values.shape[1]
    made = cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR)
    return np.asarray(made, np.float32)


def find(nets: Nets, pixels: Pixels, *, subject: str) -> People | None:
    """Find who is to be kept in a picture (height, width, 3): "everyone", "most prominent" or "anything"."""
    scene = _within(pixels, _SCENE)
    if subject == "anything":
        likelihood = nets.foreground(scene)
        if likelihood.max() <= 0.5:
            return None
        return People(likelihood, heads=np.zeros((0, 3), np.float32), grain=max(likelihood.shape) / 256)
    sights = _search(nets, scene, most=1 if subject == "most prominent" else _MOST_PEOPLE)
    if not sights:
        return None
    likelihood = np.zeros(scene.shape[:2], np.float32)
    for sight in sights:
        np.maximum(likelihood, _closer(nets, scene, sight=sight), out=likelihood)
    sides = [max(np.ptp(np.argwhere(sight.likelihood > 0.5), axis=0)) for sight in sights]
    return People(likelihood, heads=np.array([sight.head for sight in sights]), grain=1.4 * max(sides) / 256)


def _search(nets: Nets, scene: Pixels, *, most: int) -> list[Sight]:
    """Find person after person: who is found is covered, and the scene is searched again."""
    sights: list[Sight] = []
    while len(sights) < most:
        sight = _look(nets, scene, is_first=not sights)
        if sight is None:
            break
        sights.append(sight)
        scene = _covered(scene, sight.likelihood)
    return sights


def _look(nets: Nets, scene: Pixels, *, is_first: bool) -> Sight | None:
    """Look for one person; who is not surely one must be seen a second time, from nearer, at the same place.

    Where nobody is found at all, nine overlapping windows of half the scene's size are searched, because the detector
    overlooks most people who are less than half as high as the picture.
    """
    sight = nets.person(scene)
    if sight is not None and (_is_sure(sight, is_first=is_first) or _seen_again(nets, scene, sight=sight)):
        return sight
    if not is_first:
        return None
    height, width = scene.shape[:2]
    closer = [_look_within(nets, scene, box=box) for box in _windows(width, height)]
    return max((sight for sight in closer if sight is not None), key=lambda sight: sight.reach, default=None)


def _is_sure(sight: Sight, *, is_first: bool) -> bool:
    return is_first and sight.score >= _SURE and bool((sight.likelihood > 0.5).any())


def _windows(width: int, height: int) -> list[Box]:
    xs, ys = ([side * quarter // 4 for quarter in range(5)] for side in (width, height))
    boxes = [(xs[i], ys[j], xs[i + 2], ys[j + 2]) for j in range(3) for i in range(3)]
    return [box for box in boxes if box[2] > box[0] and box[3] > box[1]]


def _look_within(nets: Nets, scene: Pixels, *, box: Box) -> Sight | None:
    """Look for a person within a box, twice; the sight is in pixels of the scene."""
    left, top, right, bottom = box
    sight = nets.person(np.ascontiguousarray(scene[top:bottom, left:right]))
    if sight is None:
        return None
    likelihood = np.zeros(scene.shape[:2], np.float32)
    likelihood[top:bottom, left:right] = sight.likelihood
    moved = Sight(likelihood, sight.head + np.array([left, top, 0], np.float32), sight.reach, sight.score)
    return moved if _seen_again(nets, scene, sight=moved) else None


def _seen_again(nets: Nets, scene: Pixels, *, sight: Sight) -> bool:
    """Say whether a nearer look shows the same person: most of the pixels of either sight are in both."""
    theirs = sight.likelihood > 0.5
    if theirs.sum() < 64:
        return False
    left, top, right, bottom = _box(theirs, margin=0.4)
    again = nets.person(np.ascontiguousarray(scene[top:bottom, left:right]))
    if again is None:
        return False
    first, second = theirs[top:bottom, left:right], again.likelihood > 0.5
    return bool((first & second).sum() > 0.6 * (first | second).sum())


def _box(theirs: NDArray[np.bool_], *, margin: float) -> Box:
    """Return the box around what is true, wider by a part of its longer side, cut at the picture's edges."""
    rows, columns = np.flatnonzero(theirs.any(1)), np.flatnonzero(theirs.any(0))
    extra = round(margin * max(np.ptp(rows) + 1, np.ptp(columns) + 1))
    height, width = theirs.shape
    left, top = max(0, columns[0] - extra), max(0, rows[0] - extra)
    return int(left), int(top), int(min(width, columns[-1] + 1 + extra)), int(min(height, rows[-1] + 1 + extra))


def _covered(scene: Pixels, likelihood: Floats) -> Pixels:
    """Return the scene with what is likely a person painted over with the colours around it, blurred."""
    import cv2

    height, width = likelihood.shape
    reach = max(height, width) // 160 * 2 + 1
    cover = cv2.blur(cv2.dilate((likelihood > 0.2).astype(np.float32), np.ones((reach, reach))), (reach, reach))[
        ..., None
    ]
    ground = _within(np.dstack([scene * (1 - cover), 1 - cover]), 160)  # what is blurred needs no more
    ground = cv2.GaussianBlur(ground, (0, 0), 16)
    painted = _resized(ground[..., :3] / np.maximum(ground[..., 3:], 1e-4), width=width, height=height)
    return np.asarray((cover * painted + (1 - cover) * scene).clip(0, 255), np.uint8)


def _closer(nets: Nets, scene: Pixels, *, sight: Sight) -> Floats:
    """Return how likely each pixel of the scene is this person's, from both nets.

    BlazePose knows bodies and leaves other people and furniture alone; but in a portrait it looks at a square in which
    the standing person would fit, so that a face gets few of its pixels. There the other net is better, which also
    knows hats. It sees a foreground, though, not a person: what it adds must lie near the body.
    """
    import cv2

    body = sight.likelihood
    left, top, right, bottom = _box(body > 0.5, margin=0.2)
    body = body[top:bottom, left:right]
    side = max(body.shape)
    portrait = float(np.clip(sight.reach / side - 0.9, 0, 1))  # 0 if all of the person is to be seen, 1 for a bust
    front = nets.foreground(np.ascontiguousarray(scene[top:bottom, left:right]))
    away = cv2.distanceTransform((body < 0.5).astype(np.uint8), cv2.DIST_L2, 3) / side
    extra = (front > 0.5) & (body < 0.5)
    _, parts = cv2.connectedComponents(extra.astype(np.uint8))
    farthest = np.zeros(parts.max() + 1, np.float32)
    np.maximum.at(farthest, parts.ravel(), away.ravel())
    is_near = farthest[parts] <= 0.04 + 0.2 * portrait
    front = np.where((extra & ~is_near) | (away > 0.04 + 0.2 * portrait), body, front)
    share = 0.3 + 0.45 * portrait
    joined = np.zeros(scene.shape[:2], np.float32)
    joined[top:bottom, left:right] = share * front + (1 - share) * body
    return joined


# ------------------------------------------------------------------------------------------------------------- matting

_MATTE_SIDE: Final = 1280
"""Pixels of the longer side of the part of a picture in which edges are found; a larger one gets its alpha from it."""
_KNOWN: Final = 100.0
"""The weight of what is surely person or surely not, against the 25 windows that each pixel lies in."""


@dataclass(frozen=True)
class Matte:
    """The alpha of a part of a picture, and what colours the people and what is behind them have there.

    All at (height, width) of the part, made smaller if it was large: `lines` (height, width, 4) are the factors of red,
    green and blue and what is added to them to give the alpha, which is then stretched around a half by `contrast`;
    `person` and `behind` (height, width, 3) are colours. `box` is the part in pixels of the whole picture.
    """

    box: Box
    lines: Floats
    contrast: float
    person: Floats
    behind: Floats

    def write(self, colours: Pixels, cutout: Pixels) -> None:
        """Write colours and alpha of a picture (height, width, 3) into a cutout (height, width, 4), strip by strip."""
        left, top, right, bottom = self.box
        strip = max(1, 2**20 // (right - left))  # a million pixels at a time
        for start in range(top, bottom, strip):
            end = min(bottom, start + strip)
            self._write_strip(colours[start:end, left:right], cutout[start:end, left:right], first=start - top)

    def _write_strip(self, colours: Pixels, cutout: Pixels, *, first: int) -> None:
        seen = np.asarray(colours / np.float32(255), np.float32)
        lines, person, behind = (
            self._enlarged(each, first=first, height=seen.shape[0]) for each in (self.lines, self.person, self.behind)
        )
        alpha = _apply(lines, seen)
        alpha = ((alpha - 0.5) * self.contrast + 0.5).clip(0, 1)[..., None]
        # Forte's last step: what the mix of both colours leaves unexplained is added to the person's.
        own = person + alpha * (seen - alpha * person - (1 - alpha) * behind)
        cutout[..., :3] = np.rint(own.clip(0, 1) * 255) * (alpha > 0)
        cutout[..., 3] = np.rint(alpha[..., 0] * 255)

    def _enlarged(self, values: Floats, *, first: int, height: int) -> Floats:
        """Return some rows of small values at the size of the part."""
        import cv2

        left, top, right, bottom = self.box
        across, down = values.shape[1] / (right - left), values.shape[0] / (bottom - top)
        if across == down == 1:
            return values[first : first + height]
        places = np.array([[across, 0, 0.5 * across - 0.5], [0, down, (first + 0.5) * down - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        made = cv2.warpAffine(values, places, (right - left, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(made, np.float32)


def matted(pixels: Pixels, people: People, *, is_crisp: bool) -> Matte:
    """Find the edges of people in a picture (height, width, 3)."""
    height, width = pixels.shape[:2]
    scale = width / people.likelihood.shape[1]
    box = _scaled(_box(people.likelihood > 0.1, margin=0.05), scale, width=width, height=height)
    left, top, right, bottom = box
    part = np.asarray(_within(pixels[top:bottom, left:right], _MATTE_SIDE) / np.float32(255), np.float32)
    factor = part.shape[1] / (right - left)
    likelihood = _part_of(people.likelihood, box, scale=scale, like=part)
    heads = (people.heads * scale - np.array([left, top, 0], np.float32)) * factor
    unit = people.grain * scale * factor
    prior, weight = trimap(likelihood, heads, unit=unit, is_crisp=is_crisp)
    alpha = solve(part, prior, weight=weight)
    person, behind = split(part, alpha)
    return Matte(box=box, lines=_lines(part, alpha), contrast=2.0 if is_crisp else 1.06, person=person, behind=behind)


def _scaled(box: Box, scale: float, *, width: int, height: int) -> Box:
    left, top, right, bottom = (edge * scale for edge in box)
    return int(left), int(top), min(width, int(np.ceil(right))), min(height, int(np.ceil(bottom)))


def _part_of(likelihood: Floats, box: Box, *, scale: float, like: Floats) -> Floats:
    """Return the likelihood of a box, given in pixels of a picture `scale` times as large, at the size of `like`."""
    import cv2

    height, width = like.shape[:2]
    across, down = (box[2] - box[0]) / width / scale, (box[3] - box[1]) / height / scale
    places = np.array([[across, 0, box[0] / scale + 0.5 * across - 0.5], [0, down, box[1] / scale + 0.5 * down - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    made = cv2.warpAffine(likelihood, places, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.float32)


def trimap(likelihood: Floats, heads: Floats, *, unit: float, is_crisp: bool) -> tuple[Floats, Floats]:
    """Say what is known: return a first alpha and how much each pixel's counts, both (height, width).

    `unit` is how many pixels one of the net's is large. A band around the nets' edge is unknown, wider around heads
    (n, 3: x, y, radius), where hair is; there the first alpha counts little, and less where the nets are unsure.
    """
    import cv2

    inside = likelihood > 0.5
    near = cv2.distanceTransform(np.where(inside, 0, 1).astype(np.uint8), cv2.DIST_L2, 3) / unit
    deep = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3) / unit
    hair = np.full(likelihood.shape, 0.0 if len(heads) else 0.5, np.float32)  # an animal may have it anywhere
    y, x = np.ogrid[: likelihood.shape[0], : likelihood.shape[1]]
    for column, row, radius in heads.tolist():
        distance = np.hypot(x - column, y - row) / max(radius, 1e-3)
        np.maximum(hair, (2 - distance).clip(0, 1), out=hair)
    outer, inner = (2.5, 2.5) if is_crisp else (3.5 + 8 * hair, 3 + 4 * hair)
    unsure = (likelihood > 0.3) & (likelihood < 0.8) & (near < 2.5 * outer) & (deep < 2.5 * inner)
    unknown = ((near < outer) & (deep < inner)) | unsure
    first = ((likelihood - 0.5) * 2.5 + 0.5).clip(0, 1)
    sureness = 0.02 + 0.3 * np.square(2 * likelihood - 1)
    prior = np.where(unknown, first, inside)
    return prior.astype(np.float32), np.where(unknown, sureness, _KNOWN).astype(np.float32)


class _Windows:
    """The matting Laplacian of a picture (height, width, 3), times any alpha (height, width), by box filters.

    In each window of 5 x 5 pixels the alpha should be a line of the colours; the Laplacian says how far it is from
    that. `epsilon` is how much noise, squared, a colour may have.
    """

    def __init__(self, colours: Floats, *, radius: int = 2, epsilon: float = 1e-5) -> None:
        self._colours, self._radius = colours, radius
        self.counts = self._sum(np.ones(colours.shape[:2], np.float32))
        self._means = self._sum(colours) / self.counts[..., None]
        self._inverse = self._inverted(epsilon)

    def _sum(self, values: NDArray[Any]) -> NDArray[Any]:
        import cv2

        side = 2 * self._radius + 1
        return np.asarray(cv2.boxFilter(values, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT))

    def _inverted(self, epsilon: float) -> list[Floats]:
        """Return the upper half of the inverse covariance of the colours of each window: rr, rg, rb, gg, gb, bb.

        Computed with 64 bits: it is the small difference of large numbers.
        """
        counts = self.counts.astype(np.float64)
        red, green, blue = np.moveaxis(self._colours.astype(np.float64), -1, 0)
        pairs = ((red, red), (red, green), (red, blue), (green, green), (green, blue), (blue, blue))
        r, g, b = (self._sum(colour) / counts for colour in (red, green, blue))
        means = (r * r, r * g, r * b, g * g, g * b, b * b)
        rr, rg, rb, gg, gb, bb = (
            self._sum(one * other) / counts - mean for (one, other), mean in zip(pairs, means, strict=True)
        )
        rr, gg, bb = rr + epsilon, gg + epsilon, bb + epsilon
        upper = (gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg)
        rest = (rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg)
        determinant = rr * upper[0] + rg * upper[1] + rb * upper[2]
        return [(each / determinant).astype(np.float32) for each in (*upper, *rest)]

    def lines(self, alpha: Floats) -> Floats:
        """Return the line of each window that is nearest to the alpha: three factors and what is added (h, w, 4)."""
        both = self._sum(np.dstack([self._colours * alpha[..., None], alpha])) / self.counts[..., None]
        red, green, blue = np.moveaxis(both[..., :3] - self._means * both[..., 3:], -1, 0)
        rr, rg, rb, gg, gb, bb = self._inverse
        made = np.empty((*alpha.shape, 4), np.float32)
        made[..., 0] = rr * red + rg * green + rb * blue
        made[..., 1] = rg * red + gg * green + gb * blue
        made[..., 2] = rb * red + gb * green + bb * blue
        made[..., 3] = both[..., 3] - np.einsum("hwc,hwc->hw", made[..., :3], self._means)
        return made

    def smooth_lines(self, alpha: Floats) -> Floats:
        """Return for each pixel the mean line of the windows in which it lies, (height, width, 4)."""
        return np.asarray(self._sum(self.lines(alpha)) / self.counts[..., None], np.float32)

    def times(self, alpha: Floats) -> Floats:
        """Return the Laplacian times an alpha."""
        return np.asarray(self.counts * alpha - _apply(self._sum(self.lines(alpha)), self._colours), np.float32)


def _apply(lines: Floats, colours: Floats) -> Floats:
    """Return what lines (height, width, 4) make of colours (height, width, 3)."""
    return np.asarray(np.einsum("hwc,hwc->hw", lines[..., :3], colours) + lines[..., 3], np.float32)


def solve(colours: Floats, prior: Floats, *, weight: Floats, steps: int = 20) -> Floats:
    """Return the alpha (height, width), 0..1, that is nearest to lines of the colours and to a prior by its weight.

    Conjugate gradients, begun with the solution at half the size: that one knows already what lies far apart.
    """
    height, width = prior.shape
    if min(height, width) > 120:
        half = {"width": width // 2, "height": height // 2}
        least = _resized(weight, **half)
        smaller = solve(_resized(colours, **half), _resized(weight * prior, **half) / least, weight=least, steps=steps)
        begun = _resized(smaller, width=width, height=height)
    else:
        begun, steps = prior, 3 * steps
    return _descended(_Windows(colours), prior, weight=weight, begun=begun, steps=steps).clip(0, 1)


def _descended(windows: _Windows, prior: Floats, *, weight: Floats, begun: Floats, steps: int) -> Floats:
    """Return the alpha after some steps of conjugate gradients, preconditioned by the diagonal."""

    def times(alpha: Floats) -> Floats:
        return np.asarray(windows.times(alpha) + weight * alpha, np.float32)

    def dot(one: Floats, other: Floats) -> float:
        return float(np.vdot(one, other))

    easing = 1 / (windows.counts + weight)
    alpha = begun.copy()
    left = weight * prior - times(alpha)
    eased = easing * left
    direction, length = eased, dot(left, eased)
    enough = 1e-6 * length
    for _ in range(steps):
        if length <= max(enough, 1e-12):
            break
        changed = times(direction)
        step = np.float32(length / max(dot(direction, changed), 1e-20))
        alpha += step * direction
        left -= step * changed
        eased = easing * left
        before, length = length, dot(left, eased)
        direction = eased + np.float32(length / before) * direction
    return alpha


def _lines(colours: Floats, alpha: Floats) -> Floats:
    """Return the lines by which a larger picture gets its alpha, (height, width, 4): a guided filter."""
    return _Windows(colours, radius=1, epsilon=1e-5).smooth_lines(alpha)


def split(colours: Floats, alpha: Floats) -> tuple[Floats, Floats]:
    """Estimate which colours (height, width, 3) people and what is behind them have, by Forte's two blurs."""
    import cv2

    person = behind = colours
    opaque = alpha[..., None]
    side = max(alpha.shape)
    for radius in (max(2, side // 16), max(1, side // 200)):
        size = (2 * radius + 1, 2 * radius + 1)
        share = cv2.blur(alpha, size)[..., None]
        people = cv2.blur(person * opaque, size) / (share + 1e-5)
        behind = cv2.blur(behind * (1 - opaque), size) / (1 - share + 1e-5)
        person = (people + opaque * (colours - opaque * people - (1 - opaque) * behind)).clip(0, 1)
    return np.asarray(people, np.float32), np.asarray(behind, np.float32)
