"""The model `pose`: whom it finds and where, and how the skeleton is drawn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from gesso import Image, Landmark
from gesso.app import App
from gesso.models.pose.model import CONNECTIONS, NAMES, Body, Floats, Pixels, draw, find, to_landmarks
from gesso.settings import load
from gesso.spec.runnable import Request, Result

pytestmark = pytest.mark.timeout(600)  # whoever comes first makes the model's environment

ORANGE, BLUE, WHITE = (255, 150, 36), (52, 166, 255), (248, 248, 248)

# A person who stands upright and faces us, in a picture of 1 by 1: the person's left side, which is on our right.
LEFT_SIDE = {
    "nose": (0.5, 0.14),
    "eye_inner": (0.515, 0.12),
    "eye": (0.523, 0.12),
    "eye_outer": (0.531, 0.12),
    "ear": (0.55, 0.13),
    "mouth": (0.515, 0.17),
    "shoulder": (0.6, 0.25),
    "elbow": (0.65, 0.38),
    "wrist": (0.68, 0.5),
    "pinky": (0.69, 0.54),
    "index": (0.68, 0.545),
    "thumb": (0.67, 0.53),
    "hip": (0.56, 0.52),
    "knee": (0.57, 0.7),
    "ankle": (0.57, 0.88),
    "heel": (0.565, 0.9),
    "foot_index": (0.6, 0.92),
}
STANDING = {}
for _name in NAMES:
    _x, _y = LEFT_SIDE[_name.replace("left_", "").replace("right_", "").removesuffix("_left").removesuffix("_right")]
    STANDING[_name] = (1 - _x if "right" in _name else _x, _y)


def standing(width: int, height: int, *, confidence: float = 1.0, score: float = 0.9, **moved: Any) -> Body:
    """A body in a picture of that size; `moved` joints stand elsewhere (fractions of the picture)."""
    points = np.array([(STANDING | moved)[name] for name in NAMES], np.float32) * np.array([width, height], np.float32)
    return Body(
        points=points.astype(np.float32),
        depths=np.zeros(33, np.float32),
        confidences=np.full(33, confidence, np.float32),
        score=score,
    )


def unsure_of(body: Body, *, joints: set[str], confidence: float) -> Body:
    values = [confidence if name in joints else value for name, value in zip(NAMES, body.confidences, strict=True)]
    return Body(points=body.points, depths=body.depths, confidences=np.array(values, np.float32), score=body.score)


def drawn(ground: Any, body: Body, *, confidence: float = 0.5, line_width: float = 1.0) -> Pixels:
    """The body on a ground of one colour, 400 x 400."""
    canvas = np.tile(np.array(ground, np.uint8), (400, 400, 1))
    draw(canvas, body, confidence=confidence, line_width=line_width)
    return canvas


def halfway(start: str, end: str) -> tuple[int, int]:
    """Row and column of the middle of a bone of `standing(400, 400)`."""
    x, y = (np.array(STANDING[start]) + STANDING[end]) / 2 * 400
    return int(y), int(x)


# -- names and places --------------------------------------------------------------------------------------------------


def test_there_are_33_joints_and_35_connections_between_them() -> None:
    assert len(set(NAMES)) == 33
    assert len({frozenset(pair) for pair in CONNECTIONS}) == 35
    assert {name for pair in CONNECTIONS for name in pair} == set(NAMES)


def test_places_are_fractions_of_the_picture() -> None:
    landmarks = to_landmarks(standing(300, 200), width=300, height=200)
    assert [landmark.name for landmark in landmarks] == NAMES
    assert [(landmark.x, landmark.y) for landmark in landmarks] == [pytest.approx(STANDING[name]) for name in NAMES]


@pytest.mark.parametrize(("x", "stands", "confidence"), [(-0.01, 0, 0.4), (1.02, 1, 0), (7, 1, 0), (1, 1, 0.8)])
def test_a_joint_outside_moves_to_the_edge_and_is_worth_less(x: float, stands: float, confidence: float) -> None:
    body = standing(100, 100, confidence=0.8, left_wrist=(x, 0.5))
    wrist = to_landmarks(body, width=100, height=100)[NAMES.index("left_wrist")]
    assert (wrist.x, wrist.y) == (stands, 0.5)
    assert wrist.confidence == pytest.approx(confidence, abs=1e-3)


def test_nobody_has_no_landmarks() -> None:
    assert to_landmarks(None, width=100, height=100) == []


# -- drawing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "colour"),
    [
        ("left_shoulder", "left_elbow", ORANGE),
        ("right_hip", "right_knee", BLUE),
        ("left_shoulder", "right_shoulder", WHITE),
        ("left_hip", "right_hip", WHITE),
    ],
)
def test_a_side_has_its_colour(start: str, end: str, colour: tuple[int, int, int]) -> None:
    assert tuple(drawn((90, 90, 90), standing(400, 400))[halfway(start, end)]) == colour


@pytest.mark.parametrize("ground", [(0, 0, 0), (255, 255, 255), (127, 127, 127), ORANGE, BLUE, WHITE])
@pytest.mark.parametrize(("start", "end"), [("left_knee", "left_hip"), ("right_hip", "right_knee"), CONNECTIONS[9]])
def test_a_line_is_seen_on_any_ground(ground: tuple[int, int, int], start: str, end: str) -> None:
    row, column = halfway(start, end)
    across = drawn(ground, standing(400, 400))[row - 6 : row + 7, column - 6 : column + 7].astype(int)
    assert np.abs(across - ground).sum(axis=2).max() > 200  # of 765


def test_most_of_the_picture_stays_as_it_was() -> None:
    changed = (drawn((10, 200, 30), standing(400, 400)) != (10, 200, 30)).any(axis=2)
    assert 0.01 < changed.mean() < 0.06


def test_lines_are_smooth() -> None:
    alpha = drawn((0, 0, 0, 0), standing(400, 400))[..., 3]
    assert len(np.unique(alpha)) > 100


def test_on_a_transparent_ground_lines_are_opaque_and_the_rest_is_empty() -> None:
    canvas = drawn((0, 0, 0, 0), standing(400, 400))
    assert tuple(canvas[halfway("left_hip", "left_knee")]) == (*ORANGE, 255)
    assert not canvas[:30].any()
    assert not canvas[..., :3][canvas[..., 3] == 0].any()


def test_a_layer_laid_over_a_photo_is_the_drawing_on_the_photo() -> None:
    ground = (200, 60, 120)
    layer = PIL.Image.fromarray(drawn((0, 0, 0, 0), standing(400, 400)))
    composed = PIL.Image.new("RGBA", (400, 400), (*ground, 255))
    composed.alpha_composite(layer)
    difference = np.asarray(composed.convert("RGB")).astype(int) - drawn(ground, standing(400, 400))
    assert np.abs(difference).max() <= 3  # steps of 8 bits


def test_joints_that_are_too_unsure_are_left_out() -> None:
    body = unsure_of(standing(400, 400), joints={"left_knee"}, confidence=0.4)
    bone = halfway("left_knee", "left_ankle")
    assert tuple(drawn((9, 9, 9), body, confidence=0.5)[bone]) == (9, 9, 9)
    assert tuple(drawn((9, 9, 9), body, confidence=0.3)[bone]) != (9, 9, 9)


def test_the_less_sure_a_joint_the_paler_it_is() -> None:
    bone = halfway("left_knee", "left_ankle")
    alphas = [
        drawn((0, 0, 0, 0), unsure_of(standing(400, 400), joints={"left_knee", "left_ankle"}, confidence=value))[
            (*bone, 3)
        ]
        for value in (0.5, 0.6, 0.7, 0.9)
    ]
    assert alphas == sorted(set(alphas))


def test_nothing_is_drawn_if_no_joint_is_sure_enough() -> None:
    assert not drawn((0, 0, 0, 0), standing(400, 400, confidence=0.9), confidence=0.95).any()


def covered(width: int, height: int, *, line_width: float = 1.0, scale: float = 1.0) -> float:
    """How many whole pixels a standing person's lines cover."""
    canvas = np.zeros((height, width, 4), np.uint8)
    body = standing(width, height)
    small = Body(points=body.points * scale, depths=body.depths, confidences=body.confidences, score=body.score)
    draw(canvas, small, confidence=0.5, line_width=line_width)
    return float(canvas[..., 3].sum()) / 255


