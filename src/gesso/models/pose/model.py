"""Pose: find the joints of the person in a picture and draw them.

The nets are BlazePose's (https://arxiv.org/abs/2006.10204): a detector of people and a net that finds 33 joints. Their
weights come inside the mediapipe library, so that nothing is downloaded. They know one person: the most prominent, as
a rule the largest.
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

from gesso import Field, Image, Landmark, Landmarks, Model, Range, log

Pixels = NDArray[np.uint8]
"""Rows of pixels of sRGB: (height, width, 3), or 4 with straight alpha."""
Floats = NDArray[np.float32]
"""Numbers; their shape is said where they are used."""
Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels, the last two not included. A box may reach beyond the picture."""

# ---------------------------------------------------------------------------------------------------------------- body

# Left and right are the person's own. Order, names and connections are mediapipe's:
# https://github.com/google-ai-edge/mediapipe/blob/v0.10.21/mediapipe/python/solutions/pose.py
NAMES: Final = [
    *("nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer"),
    *("left_ear", "right_ear", "mouth_left", "mouth_right"),
    *("left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist"),
    *("left_pinky", "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb"),
    *("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"),
    *("left_heel", "right_heel", "left_foot_index", "right_foot_index"),
]
_FACE: Final = ((0, 1), (1, 2), (2, 3), (3, 7), (0, 4), (4, 5), (5, 6), (6, 8), (9, 10))
_TORSO: Final = ((11, 12), (11, 23), (12, 24), (23, 24))
_LEFT_ARM: Final = ((11, 13), (13, 15), (15, 17), (15, 19), (15, 21), (17, 19))
_RIGHT_ARM: Final = ((12, 14), (14, 16), (16, 18), (16, 20), (16, 22), (18, 20))
_LEFT_LEG: Final = ((23, 25), (25, 27), (27, 29), (27, 31), (29, 31))
_RIGHT_LEG: Final = ((24, 26), (26, 28), (28, 30), (28, 32), (30, 32))
_LIMBS: Final = (_FACE, _TORSO, _LEFT_ARM, _RIGHT_ARM, _LEFT_LEG, _RIGHT_LEG)
CONNECTIONS: Final = [[NAMES[start], NAMES[end]] for limb in _LIMBS for start, end in limb]
"""Pairs of names between which a line is drawn."""


@dataclass(frozen=True)
class Body:
    """A person as found: 33 joints in the order of `NAMES`.

    `points` (33, 2) are x and y in pixels of the picture and may lie outside it; `depths` (33,) are less for what is
    nearer to the camera, and only their order means something; `confidences` (33,), 0..1, say how likely each joint is
    to be seen, neither hidden nor outside; `score`, 0..1, says how sure the detector is that this is a person.
    """

    points: Floats
    depths: Floats
    confidences: Floats
    score: float

    def square(self) -> Box:
        """Return the square around the likely joints that is twice as large as they reach."""
        likely = self.confidences >= 0.3
        points = self.points[likely] if likely.any() else self.points
        centre, reach = (points.min(0) + points.max(0)) / 2, float(np.ptp(points, axis=0).max())
        left, top = (int(edge) for edge in np.floor(centre - reach))
        side = max(8, round(2 * reach))
        return left, top, left + side, top + side

    def differs(self, other: Body) -> float:
        """Return how far another body's joints lie from these, on average, as a part of how far these reach."""
        left, _, right, _ = self.square()
        weights = np.minimum(self.confidences, other.confidences) + 1e-6
        distances = np.linalg.norm(self.points - other.points, axis=1)
        return float(np.average(distances, weights=weights) / ((right - left) / 2))


# ----------------------------------------------------------------------------------------------------------- interface


