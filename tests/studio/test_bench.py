"""A person at a model's bench: gives something, runs it, sees what comes out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import PIL.Image
from playwright.sync_api import expect

from tests.studio.waiting import asks_for_job

# Of the jobs that are newer than one, all that are kept.
_STRENGTHS_ARE = """async ([first, expected]) => {
    const { jobs } = await (await fetch("/api/v1/jobs?model=tinted&limit=200")).json();
    const found = jobs.filter((job) => job.id > first && job.completed_at).map((job) => job.inputs.strength);
    return JSON.stringify(found) === JSON.stringify(expected);
}"""


def result_bar(page: Any) -> Any:
    return page.locator("dl", has_text="Seed").first


def seed(page: Any) -> Any:
    """The seed of the result that is shown, once there is one."""
    return result_bar(page).locator("div", has_text="Seed").locator("dd")


def test_a_first_visit_has_a_sample_and_one_press_gives_a_pose(page: Any) -> None:
    page.goto("/models/pose")
    page.get_by_role("button", name="Replace").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()
    page.get_by_role("img", name="Drawing").wait_for()
    page.get_by_role("radio", name="Landmarks").check()
    expect(page.get_by_text("of 33")).to_be_visible()


def test_a_quick_model_runs_as_things_change(page: Any) -> None:
    page.goto("/models/tinted")  # quick also where everything else is slow
    page.get_by_role("button", name="Run", exact=True).wait_for()
    page.keyboard.press("Control+Enter")
    result_bar(page).wait_for()
    page.get_by_role("switch", name="Run as I change things").wait_for()
    picture = page.get_by_role("region", name="Output").get_by_role("img")
    before = picture.get_attribute("src")
    page.get_by_role("slider", name="Strength").press("ArrowRight")
    expect(picture).not_to_have_attribute("src", before)


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
        with page.expect_response(lambda one: asks_for_job(one.request)):
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
    expect(page.get_by_role("radio", name="Green")).to_be_checked()
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("radio", name="Red")).to_be_checked()


def test_a_result_is_varied_and_compared_where_it_is(page: Any) -> None:
    page.goto("/models/remix")
    page.get_by_role("button", name="Replace").wait_for()
    for name in ("Width", "Height"):
        page.get_by_role("spinbutton", name=name).fill("64")
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Run", exact=True).click()
    first_seed = seed(page).inner_text()
    page.get_by_role("button", name="Vary").click()
    expect(seed(page)).not_to_have_text(first_seed, timeout=60_000)
    varied, first = made_with(page, "remix")[:2]
    assert varied["inputs"] == first["inputs"]
    assert varied["seed"] != first["seed"]
    page.get_by_role("button", name="Compare").click()
    table = page.get_by_role("dialog").get_by_role("table")
    expect(table.get_by_role("row").nth(1).get_by_role("cell")).to_have_text([str(varied["seed"]), str(first["seed"])])


def test_what_was_varied_is_not_run_once_more_by_itself(page: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if asks_for_job(one) else None)
    page.goto("/models/tinted")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("switch", name="Run as I change things").wait_for()
    first_seed = seed(page).inner_text()
    page.get_by_role("button", name="Vary").click()
    expect(seed(page)).not_to_have_text(first_seed)
    page.wait_for_timeout(500)  # what should not come would come after 120 ms
    assert len(asked) == 2


def test_a_result_is_sent_on_to_a_model_that_takes_it(page: Any) -> None:
    page.goto("/models/tinted")
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()
    page.get_by_role("button", name="Send on").click()
    targets = page.get_by_role("dialog").get_by_role("list", name="Models that take it")
    targets.get_by_role("button", name="Remix as Image").wait_for()
    expect(page.get_by_text("Looking for models that take it")).to_have_count(0)
    expect(targets.get_by_role("button", name="Slow")).to_have_count(0)  # it takes no picture
    targets.get_by_role("button", name="Remix as Image").click()
    page.get_by_role("heading", name="Remix").wait_for()
    page.get_by_text("128 × 96").wait_for()
    page.get_by_role("button", name="Replace").wait_for()


def test_the_keyboard_alone_is_enough(page: Any) -> None:
    page.goto("/models")
    page.get_by_role("link", name="Pose").wait_for()
    page.keyboard.press("Control+K")
    expect(page.get_by_role("combobox", name="Find")).to_be_focused()
    page.keyboard.type("pose")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Pose")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Replace").wait_for()
    page.get_by_role("slider", name="Line width").press("ArrowRight")
    expect(page.get_by_role("spinbutton", name="Line width")).to_have_value("1.25")
    page.keyboard.press("Control+Enter")
    result_bar(page).wait_for()
    expect(page.get_by_role("spinbutton", name="Line width")).to_have_value("1.25")
    picture = page.get_by_role("group", name="Drawing")
    expect(picture).to_contain_text(" %")  # the picture is there
    picture.press("1")
    expect(picture).to_contain_text("· 100 %")
    page.keyboard.press("+")
    expect(picture).to_contain_text("· 125 %")


def test_before_and_after_is_a_slider(page: Any) -> None:
    page.goto("/models/pose")
    page.get_by_role("button", name="Replace").wait_for()
    page.keyboard.press("Control+Enter")
    result_bar(page).wait_for()
    page.get_by_role("button", name="Before and after").click()
    handle = page.get_by_role("slider", name="Before and after")
    handle.press("ArrowLeft")
    expect(handle).to_have_attribute("aria-valuenow", "48")


def test_a_chosen_picture_comes_back(page: Any, photo: Path) -> None:
    page.goto("/models/everything")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    page.get_by_label("Choose a picture: Photo").set_input_files(photo)
    page.get_by_text("320 × 240").first.wait_for()
    page.get_by_role("textbox", name="Text").fill("a fox")
    page.get_by_role("button", name="Run", exact=True).click()
    result_bar(page).wait_for()
    expect(page.get_by_role("region", name="Output").get_by_text("320 × 240")).to_be_visible()


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
    clicks = page.get_by_role("group", name="Clicks", exact=True)
    clicks.get_by_text("320 × 240").wait_for()
    clicks.scroll_into_view_if_needed()
    clicks.get_by_role("img", name="Clicks").click(position={"x": 40, "y": 30}, force=True)
    expect(clicks.get_by_role("button", name="Point 1")).to_have_count(1)


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
    expect(note).to_contain_text("no paint left", use_inner_text=True, timeout=60_000)
    note.get_by_text("Details").click()
    expect(note).to_contain_text("ValueError", use_inner_text=True)  # not what is still folded


def test_a_model_that_is_not_there_says_so(page: Any) -> None:
    page.goto("/models/nothing")
    page.get_by_role("alert").wait_for()