def test_lines_are_wider_in_larger_pictures_and_for_larger_people_and_if_one_wants() -> None:
    assert covered(1600, 1600) == pytest.approx(16 * covered(400, 400), rel=0.15)
    assert covered(1600, 1600, scale=0.25) < 0.15 * covered(1600, 1600)  # shorter lines, and thinner ones
    assert covered(800, 800, line_width=2) == pytest.approx(2 * covered(800, 800), rel=0.2)


def test_the_nearer_arm_lies_over_the_other() -> None:
    crossed = standing(400, 400, left_wrist=(0.45, 0.5), right_wrist=(0.55, 0.5), left_elbow=(0.7, 0.4))
    colours = []
    for left, right in ((-1, 1), (1, -1)):
        depths = np.array([left if "left" in name else right for name in NAMES], np.float32)
        body = Body(points=crossed.points, depths=depths, confidences=crossed.confidences, score=1)
        start, end = crossed.points[NAMES.index("left_elbow")], crossed.points[NAMES.index("left_wrist")]
        other, last = crossed.points[NAMES.index("right_elbow")], crossed.points[NAMES.index("right_wrist")]
        along = np.linalg.solve(np.array([end - start, other - last]).T, other - start)[0]
        x, y = start + along * (end - start)
        colours.append(tuple(drawn((9, 9, 9), body)[int(y), int(x)]))
    assert colours == [ORANGE, BLUE]


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 2)])
def test_a_picture_of_any_shape_can_be_drawn_on(size: tuple[int, int]) -> None:
    canvas = np.zeros((*size, 3), np.uint8)
    draw(canvas, standing(size[1], size[0]), confidence=0.5, line_width=4)
    assert canvas.shape == (*size, 3)


