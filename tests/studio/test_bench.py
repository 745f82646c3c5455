"""A person at a model's bench: gives something, runs it, sees what comes out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import PIL.Image
import pytest


def result_bar(page: Any) -> Any:
    return page.locator("dl", has_text="Seed").first


def test_a_first_visit_has_a_sample_and_one_press_gives_a_pose(page: Any) -> None:
    page.goto("/models/pose")
    page.get_by_role("button", name="Replace").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()
    page.get_by_role("img", name="Drawing").wait_for()
    page.get_by_role("radio", name="Landmarks").check()
    assert page.get_by_text("of 33").is_visible()


def test_a_quick_model_runs_as_things_change(page: Any) -> None:
    page.goto("/models/pose")
    page.get_by_role("button", name="Replace").wait_for()
    page.keyboard.press("Control+Enter")
    result_bar(page).wait_for()
    page.get_by_role("switch", name="Run as I change things").wait_for()
    before = page.get_by_role("img", name="Drawing").get_attribute("src")
    page.get_by_role("radio", name="Black").check()
    page.wait_for_function(
        "before => ![before, undefined].includes(document.querySelector('img[alt=Drawing]')?.getAttribute('src'))",
        arg=before,
    )


def test_the_keyboard_alone_is_enough(page: Any) -> None:
    page.goto("/models")
    page.get_by_role("link", name="Pose").wait_for()
    page.keyboard.press("Control+K")
    page.get_by_role("combobox", name="Find").wait_for()
    page.keyboard.type("pose")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Replace").wait_for()
    page.get_by_role("slider", name="Line width").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    result_bar(page).wait_for()
    assert page.get_by_role("spinbutton", name="Line width").input_value() == "1.25"
    picture = page.get_by_role("group", name="Drawing")
    picture.focus()
    page.keyboard.press("1")
    page.keyboard.press("+")
    assert "125 %" in picture.inner_text()


def test_before_and_after_is_a_slider(page: Any) -> None:
    page.goto("/models/pose")
    page.get_by_role("button", name="Replace").wait_for()
    page.keyboard.press("Control+Enter")
    result_bar(page).wait_for()
    page.get_by_role("button", name="Before and after").click()
    handle = page.get_by_role("slider", name="Before and after")
    handle.focus()
    page.keyboard.press("ArrowLeft")
    assert handle.get_attribute("aria-valuenow") == "48"


def test_a_chosen_picture_comes_back(page: Any, photo: Path) -> None:
    page.goto("/models/everything")
    assert page.get_by_role("button", name="Run", exact=True).is_disabled()
    page.get_by_label("Choose a picture: Photo").set_input_files(photo)
    page.get_by_text("320 × 240").first.wait_for()
    page.get_by_role("textbox", name="Text").fill("a fox")
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()
    assert page.get_by_text("320 × 240").count() >= 2


def test_a_picture_of_50_megapixels_is_shown_and_goes_through(page: Any, tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    PIL.Image.new("RGB", (8660, 5774), "#88aa66").save(large, quality=60)
    page.goto("/models/everything")
    page.get_by_label("Choose a picture: Photo").set_input_files(large)
    page.get_by_text("8660 × 5774").first.wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()


def test_points_are_set_by_pressing_on_the_picture(page: Any, photo: Path) -> None:
    page.goto("/models/everything")
    page.get_by_label("Choose a picture: Photo").set_input_files(photo)
    page.get_by_text("320 × 240").first.wait_for()
    clicks = page.get_by_role("group", name="Clicks", exact=True)
    clicks.scroll_into_view_if_needed()
    clicks.get_by_role("img", name="Clicks").click(position={"x": 40, "y": 30}, force=True)
    assert clicks.get_by_role("button", name="Point 1").count() == 1


def test_long_work_shows_previews_and_can_be_canceled(page: Any) -> None:
    page.goto("/models/slow")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("painting").first.wait_for()
    page.get_by_text("160 × 120").wait_for()
    page.get_by_role("button", name="Cancel", exact=True).first.click()
    page.get_by_role("button", name="Run", exact=True).wait_for()
    page.goto("/history")
    page.get_by_role("link", name=re.compile("Slow.*Canceled")).first.wait_for()


def test_a_model_that_fails_says_why(page: Any) -> None:
    page.goto("/models/broken")
    page.get_by_role("button", name="Run", exact=True).click()
    note = page.get_by_role("alert")
    note.wait_for()
    assert "no paint left" in note.inner_text()
    note.get_by_text("Details").click()
    assert "ValueError" in note.inner_text()


@pytest.mark.parametrize("language", ["Python", "curl", "Command line"])
def test_it_can_be_used_from_code(page: Any, language: str) -> None:
    page.goto("/models/pose")
    page.get_by_role("button", name="Use from code").click()
    page.get_by_role("radio", name=language).check()
    code = page.get_by_role("dialog").locator("pre").inner_text()
    assert "pose" in code
    assert (page.url.split("/models")[0] in code) == (language != "Command line")


def test_a_model_that_is_not_there_says_so(page: Any) -> None:
    page.goto("/models/nothing")
    page.get_by_role("alert").wait_for()
