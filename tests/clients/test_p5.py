"""The sketches of examples/p5 in a real browser, against a Gesso with browser tokens. Only the addresses are others."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from gesso.hosting.snippets.target import P5
from tests.clients.conftest import Hosted, Site
from tests.conftest import ROOT

pytestmark = pytest.mark.timeout(600)  # the first run of a model makes its environment
SKETCHES = ROOT / "examples" / "p5"
PATIENCE_MS = 300_000


def open_sketch(page: Any, site: Site, hosted: Hosted, *, name: str, models: dict[str, str]) -> None:
    """Open a sketch at the site. `models` says which deployment answers at which name of the sketch's."""
    shutil.copytree(SKETCHES / name, site.folder / name)
    for file in ("index.html", "sketch.js"):
        path = site.folder / name / file
        text = path.read_text(encoding="utf-8").replace("http://127.0.0.1:5142", hosted.program.address)
        for said, meant in models.items():
            token = hosted.token(meant, site.origin)
            text = text.replace(f"/m/{said}", f"/m/{meant}").replace(f"TOKEN_OF_{said.upper()}", token)
            text = text.replace("YOUR_TOKEN", token)
        path.write_text(text, encoding="utf-8")
    page.goto(f"{site.origin}/{name}/index.html")
    page.wait_for_selector("canvas")


def choose(page: Any, photo: Path) -> None:
    page.set_input_files("input[type=file]", str(photo))


@pytest.fixture
def skier(shared_data: Path) -> Path:
    return shared_data / "people" / "skier.jpg"


def test_every_sketch_names_the_p5_that_is_tested() -> None:
    pages = sorted(SKETCHES.glob("*/index.html"))
    assert len(pages) == 5
    assert all(f"npm/p5@{P5}/lib/p5.min.js" in page.read_text(encoding="utf-8") for page in pages)


def test_a_picture_becomes_a_pose(sketch_page: Any, site: Site, hosted: Hosted, skier: Path) -> None:
    open_sketch(sketch_page, site, hosted, name="picture-to-pose", models={"pose": "pose"})
    choose(sketch_page, skier)
    sketch_page.wait_for_function("points.length === 33", timeout=PATIENCE_MS)
    assert sketch_page.evaluate("points.every((point) => point.x >= -1 && point.x <= 2)")


def test_the_camera_goes_through_a_model(sketch_page: Any, site: Site, hosted: Hosted) -> None:
    open_sketch(sketch_page, site, hosted, name="webcam-live", models={"pose": "pose"})
    sketch_page.wait_for_function("frame && frame.number > 3", timeout=PATIENCE_MS)
    assert sketch_page.evaluate("Math.max(frame.picture.width, frame.picture.height)") == 320


def test_a_story_is_told_word_by_word(sketch_page: Any, site: Site, hosted: Hosted) -> None:
    open_sketch(sketch_page, site, hosted, name="storyteller", models={"teller": "tell"})
    sketch_page.fill("input", "A fox")
    sketch_page.click("text=Tell")
    sketch_page.wait_for_function("story === 'A fox 0 1 2 3 4'")


def test_a_painting_is_remixed(sketch_page: Any, site: Site, hosted: Hosted) -> None:
    open_sketch(sketch_page, site, hosted, name="paint-and-remix", models={"remix": "remix"})
    box = sketch_page.locator("canvas").bounding_box()
    sketch_page.mouse.move(box["x"] + 40, box["y"] + 40)
    sketch_page.mouse.down()
    sketch_page.mouse.move(box["x"] + 300, box["y"] + 300, steps=8)
    sketch_page.mouse.up()
    before = sketch_page.evaluate("drawingContext.canvas.toDataURL()")
    sketch_page.click("text=Remix")
    sketch_page.wait_for_selector("text=Paint on, and remix it again.", timeout=PATIENCE_MS)
    assert sketch_page.evaluate("drawingContext.canvas.toDataURL()") != before


def test_one_model_after_another(sketch_page: Any, site: Site, hosted: Hosted, skier: Path) -> None:
    open_sketch(sketch_page, site, hosted, name="two-models", models={"cutout": "cutout", "remix": "remix"})
    choose(sketch_page, skier)
    sketch_page.wait_for_function("words === 'Done.'", timeout=PATIENCE_MS)


def test_a_model_that_may_not_be_used_is_told_in_the_sketch(
    sketch_page: Any, site: Site, hosted: Hosted, skier: Path
) -> None:
    open_sketch(sketch_page, site, hosted, name="picture-to-pose", models={"pose": "echo"})
    choose(sketch_page, skier)
    sketch_page.wait_for_function("words.includes('prompt')")  # it takes a text, and says so