def test_a_person_outside_the_picture_leaves_no_trace() -> None:
    canvas = np.zeros((50, 50, 4), np.uint8)
    body = standing(50, 50)
    away = Body(points=body.points + 5000, depths=body.depths, confidences=body.confidences, score=1)
    draw(canvas, away, confidence=0, line_width=1)
    assert not canvas.any()


# -- finding -----------------------------------------------------------------------------------------------------------


class FalseNet:
    """Stands for mediapipe: sees a person wherever there is red, as large as the red is, with a score as `sees` says.

    `sees(share)` is given how much of the part's height the person has, and says the score, 0 for none.
    """

    def __init__(self, sees: Callable[[float], float]) -> None:
        self.sees = sees
        self.looks: list[tuple[int, int]] = []

    def process(self, part: Pixels) -> SimpleNamespace:
        self.looks.append((part.shape[1], part.shape[0]))
        rows, columns = np.nonzero(part[..., 0] > 128)
        share = (np.ptp(rows) + 1) / part.shape[0] if len(rows) else 0.0
        score = self.sees(share) if len(rows) else 0.0
        if not score:
            return SimpleNamespace(pose_landmarks=None, pose_detection=None)
        left, right = columns.min() / part.shape[1], (columns.max() + 1) / part.shape[1]
        top, bottom = rows.min() / part.shape[0], (rows.max() + 1) / part.shape[0]
        joints = [
            SimpleNamespace(x=left + x * (right - left), y=top + y * (bottom - top), z=0.0, visibility=0.9)
            for x, y in (STANDING[name] for name in NAMES)
        ]
        return SimpleNamespace(
            pose_landmarks=SimpleNamespace(landmark=joints), pose_detection=SimpleNamespace(score=[score])
        )


