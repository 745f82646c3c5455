"""A person at a model's bench: gives something, runs it, sees what comes out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import PIL.Image

# Of the jobs that are newer than one, all that are kept.
_STRENGTHS_ARE = """async ([first, expected]) => {
    const { jobs } = await (await fetch("/api/v1/jobs?model=tinted&limit=200")).json();
    const found = jobs.filter((job) => job.id > first && job.completed_at).map((job) => job.inputs.strength);
    return JSON.stringify(found) === JSON.stringify(expected);
}"""


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


def made_with(page: Any, model: str) -> list[dict[str, Any]]:
    """The jobs of a model, the newest first."""
    jobs: list[dict[str, Any]] = page.request.get(f"/api/v1/jobs?model={model}&limit=200").json()["jobs"]
    return jobs


def test_of_quick_runs_only_the_last_is_kept(page: Any) -> None:
    page.goto("/models/tinted")
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()
    page.get_by_role("switch", name="Run as I change things").wait_for()
    first = made_with(page, "tinted")[0]["id"]
    slider = page.get_by_role("slider", name="Strength")
    for _ in range(4):
        with page.expect_response(lambda one: one.url.endswith("/jobs") and one.request.method == "POST"):
            slider.press("ArrowRight")
    slider.press("ArrowLeft")
    page.wait_for_function(_STRENGTHS_ARE, arg=[first, [0.8]])


def test_what_a_model_is_set_up_with_goes_with_the_job(page: Any) -> None:
    page.goto("/models/tinted")
    page.get_by_text("Set-up").click()
    page.get_by_text("To change one loads the model anew").wait_for()
    page.get_by_role("radio", name="Green").check()
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()
    assert made_with(page, "tinted")[0]["options"] == {"paint": "green"}
    page.get_by_role("radio", name="Red").check()
    page.get_by_text("The next run loads the model anew").wait_for()
    page.get_by_role("button", name="Use its inputs").click()
    assert page.get_by_role("radio", name="Green").is_checked()
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    assert page.get_by_role("radio", name="Red").is_checked()


def test_a_result_is_varied_and_compared_where_it_is(page: Any) -> None:
    page.goto("/models/remix")
    page.get_by_role("button", name="Replace").wait_for()
    for name in ("Width", "Height"):
        page.get_by_role("spinbutton", name=name).fill("64")
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()
    page.get_by_role("button", name="Vary").click()
    page.get_by_role("button", name="Cancel", exact=True).wait_for()
    result_bar(page).wait_for()
    varied, first = made_with(page, "remix")[:2]
    assert varied["inputs"] == first["inputs"]
    assert varied["seed"] != first["seed"]
    page.get_by_role("button", name="Compare").click()
    table = page.get_by_role("dialog").get_by_role("table")
    assert [table.get_by_role("row").nth(1).get_by_role("cell").nth(one).inner_text() for one in (0, 1)] == [
        str(varied["seed"]),
        str(first["seed"]),
    ]


def test_a_result_is_sent_on_to_a_model_that_takes_it(page: Any) -> None:
    page.goto("/models/tinted")
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()
    page.get_by_role("button", name="Send on").click()
    targets = page.get_by_role("dialog").get_by_role("list", name="Models that take it")
    targets.get_by_role("button", name="Remix as Image").wait_for()
    assert targets.get_by_role("button", name="Slow").count() == 0  # it takes no picture
    targets.get_by_role("button", name="Remix as Image").click()
    page.get_by_role("heading", name="Remix").wait_for()
    page.get_by_text("128 × 96").wait_for()
    page.get_by_role("button", name="Replace").wait_for()


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


def test_a_model_that_is_not_there_says_so(page: Any) -> None:
    page.goto("/models/nothing")
    page.get_by_role("alert").wait_for()