@dataclass(frozen=True)
class Pose:
    """What one picture gives."""

    landmarks: Annotated[
        Landmarks,
        Field(
            names=NAMES,
            connections=CONNECTIONS,
            description="33 joints, or none if there is nobody. Left and right are the person's own. The confidence "
            "says how likely the joint is to be seen. A joint outside the picture is moved to its edge, with less "
            "confidence or none.",
        ),
    ]
    drawing: Annotated[
        Image, Field(description="The skeleton: the person's left in orange, right in blue, the middle in white.")
    ]


class PoseModel(Model):
    """Find the joints of one person, the most prominent in the picture, as a rule the largest, and draw them."""

    def setup(self) -> None:
        """Load the nets, and run them once, so that the first picture need not wait."""
        with _quiet():
            from mediapipe.python.solution_base import SolutionBase
            from mediapipe.python.solutions.pose import Pose as Solution

            # This one sees a person in anything: then mediapipe has said all that it has to say while nobody listens.
            eager = Solution(static_image_mode=True, min_detection_confidence=0.0, min_tracking_confidence=0.0)
            # The graph of `Solution`, which keeps the detector's score to itself.
            self._net = SolutionBase(
                binary_graph_path="mediapipe/modules/pose_landmark/pose_landmark_cpu.binarypb",
                side_inputs={
                    "model_complexity": 1,  # the only one whose weights are in the wheel
                    "smooth_landmarks": False,
                    "enable_segmentation": False,
                    "smooth_segmentation": False,
                    "use_prev_landmarks": False,  # each picture for itself
                },
                outputs=["pose_landmarks", "pose_detection"],
            )
            for net in (eager, self._net):
                net.process(np.zeros((64, 64, 3), np.uint8))
            eager.close()

    def run(
        self,
        image: Annotated[Image, Field(description="A photo with a person in it.")],
        *,
        confidence: Annotated[
            float,
            Range(0, 1, step=0.05),
            Field(description="Joints with less confidence are left out of the drawing."),
        ] = 0.5,
        background: Annotated[
            Literal["photo", "transparent", "black"], Field(description="What the skeleton is drawn on.")
        ] = "photo",
        line_width: Annotated[
            float,
            Range(0.25, 4, step=0.25),
            Field(description="Times the width that suits the size of the picture and of the person."),
        ] = 1.0,
    ) -> Pose:
        """Find the most prominent person and draw the skeleton.

        Without a person the landmarks are empty and the drawing is the background alone: the photo as it came.
        """
        body = find(self._net, image.rgb)
        if body is None:
            log("Nobody was found in the picture.", "warning")
        if body is None and background == "photo":
            return Pose(landmarks=[], drawing=image)
        canvas = _canvas(image, background)
        if body is not None:
            draw(canvas, body, confidence=confidence, line_width=line_width)
        return Pose(landmarks=to_landmarks(body, width=image.width, height=image.height), drawing=Image(canvas))


def to_landmarks(body: Body | None, *, width: int, height: int) -> Landmarks:
    """Give the joints their names, and their places as fractions of a picture of that size in pixels.

    The net also guesses joints outside the picture. Such a joint is moved to the nearest edge, and the further outside
    it was the less it is worth: its confidence falls to 0 over 2 % of the picture's width or height.
    """
    if body is None:
        return []
    places = body.points / np.array([width, height], np.float32)
    inside = places.clip(0, 1)
    outside = np.abs(places - inside).max(axis=1)
    confidences = body.confidences * (1 - outside / 0.02).clip(0, 1)
    return [
        Landmark(name, x, y, confidence)
        for name, (x, y), confidence in zip(NAMES, inside.tolist(), confidences.tolist(), strict=True)
    ]


def _canvas(image: Image, background: str) -> Pixels:
    """Return what to draw on, (height, width, 3), or 4 if it has alpha: a copy."""
    if background == "photo":
        return np.array(image.rgba if image.channels == 4 else image.rgb)
    return np.zeros((image.height, image.width, 3 if background == "black" else 4), np.uint8)


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