def red(picture: tuple[int, int], box: tuple[int, int, int, int]) -> Pixels:
    """A dark picture (width, height) with a red box (left, top, right, bottom)."""
    pixels = np.zeros((picture[1], picture[0], 3), np.uint8)
    pixels[box[1] : box[3], box[0] : box[2], 0] = 255
    return pixels


def nose_in(box: tuple[int, int, int, int]) -> Floats:
    x, y = STANDING["nose"]
    return np.array([box[0] + x * (box[2] - box[0]), box[1] + y * (box[3] - box[1])], np.float32)


@pytest.mark.parametrize("size", [(300, 300), (640, 480), (1281, 997), (4000, 3000)])
def test_who_is_surely_there_is_found_at_one_look(size: tuple[int, int]) -> None:
    box = (size[0] // 4, size[1] // 5, size[0] // 2, size[1] * 4 // 5)
    net = FalseNet(lambda _: 0.9)
    body = find(net, red(size, box))
    assert body is not None
    assert len(net.looks) == 1
    assert max(net.looks[0]) < 1280
    assert np.abs(body.points[0] - nose_in(box)).max() < 2 * max(size) / 640 + 1


def test_who_is_not_surely_there_is_looked_at_again() -> None:
    box = (300, 200, 400, 500)
    confirmed = FalseNet(lambda _: 0.6)
    assert find(confirmed, red((640, 640), box)) is not None
    assert len(confirmed.looks) == 2
    assert find(FalseNet(lambda share: 0.6 if 0.4 < share < 0.48 else 0.0), red((640, 640), box)) is None


@pytest.mark.parametrize("corner", [(10, 10), (1000, 40), (500, 400), (30, 700), (1050, 650)])
def test_a_small_person_is_found_in_a_part_of_the_picture(corner: tuple[int, int]) -> None:
    box = (*corner, corner[0] + 90, corner[1] + 220)
    body = find(FalseNet(lambda share: 0.9 if share > 0.3 else 0.0), red((1280, 960), box))
    assert body is not None
    assert np.abs(body.points[0] - nose_in(box)).max() < 4


def test_nobody_is_nobody() -> None:
    net = FalseNet(lambda _: 0.9)
    assert find(net, red((640, 480), (0, 0, 0, 0))) is None
    assert len(net.looks) == 10


@pytest.mark.parametrize("size", [(1, 1), (1, 3), (5000, 1), (2, 2)])
def test_a_picture_of_any_shape_can_be_searched(size: tuple[int, int]) -> None:
    assert find(FalseNet(lambda _: 0.6), red(size, (0, 0, 0, 0))) is None
    find(FalseNet(lambda _: 0.6), red(size, (0, 0, *size)))


def test_a_joint_guessed_far_away_costs_no_memory() -> None:
    net = FalseNet(lambda _: 0.6)
    far = standing(4000, 3000, left_wrist=(9.0, 9.0))
    left, top, right, bottom = far.square()
    assert right - left > 30_000
    assert bottom - top == right - left
    find(net, red((4000, 3000), (0, 0, 4000, 3000)))
    assert max(max(look) for look in net.looks) < 1300


# -- the whole model, in its own environment ---------------------------------------------------------------------------


class Run(Protocol):
    """Runs the model on a picture file; returns its landmarks by name, and the pixels of its drawing."""

    def __call__(self, image: Path, **inputs: object) -> tuple[dict[str, Landmark], NDArray[Any]]: ...


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        app = App(load(), report=lambda _: None)
        model = runner.run(app.open("pose"))

        async def result(request: Request) -> Result:
            events = [event async for event in model.run(request)]
            assert isinstance(events[-1], Result)
            return events[-1]

        def run(image: Path, **inputs: object) -> tuple[dict[str, Landmark], NDArray[Any]]:
            given: dict[str, object] = {"image": PIL.Image.open(image), **inputs}
            outputs = runner.run(result(Request(inputs=given))).outputs
            return {landmark.name: landmark for landmark in outputs["landmarks"]}, outputs["drawing"].pixels

        yield run
        runner.run(app.runtime.close())


@dataclass(frozen=True)
class Labelled:
    """A photo in which somebody marked the joints of one person, in pixels."""

    path: Path
    size: tuple[int, int]
    area: float
    joints: dict[str, tuple[float, float]]

    def error_of(self, landmarks: dict[str, Landmark]) -> float:
        """The mean distance of joints from where they were marked, as a part of the root of the person's area."""
        distances = [
            np.hypot(landmarks[name].x * self.size[0] - x, landmarks[name].y * self.size[1] - y)
            for name, (x, y) in self.joints.items()
        ]
        return float(np.mean(distances) / np.sqrt(self.area))


def labelled(folder: Path, name: str) -> Labelled:
    """One of COCO's photos, with the first person that is labelled in it."""
    data = json.loads((folder / "keypoints.json").read_text(encoding="utf-8"))
    photo = data["images"][name]
    person = photo["people"][0]
    marks = np.array(person["keypoints_xyv"], float).reshape(-1, 3)
    joints = {joint: (x, y) for joint, (x, y, seen) in zip(data["keypoint_names"], marks, strict=True) if seen}
    return Labelled(folder / name, (photo["width"], photo["height"]), person["area"], joints)


def saved(folder: Path, picture: PIL.Image.Image) -> Path:
    path = folder / "picture.png"
    picture.save(path)
    return path


@pytest.fixture
def skier(shared_data: Path) -> Path:
    return shared_data / "people" / "skier.jpg"


@pytest.mark.parametrize(("photo", "most"), [("skier.jpg", 0.05), ("skiers.jpg", 0.075)])
def test_joints_are_found_where_people_marked_them(run: Run, shared_data: Path, photo: str, most: float) -> None:
    marked = labelled(shared_data / "people", photo)
    landmarks, _ = run(marked.path)
    assert list(landmarks) == NAMES
    assert marked.error_of(landmarks) < most


@pytest.mark.parametrize("scale", [0.25, 3.3])
def test_the_size_of_a_photo_matters_little(run: Run, shared_data: Path, tmp_path: Path, scale: float) -> None:
    marked = labelled(shared_data / "people", "skier.jpg")
    photo = PIL.Image.open(marked.path)
    landmarks, drawing = run(saved(tmp_path, photo.resize((round(640 * scale), round(425 * scale)))))
    assert marked.error_of(landmarks) < 0.055
    assert drawing.shape == (round(425 * scale), round(640 * scale), 3)


def test_the_drawing_is_the_photo_with_lines_over_it(run: Run, skier: Path) -> None:
    _, drawing = run(skier)
    photo = Image.from_pil(PIL.Image.open(skier)).pixels
    changed = (drawing != photo).any(axis=2)
    assert 0.005 < changed.mean() < 0.05
    assert not changed[:, :250].any()
    assert not changed[:, 500:].any()


@pytest.mark.parametrize(
    "picture", ["photos/chelsea.png", "photos/coffee.png", "photos/rocket.jpg", "paintings/wave.jpg"]
)
def test_without_a_person_there_are_no_landmarks_and_the_photo_is_untouched(
    run: Run, shared_data: Path, picture: str
) -> None:
    landmarks, drawing = run(shared_data / picture)
    assert landmarks == {}
    assert np.array_equal(drawing, Image.from_pil(PIL.Image.open(shared_data / picture)).pixels)


def test_without_a_person_a_layer_is_empty(run: Run, shared_data: Path) -> None:
    _, drawing = run(shared_data / "photos" / "coffee.png", background="transparent")
    assert drawing.shape[2] == 4
    assert not drawing.any()


def test_a_layer_holds_the_lines_alone(run: Run, skier: Path) -> None:
    _, layer = run(skier, background="transparent")
    _, on_black = run(skier, background="black")
    assert layer.shape == (425, 640, 4)
    assert on_black.shape == (425, 640, 3)
    laid_on_black = layer[..., :3] * (layer[..., 3:] / 255)
    assert np.abs(laid_on_black - on_black).max() <= 3  # steps of 8 bits


def test_the_same_photo_gives_the_same_values_whatever_came_between(run: Run, skier: Path, shared_data: Path) -> None:
    first, drawing = run(skier)
    run(shared_data / "photos" / "astronaut.png")
    run(shared_data / "photos" / "chelsea.png")
    again, drawing_again = run(skier)
    assert again == first
    assert np.array_equal(drawing_again, drawing)


def test_in_the_mirror_left_is_right(run: Run, skier: Path, tmp_path: Path) -> None:
    landmarks, _ = run(skier)
    mirrored, _ = run(saved(tmp_path, PIL.Image.open(skier).transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT)))
    for part in ("shoulder", "hip", "knee", "ankle"):
        assert mirrored[f"left_{part}"].x == pytest.approx(1 - landmarks[f"right_{part}"].x, abs=0.02)


