"""Masks and segmentations: painted on a picture, with the mouse or with the keyboard alone; kept, taken back, run."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from playwright.sync_api import expect

from tests.studio.waiting import brings_file, eventually, run_nothing_by_itself


@pytest.fixture
def atelier(page: Any, photo: Path) -> Any:
    """A page with a picture to paint on, on which nothing runs by itself."""
    run_nothing_by_itself(page)
    page.goto("/models/atelier")
    page.get_by_label("Choose a picture: Image").set_input_files(photo)
    for name in ("Mask", "Segmentation", "Ids"):
        expect(sheet(page, name)).to_have_attribute("width", "320")
    return page


def board(page: Any, name: str) -> Any:
    found = page.get_by_role("group", name=name, exact=True)
    found.scroll_into_view_if_needed()
    return found


def sheet(page: Any, name: str) -> Any:
    """What is painted on; it fits the picture below, once that is there."""
    return board(page, name).locator("canvas")


def hand(page: Any, name: str) -> Any:
    found = board(page, name).get_by_role("application")
    found.wait_for()
    return found


def paint(page: Any, name: str, *places: tuple[float, float]) -> None:
    box = hand(page, name).bounding_box()
    spots = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in places]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=8)
    page.mouse.up()


def keeping(page: Any) -> Any:
    """Within it something is painted; at its end that is kept as a file."""
    return page.expect_request_finished(brings_file)


def ran(page: Any) -> dict[str, Any]:
    """Run the model, and return what it says that it got."""
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()
    page.get_by_role("radio", name="Words").check()
    output = page.get_by_role("region", name="Output").locator("p", has_text="{'image': ").first
    seen: dict[str, Any] = ast.literal_eval(output.inner_text())
    return seen


def told(page: Any) -> Any:
    """The words that say how much is chosen."""
    return board(page, "Mask").get_by_text(re.compile("chosen$"))


def chosen(page: Any) -> str:
    """How much is chosen, once something is."""
    expect(told(page)).to_have_text(re.compile("% chosen$"))
    return str(told(page).inner_text())


def wait_for_chosen(page: Any, words: str) -> None:
    expect(told(page)).to_have_text(words)


def is_taken_up(page: Any, tool: str) -> None:
    expect(board(page, "Mask").get_by_role("button", name=tool)).to_have_attribute("aria-pressed", "true")


def test_a_mask_is_painted_and_the_model_gets_it_as_large_as_the_picture(atelier: Any) -> None:
    wait_for_chosen(atelier, "Nothing chosen")
    paint(atelier, "Mask", (0.2, 0.5), (0.8, 0.5))
    assert ran(atelier)["mask"] == [320, 240, [0, 255]]


def test_a_mask_with_soft_edges_has_all_amounts_between(atelier: Any) -> None:
    paint(atelier, "Mask", (0.2, 0.5), (0.8, 0.5))
    board(atelier, "Mask").get_by_role("slider", name="Feather").fill("0.05")
    amounts = ran(atelier)["mask"][2]
    assert len(amounts) > 50
    assert amounts[0] == 0


def test_what_was_painted_is_there_when_one_comes_back_and_can_be_taken_back(atelier: Any) -> None:
    for height in (0.5, 0.2):
        with keeping(atelier):
            paint(atelier, "Mask", (0.2, height), (0.8, height))
    share = chosen(atelier)
    atelier.get_by_role("link", name="History").first.click()
    atelier.get_by_role("heading", name="History").wait_for()
    atelier.go_back()
    wait_for_chosen(atelier, share)
    undo = board(atelier, "Mask").get_by_role("button", name="Undo")
    undo.click()
    expect(told(atelier)).not_to_have_text(re.compile(f"^({share}|Nothing chosen)$"))
    undo.click()
    wait_for_chosen(atelier, "Nothing chosen")
    board(atelier, "Mask").get_by_role("button", name="Redo").click()
    expect(told(atelier)).not_to_have_text("Nothing chosen")


def test_a_mask_of_an_earlier_result_is_drawn_again(atelier: Any) -> None:
    paint(atelier, "Mask", (0.2, 0.5), (0.8, 0.5))
    ran(atelier)
    share = chosen(atelier)
    board(atelier, "Mask").get_by_role("button", name="Clear").click()
    wait_for_chosen(atelier, "Nothing chosen")
    atelier.get_by_role("button", name="Use its inputs").click()
    wait_for_chosen(atelier, share)


def test_a_mask_comes_from_a_file_too(atelier: Any, tmp_path: Path) -> None:
    path = tmp_path / "half.png"
    PIL.Image.new("L", (320, 240)).save(path)
    half = PIL.Image.open(path)
    half.paste(255, (0, 0, 160, 240))
    half.save(path)
    atelier.get_by_label("Choose a mask: Mask").set_input_files(path)
    wait_for_chosen(atelier, "50 % chosen")
    board(atelier, "Mask").get_by_role("button", name="Invert").click()
    paint(atelier, "Mask", (0.25, 0.5), (0.25, 0.6))
    assert ran(atelier)["mask"] == [320, 240, [0, 255]]


def test_a_file_over_what_was_painted_is_taken_back_like_a_stroke(atelier: Any, tmp_path: Path) -> None:
    with keeping(atelier):
        paint(atelier, "Mask", (0.2, 0.5), (0.8, 0.5))
    share = chosen(atelier)
    path = tmp_path / "white.png"
    PIL.Image.new("L", (320, 240), 255).save(path)
    atelier.get_by_label("Choose a mask: Mask").set_input_files(path)
    wait_for_chosen(atelier, "100 % chosen")
    board(atelier, "Mask").get_by_role("button", name="Undo").click()
    wait_for_chosen(atelier, share)
    assert ran(atelier)["mask"] == [320, 240, [0, 255]]


def test_a_mask_is_painted_with_the_keyboard_alone(atelier: Any) -> None:
    hand(atelier, "Mask").focus()
    with keeping(atelier):
        for key in ("]", "]", "Space", "Shift+ArrowRight", "Shift+ArrowDown", "Space"):
            atelier.keyboard.press(key)
    share = chosen(atelier)
    atelier.keyboard.press("e")
    is_taken_up(atelier, "Eraser")
    with keeping(atelier):
        atelier.keyboard.press("Enter")
    expect(told(atelier)).not_to_have_text("Nothing chosen")
    atelier.keyboard.press("Control+z")
    atelier.keyboard.press("Control+z")
    wait_for_chosen(atelier, "Nothing chosen")
    atelier.keyboard.press("Control+Shift+z")
    wait_for_chosen(atelier, share)
    atelier.keyboard.press("f")
    is_taken_up(atelier, "Fill")
    atelier.keyboard.press("Control+z")
    wait_for_chosen(atelier, "Nothing chosen")
    atelier.keyboard.press("Enter")
    wait_for_chosen(atelier, "100 % chosen")


def test_the_picture_below_is_zoomed_and_moved_while_one_paints(atelier: Any) -> None:
    area = hand(atelier, "Mask")
    before = area.bounding_box()
    area.press("+")
    area.press("+")
    larger: dict[str, float] = eventually(area.bounding_box, lambda box: box["width"] > before["width"] * 1.5)
    board(atelier, "Mask").get_by_role("button", name="Move the picture").click()
    atelier.mouse.move(larger["x"] + 120, larger["y"] + 100)
    atelier.mouse.down()
    atelier.mouse.move(larger["x"] + 160, larger["y"] + 120, steps=4)
    atelier.mouse.up()
    eventually(area.bounding_box, lambda box: box["x"] == pytest.approx(larger["x"] + 40, abs=2))
    wait_for_chosen(atelier, "Nothing chosen")


def test_a_segmentation_is_made_of_polygons_fills_and_strokes(atelier: Any) -> None:
    tools = board(atelier, "Segmentation")
    tools.get_by_role("button", name="Polygon").click()
    expect(tools.get_by_role("button", name="Polygon")).to_have_attribute("aria-pressed", "true")
    box = hand(atelier, "Segmentation").bounding_box()
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), (0.1, 0.1)):
        atelier.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    tools.get_by_role("button", name="sand").click()
    tools.get_by_role("button", name="Fill").click()
    expect(tools.get_by_role("button", name="Fill")).to_have_attribute("aria-pressed", "true")
    atelier.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    assert ran(atelier)["segmentation"] == [320, 240, [1, 3]]
    tools.get_by_role("button", name="sea").click()
    tools.get_by_role("button", name="Brush").click()
    paint(atelier, "Segmentation", (0.4, 0.4), (0.6, 0.6))
    atelier.get_by_role("button", name="Run", exact=True).click()
    atelier.get_by_text("[1, 2, 3]").wait_for()
    for _ in range(3):
        tools.get_by_role("button", name="Undo").click()
    expect(tools.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_polygon_is_drawn_with_the_keyboard_alone(atelier: Any) -> None:
    area = hand(atelier, "Segmentation")
    keys = ["p", "Space", *["Shift+ArrowRight"] * 4, "Space", *["Shift+ArrowDown"] * 4, "Space", "Space", "Backspace"]
    for key in (*keys, "Enter"):
        area.press(key)
    assert ran(atelier)["segmentation"] == [320, 240, [1, 2]]


def test_without_labels_numbers_are_painted(atelier: Any) -> None:
    board(atelier, "Ids").get_by_role("button", name="5", exact=True).click()
    paint(atelier, "Ids", (0.2, 0.5), (0.8, 0.5))
    assert ran(atelier)["ids"] == [320, 240, [0, 5]]


def test_what_was_painted_fits_another_picture(atelier: Any, tmp_path: Path) -> None:
    paint(atelier, "Mask", (0.2, 0.5), (0.8, 0.5))
    large = tmp_path / "large.jpg"
    PIL.Image.new("RGB", (3000, 1500), "#88aa66").save(large, quality=60)
    atelier.get_by_label("Choose a picture: Image").set_input_files(large)
    expect(sheet(atelier, "Mask")).to_have_attribute("width", "2048")  # the most that is painted on
    paint(atelier, "Mask", (0.2, 0.2), (0.8, 0.2))
    assert ran(atelier)["mask"][:2] == [3000, 1500]


def test_a_file_that_is_chosen_while_a_stroke_is_on_its_way_is_what_counts(atelier: Any, tmp_path: Path) -> None:
    held: list[Any] = []
    atelier.route(re.compile(r"/api/v1/files\?"), lambda route: route.continue_() if held else held.append(route))
    paint(atelier, "Mask", (0.3, 0.5), (0.6, 0.5))
    share = chosen(atelier)
    eventually(lambda: len(held), lambda count: count == 1)
    path = tmp_path / "white.png"
    PIL.Image.new("L", (320, 240), 255).save(path)
    atelier.get_by_label("Choose a mask: Mask").set_input_files(path)
    wait_for_chosen(atelier, "100 % chosen")
    with keeping(atelier):
        held[0].continue_()
    assert ran(atelier)["mask"] == [320, 240, [255]]
    wait_for_chosen(atelier, "100 % chosen")
    board(atelier, "Mask").get_by_role("button", name="Undo").click()
    wait_for_chosen(atelier, share)