_SURE: Final = 0.75
"""The detector's score from which a person is one. In 62 pictures without people the highest was 0.67."""
_AGREEMENT: Final = 0.1
"""How much two looks at a small person may differ, see `Body.differs`."""
_SIDE: Final = 640
"""Pixels. The nets see 224 and 256; of pictures twice as large or more mediapipe would skip pixels, so we average."""


def find(net: Any, pixels: Pixels) -> Body | None:
    """Find the most prominent person in a picture (height, width, 3), or return None.

    The detector takes waves and animals for people now and then; if it is not sure, a second look at a square around
    the find must show a person again. It also overlooks most people less than half as high as the picture; if nobody
    is found, nine overlapping windows of half the picture's size are searched, and the largest find that two looks
    agree on is taken.
    """
    height, width = pixels.shape[:2]
    body = _look(net, pixels, box=(0, 0, width, height))
    if body is not None and (body.score >= _SURE or _look(net, pixels, box=body.square()) is not None):
        return body
    closer = [_look_twice(net, pixels, box=window) for window in _windows(width, height)]
    return max((body for body in closer if body is not None), key=lambda body: np.ptp(body.square()[::2]), default=None)


def _windows(width: int, height: int) -> list[Box]:
    xs, ys = ([side * quarter // 4 for quarter in range(5)] for side in (width, height))
    return [(xs[i], ys[j], xs[i + 2], ys[j + 2]) for j in range(3) for i in range(3)]


def _look_twice(net: Any, pixels: Pixels, *, box: Box) -> Body | None:
    """Look within a box, then at a square around the person found there; return the second find if it is alike."""
    first = _look(net, pixels, box=box)
    second = None if first is None else _look(net, pixels, box=first.square())
    return second if first is not None and second is not None and first.differs(second) <= _AGREEMENT else None


def _look(net: Any, pixels: Pixels, *, box: Box) -> Body | None:
    """Look for a person within a box."""
    if box[2] <= box[0] or box[3] <= box[1]:
        return None
    part, (left, top, right, bottom) = _cut(pixels, box)
    found = net.process(part)
    if found.pose_landmarks is None:
        return None
    joints = np.array([(j.x, j.y, j.z, j.visibility) for j in found.pose_landmarks.landmark], np.float32)
    return Body(
        points=joints[:, :2] * np.array([right - left, bottom - top], np.float32) + np.array([left, top], np.float32),
        depths=joints[:, 2],
        confidences=joints[:, 3].clip(0, 1),
        score=float(found.pose_detection.score[0]),
    )


def _cut(pixels: Pixels, box: Box) -> tuple[Pixels, Box]:
    """Return the part of a picture in a box, averaged down if it is large, and the box that this part really shows.

    What lies outside the picture is black. The box moves by less than one of the averaged pixels, so that these lie on
    one grid with the picture's.
    """
    factor = max(1, max(box[2] - box[0], box[3] - box[1]) // _SIDE)
    left, top = box[0] // factor, box[1] // factor
    right, bottom = -(-box[2] // factor), -(-box[3] // factor)
    shown = left * factor, top * factor, right * factor, bottom * factor
    part = np.zeros((bottom - top, right - left, 3), np.uint8)
    inside = _within(pixels, shown)
    if inside is not None:
        source = PIL.Image.fromarray(pixels[inside[1] : inside[3], inside[0] : inside[2]])
        averaged = np.asarray(source.reduce(factor))
        x, y = inside[0] // factor - left, inside[1] // factor - top
        part[y : y + averaged.shape[0], x : x + averaged.shape[1]] = averaged
    return part, shown


# ------------------------------------------------------------------------------------------------------------- drawing

_Colour = tuple[int, int, int]
_LEFT: Final = (255, 150, 36)
_RIGHT: Final = (52, 166, 255)
_MIDDLE: Final = (248, 248, 248)
"""Orange, blue and white: light enough for dark photos, and told apart by the colour-blind too."""
_CASING: Final = (0, 0, 0)
_CASING_OPACITY: Final = 0.6
_FINE_PARTS: Final = (tuple(range(11)), (17, 19, 21), (18, 20, 22), (29, 31), (30, 32))
"""The joints of the face, of each hand and of each foot: thin lines, small dots. All others are large joints."""
_LARGE: Final = frozenset(range(33)).difference(*_FINE_PARTS)


@dataclass(frozen=True)
class _Stroke:
    """A line with round ends from `start` to `end` (x, y in pixels), with one radius and an opacity at either end."""

    start: Floats
    end: Floats
    radius: float
    opacities: tuple[float, float]
    colour: _Colour

    def box(self, margin: float) -> Box:
        """Return the pixels that it touches when it is `margin` pixels thicker all around."""
        reach = self.radius + margin + 1
        left, top = np.floor(np.minimum(self.start, self.end) - reach)
        right, bottom = np.ceil(np.maximum(self.start, self.end) + reach)
        return int(left), int(top), int(right), int(bottom)

    def cover(self, box: Box, margin: float) -> Floats:
        """Return which part of each pixel in a box it covers, times its opacity: (height, width), 0..1."""
        left, top, right, bottom = box
        x = np.arange(left, right, dtype=np.float32)[None, :] + np.float32(0.5 - self.start[0])
        y = np.arange(top, bottom, dtype=np.float32)[:, None] + np.float32(0.5 - self.start[1])
        dx, dy = (self.end - self.start).tolist()
        along = ((x * dx + y * dy) / max(dx * dx + dy * dy, 1e-6)).clip(0, 1)
        distance = np.hypot(x - along * dx, y - along * dy)
        opacity = self.opacities[0] + along * (self.opacities[1] - self.opacities[0])
        covered: Floats = (self.radius + margin + 0.5 - distance).clip(0, 1) * opacity
        return covered


@dataclass(frozen=True)
class _Skeleton:
    """A body and its look: `opacities` (33,), 0 for a joint left out, and `radii` (33,), half the width of lines."""

    body: Body
    opacities: Floats
    radii: Floats

    def bone(self, start: int, end: int) -> _Stroke:
        """Return the line between two joints, as thin as the finer of them."""
        return _Stroke(
            start=self.body.points[start],
            end=self.body.points[end],
            radius=float(min(self.radii[start], self.radii[end])),
            opacities=(float(self.opacities[start]), float(self.opacities[end])),
            colour=_colour(start, end),
        )

    def dot(self, joint: int, *, size: float, colour: _Colour) -> _Stroke:
        """Return the dot of a joint, `size` times as wide as its lines."""
        point, opacity = self.body.points[joint], float(self.opacities[joint])
        radius = float(self.radii[joint]) * size
        return _Stroke(start=point, end=point, radius=radius, opacities=(opacity, opacity), colour=colour)


def draw(canvas: Pixels, body: Body, *, confidence: float, line_width: float) -> None:
    """Draw a skeleton onto a canvas (height, width, 3 or 4), in place.

    Limbs are drawn from the far to the near one, each with a thin dark casing, so that they are told apart where they
    cross and seen on light and dark. Joints below `confidence` are left out; unsure ones are pale.
    """
    opacities = np.interp(body.confidences, [0.3, 0.8], [0.35, 1]) * (body.confidences >= confidence)
    shown = [joint for joint in range(33) if opacities[joint] > 0]
    if not shown:
        return
    radius = line_width * _radius(canvas, body.points[shown])
    casing = max(1.0, 0.35 * radius)
    skeleton = _Skeleton(body, opacities.astype(np.float32), _radii(body, radius))
    dots = [skeleton.dot(joint, size=1.7, colour=_colour(joint)) for joint in shown]
    _fill_casing(canvas, dots, margin=casing)
    for limb in sorted(_LIMBS, key=lambda limb: float(body.depths[np.unique(limb)].mean()), reverse=True):
        bones = [skeleton.bone(*bone) for bone in limb if opacities[list(bone)].all()]
        _fill_casing(canvas, bones, margin=casing)
        _fill_colours(canvas, bones)
    _fill_colours(canvas, dots)
    _fill_colours(canvas, [skeleton.dot(joint, size=0.8, colour=_MIDDLE) for joint in shown if joint in _LARGE])


def _radius(canvas: Pixels, points: Floats) -> float:
    """Return half the width of lines, in pixels, that suits the picture and the person in it."""
    picture, person = np.hypot(*canvas.shape[:2]), np.hypot(*np.ptp(points, axis=0))
    return max(0.8, min(0.0028 * float(picture), 0.009 * float(person)))


def _radii(body: Body, radius: float) -> Floats:
    """Return half the width of the lines at each joint: less in face, hands and feet, by their size."""
    radii = np.full(33, radius, np.float32)
    for part in _FINE_PARTS:
        reach = float(np.ptp(body.points[list(part)], axis=0).max())
        radii[list(part)] = min(0.6 * radius, max(0.35 * radius, 0.03 * reach))
    return radii


def _colour(*joints: int) -> _Colour:
    """Return the colour of the side that joints lie on; between two sides it is the middle's."""
    if all("left" in NAMES[joint] for joint in joints):
        return _LEFT
    return _RIGHT if all("right" in NAMES[joint] for joint in joints) else _MIDDLE


def _fill_casing(canvas: Pixels, strokes: list[_Stroke], *, margin: float) -> None:
    _fill(canvas, strokes, margin=margin, colour=_CASING, opacity=_CASING_OPACITY)


def _fill_colours(canvas: Pixels, strokes: list[_Stroke]) -> None:
    for colour in dict.fromkeys(stroke.colour for stroke in strokes):
        same = [stroke for stroke in strokes if stroke.colour == colour]
        _fill(canvas, same, margin=0, colour=colour, opacity=1)


def _fill(canvas: Pixels, strokes: list[_Stroke], *, margin: float, colour: _Colour, opacity: float) -> None:
    """Fill what strokes cover together, so that they do not darken one another where they overlap."""
    pieces = [(stroke, box) for stroke in strokes if (box := _within(canvas, stroke.box(margin))) is not None]
    if not pieces:
        return
    boxes = np.array([box for _, box in pieces])
    (left, top), (right, bottom) = boxes[:, :2].min(0).tolist(), boxes[:, 2:].max(0).tolist()
    mask = np.zeros((bottom - top, right - left), np.float32)
    for stroke, box in pieces:
        part = mask[box[1] - top : box[3] - top, box[0] - left : box[2] - left]
        np.maximum(part, stroke.cover(box, margin), out=part)
    _blend(canvas[top:bottom, left:right], mask * np.float32(opacity), colour=colour)


def _within(canvas: Pixels, box: Box) -> Box | None:
    """Return the part of a box that lies on the canvas, or None."""
    height, width = canvas.shape[:2]
    left, top, right, bottom = max(0, box[0]), max(0, box[1]), min(width, box[2]), min(height, box[3])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _blend(canvas: Pixels, mask: Floats, *, colour: _Colour) -> None:
    """Lay a colour over a canvas with straight alpha or none, where `mask` (height, width), 0..1, is its opacity.

    The operator "over" of Porter and Duff, https://doi.org/10.1145/800031.808606.
    """
    touched = mask > 0
    over, below = mask[touched][:, None], canvas[touched].astype(np.float32)
    under = (below[:, 3:] / 255 if canvas.shape[2] == 4 else 1) * (1 - over)
    alpha = over + under
    mixed = (np.array(colour, np.float32) * over + below[:, :3] * under) / alpha
    canvas[touched] = np.hstack([mixed, alpha * 255])[:, : canvas.shape[2]].round().astype(np.uint8)