def test_a_small_person_in_a_large_photo_is_found(run: Run, shared_data: Path, tmp_path: Path) -> None:
    marked = labelled(shared_data / "people", "skier.jpg")
    scene = PIL.Image.open(shared_data / "photos" / "coffee.png").convert("RGB").resize((2400, 1600))
    scene.paste(PIL.Image.open(marked.path), (1500, 200))
    landmarks, _ = run(saved(tmp_path, scene))
    joints = {name: (x + 1500, y + 200) for name, (x, y) in marked.joints.items()}
    assert Labelled(marked.path, scene.size, marked.area, joints).error_of(landmarks) < 0.06


def test_joints_that_a_portrait_does_not_show_stand_at_its_edge_with_no_confidence(run: Run, shared_data: Path) -> None:
    landmarks, _ = run(shared_data / "photos" / "astronaut.png")
    assert landmarks["nose"].confidence > 0.9
    assert landmarks["left_ankle"].y == 1
    assert landmarks["left_ankle"].confidence == 0


def test_grey_of_16_bits_is_as_good_as_grey_of_8(run: Run, skier: Path, tmp_path: Path) -> None:
    grey = PIL.Image.open(skier).convert("L")
    plain, _ = run(saved(tmp_path, grey))
    deep, drawing = run(saved(tmp_path, PIL.Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)))
    assert deep == plain
    assert drawing.shape == (425, 640, 3)
    assert drawing.dtype == np.uint8


def test_alpha_is_kept_and_lines_are_opaque(run: Run, skier: Path, tmp_path: Path) -> None:
    cutout = PIL.Image.open(skier).convert("RGBA")
    cutout.putalpha(PIL.Image.linear_gradient("L").resize(cutout.size))
    landmarks, drawing = run(saved(tmp_path, cutout))
    assert len(landmarks) == 33
    corner = np.s_[:, 520:]
    assert np.array_equal(drawing[corner], Image.from_pil(cutout).pixels[corner])
    shoulder = landmarks["left_shoulder"]
    assert drawing[int(shoulder.y * 425), int(shoulder.x * 640), 3] > 240


@pytest.mark.parametrize("size", [(1, 1), (2, 3000), (3000, 2), (7, 5)])
def test_a_picture_of_any_shape_is_taken(run: Run, tmp_path: Path, size: tuple[int, int]) -> None:
    landmarks, drawing = run(saved(tmp_path, PIL.Image.new("RGB", size, (40, 90, 160))))
    assert landmarks == {}
    assert drawing.shape == (size[1], size[0], 3)
