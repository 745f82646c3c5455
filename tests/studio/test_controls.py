"""Controls for numbers, vectors, films and sounds, in a real browser."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.studio.waiting import eventually


@pytest.fixture
def atelier(page: Any) -> Any:
    """The page of a model that takes each type."""
    page.goto("/models/atelier")
    page.get_by_role("button", name="Run", exact=True).wait_for()
    return page


def part(page: Any, name: str) -> Any:
    found = page.get_by_role("group", name=name, exact=True).first
    found.scroll_into_view_if_needed()
    return found


def ran(page: Any, photo: Path) -> dict[str, Any]:
    """Run the model, and return what it says that it got."""
    page.get_by_label("Choose a picture: Image").set_input_files(photo)
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()
    page.get_by_role("radio", name="Words").check()
    output = page.get_by_role("region", name="Output").locator("p", has_text="{'image': ").first
    seen: dict[str, Any] = ast.literal_eval(output.inner_text())
    return seen


def first_numbers(page: Any) -> list[float]:
    """The numbers of the vector that have fields, all of one moment."""
    fields = part(page, "Vector").get_by_role("spinbutton")
    numbers: list[float] = fields.evaluate_all("fields => fields.map((one) => Number(one.value))")
    return numbers


def saved_point(page: Any, name: str) -> list[float]:
    """Go somewhere at random, and save the place; it gets the name."""
    vector = part(page, "Vector")
    before = first_numbers(page)
    vector.get_by_role("button", name="Random").click()
    numbers = eventually(lambda: first_numbers(page), lambda found: found != before)
    vector.get_by_role("button", name="Save point").click()
    expect(vector.get_by_role("button", name=re.compile(f"^(Go to )?{name}\\b"))).to_be_visible()
    return numbers


def near(wanted: float, by: float) -> Callable[[float], bool]:
    return lambda found: found == pytest.approx(wanted, abs=by)


def test_holding_a_slider_shows_what_is_near(atelier: Any) -> None:
    slider = atelier.get_by_role("slider", name="Amount")
    box = slider.bounding_box()
    atelier.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    atelier.mouse.down()
    choices = atelier.get_by_role("radiogroup", name="Near Amount")
    choices.wait_for()
    atelier.mouse.up()
    choices.get_by_role("radio").last.check()
    field = atelier.get_by_role("spinbutton", name="Amount")
    expect(field).to_have_value("0.65")
    choices.get_by_role("radio").last.press("Escape")
    choices.wait_for(state="detached")
    eventually(lambda: float(field.input_value()), near(0.5, 0.02))


def test_a_double_click_puts_a_number_back(atelier: Any) -> None:
    field = atelier.get_by_role("spinbutton", name="Amount")
    field.fill("0.9")
    expect(field).to_have_value("0.9")
    slider = atelier.get_by_role("slider", name="Amount")
    slider.dblclick()
    expect(field).to_have_value("0.5")
    slider.press("ArrowRight")
    expect(field).to_have_value("0.51")


def test_saved_points_outlive_the_page_and_the_map_goes_between_them(atelier: Any, photo: Path) -> None:
    ends = [saved_point(atelier, name) for name in "AB"]
    atelier.reload()
    plane = part(atelier, "Map between the saved points")
    plane.get_by_role("button", name=re.compile("^Go to A")).click()
    eventually(lambda: first_numbers(atelier), lambda numbers: numbers == ends[0])
    box = plane.bounding_box()
    marks = [plane.get_by_role("button", name=re.compile(f"^Go to {name}")).bounding_box() for name in "AB"]
    middle = [
        sum(mark[side] + mark[size] / 2 for mark in marks) / 2 for side, size in (("x", "width"), ("y", "height"))
    ]
    atelier.mouse.move(box["x"] + 5, box["y"] + 5)
    atelier.mouse.down()
    atelier.mouse.move(*middle, steps=5)
    atelier.mouse.up()

    def is_between(numbers: list[float]) -> bool:
        return all(
            number == pytest.approx((one + other) / 2, abs=0.15 * abs(one - other) + 0.001)
            for number, one, other in zip(numbers, *ends, strict=True)
        )

    eventually(lambda: first_numbers(atelier), is_between)
    given = ran(atelier, photo)["vector"][:8]
    between = first_numbers(atelier)
    assert is_between(between)
    assert given == pytest.approx(between, abs=1e-3)


def test_a_mark_of_the_map_is_moved_and_removed_and_taken_back(atelier: Any) -> None:
    _, numbers = [saved_point(atelier, name) for name in "AB"]
    mark = part(atelier, "Vector").get_by_role("button", name=re.compile("^Go to B"))
    mark.scroll_into_view_if_needed()
    before = mark.bounding_box()
    atelier.mouse.move(before["x"] + 10, before["y"] + 10)
    atelier.mouse.down()
    atelier.mouse.move(before["x"] - 60, before["y"] + 60, steps=4)
    atelier.mouse.up()
    eventually(lambda: float(mark.bounding_box()["x"]), near(before["x"] - 70, 12))
    assert first_numbers(atelier) == numbers
    mark.press("Delete")
    mark.wait_for(state="detached")
    atelier.get_by_role("button", name="Undo").last.click()
    mark.wait_for()


def test_a_walk_goes_on_until_it_is_stopped(atelier: Any) -> None:
    vector = part(atelier, "Vector")
    vector.get_by_role("button", name="Mean").click()
    number = vector.get_by_role("spinbutton", name="Number 1, written")
    expect(number).to_have_value("0")
    walk = vector.get_by_role("button", name="Walk")
    walk.click()
    expect(walk).to_have_attribute("aria-pressed", "true")
    expect(number).not_to_have_value("0")
    walk.click()
    expect(walk).to_have_attribute("aria-pressed", "false")


def test_a_film_is_gone_through_frame_by_frame(atelier: Any, shared_data: Path) -> None:
    atelier.get_by_label("Choose a video: Video").set_input_files(shared_data / "video" / "talk.mp4")
    video = part(atelier, "Video")
    video.get_by_text("/ 1272").wait_for()  # 30 frames in each of its seconds, which no browser says
    slider = video.get_by_role("slider", name="Frame of Video")
    for frame in (2, 3, 4):
        slider.press("ArrowRight")
        expect(slider).to_have_attribute("aria-valuetext", f"Frame {frame} of 1272")
    video.get_by_role("button", name="One frame on").click()
    expect(slider).to_have_attribute("aria-valuetext", "Frame 5 of 1272")
    eventually(lambda: float(video.locator("video").evaluate("video => video.currentTime")), near(4.5 / 30, 0.002))
    video.get_by_role("button", name="Play").click()
    atelier.wait_for_function("() => document.querySelector('video').currentTime > 0.3")
    video.get_by_role("button", name="Pause").click()


def test_a_film_that_no_browser_shows_says_so(atelier: Any, tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    path.write_bytes(b"\x1aE\xdf\xa3" + bytes(200))
    atelier.get_by_label("Choose a video: Video").set_input_files(path)
    part(atelier, "Video").get_by_text("This browser cannot show this kind of video").wait_for()


def test_a_sound_is_recorded_seen_and_heard(atelier: Any, photo: Path) -> None:
    audio = part(atelier, "Audio")
    audio.get_by_role("button", name="Record").click()
    audio.get_by_text(re.compile("^0:0[1-9]")).wait_for()  # the microphone that is made up beeps each second
    audio.get_by_role("button", name="Stop recording").click()
    audio.get_by_text("recording.wav").wait_for()
    audio.locator("rect").first.wait_for(state="attached")
    audio.get_by_role("slider", name="Place in Audio").fill("0.5")
    audio.get_by_text("0:00.5 /").wait_for()
    audio.get_by_role("button", name="Play").click()
    assert ran(atelier, photo)["audio"] == [1, True, True]


def test_without_a_microphone_it_says_what_to_do(page: Any) -> None:
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))"
    )
    page.goto("/models/atelier")
    part(page, "Audio").get_by_role("button", name="Record").click()
    page.get_by_role("alert").get_by_text("No microphone was found").wait_for()


def test_a_sound_that_cannot_be_read_says_so(atelier: Any, tmp_path: Path) -> None:
    path = tmp_path / "noise.mp3"
    path.write_bytes(bytes(100))
    atelier.get_by_label("Choose a sound: Audio").set_input_files(path)
    atelier.get_by_role("alert").get_by_text("cannot read noise.mp3").wait_for()
