"""Pictures: fetched from the web, taken with the camera, looked at pixel by pixel, compared; also very large ones."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from playwright.sync_api import expect

from tests.net.files import serving_file
from tests.studio.waiting import eventually


def give(page: Any, path: Path) -> Any:
    """Choose a picture; return the view in which it is seen."""
    page.goto("/models/atelier")
    page.get_by_label("Choose a picture: Image").set_input_files(path)
    page.get_by_role("group", name="Image", exact=True).get_by_role("button", name="Replace").wait_for()
    return page.get_by_role("group", name=re.compile("^Image. Keys")).first


def readout(view: Any, is_right: Callable[[list[int]], bool] = lambda _: True) -> list[int]:
    """Return the place of a pixel and its colour, as soon as both are told, and are right."""
    told = view.get_by_label("Pixel")

    def numbers() -> list[int]:
        return [int(number) for number in re.findall(r"\d+", told.inner_text())]

    return eventually(numbers, lambda found: len(found) == 6 and is_right(found))


def pixel_of(picture: PIL.Image.Image, x: int, y: int) -> list[int]:
    pixels: list[int] = np.asarray(picture)[y, x].tolist()
    return [*pixels, 255]


def noise(width: int, height: int, mode: str = "RGB") -> PIL.Image.Image:
    shape = (height, width, len(mode))
    return PIL.Image.fromarray(np.random.default_rng(5).integers(0, 255, shape, np.uint8), mode)


def get_from(page: Any, url: str) -> None:
    page.goto("/models/atelier")
    page.get_by_role("button", name="From the web").first.click()
    field = page.get_by_role("textbox", name="Address of a picture")
    expect(field).to_be_focused()
    page.keyboard.type(url)
    expect(field).to_have_value(url)
    page.keyboard.press("Enter")


def test_a_picture_is_fetched_from_the_web_by_the_server(page: Any) -> None:
    data = io.BytesIO()
    noise(60, 40).save(data, "PNG")
    with serving_file(data.getvalue()) as elsewhere:
        get_from(page, elsewhere.url)
        page.get_by_text("60 × 40").first.wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()


def test_what_is_wrong_with_an_address_stands_beside_it(page: Any) -> None:
    with serving_file(b"<!doctype html><title>A fox</title>") as elsewhere:
        get_from(page, elsewhere.url)
        page.get_by_role("dialog").get_by_text("is no picture").wait_for()
        gone = elsewhere.url
    field = page.get_by_role("textbox", name="Address of a picture")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(gone)
    field.press("Enter")
    page.get_by_role("dialog").get_by_text("cannot be reached").wait_for()


def test_a_picture_is_taken_with_the_camera(page: Any) -> None:
    page.goto("/models/atelier")
    page.get_by_role("button", name="Camera").first.click()
    which = "() => document.querySelector('dialog video')?.srcObject?.getVideoTracks()[0].getSettings().deviceId"
    first = page.wait_for_function(which).json_value()
    expect(page.get_by_role("button", name="Take picture")).to_be_enabled()
    page.get_by_role("button", name="Other camera").click()
    page.wait_for_function(f"first => ![first, undefined].includes(({which})())", arg=first)
    page.get_by_role("button", name="Take picture").click()
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_role("group", name="Image", exact=True).get_by_role("button", name="Replace").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()


def test_without_a_camera_it_says_what_to_do(page: Any) -> None:
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    page.goto("/models/atelier")
    page.get_by_role("button", name="Camera").first.click()
    page.get_by_role("alert").get_by_text("Allow it beside the address").wait_for()
    expect(page.get_by_role("button", name="Take picture")).to_be_disabled()


def test_the_pixel_under_the_pointer_is_that_of_the_file(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    noise(1200, 900).save(path)
    view = give(page, path)
    box = view.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.45)
    x, y, *colour = readout(view)
    assert colour == pixel_of(PIL.Image.open(path), x, y)
    page.mouse.move(0, 0)
    view.get_by_label("Pixel").wait_for(state="detached")


def test_a_pixel_that_is_not_there_is_read_as_such(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    PIL.Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(path)
    view = give(page, path)
    box = view.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    readout(view, lambda found: found[2:] == [0, 0, 0, 0])


def test_with_the_keyboard_the_pixel_in_the_middle_is_read(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    noise(200, 150).save(path)
    view = give(page, path)
    page.keyboard.press("Tab")
    view.focus()
    x, y, *colour = readout(view)
    assert colour == pixel_of(PIL.Image.open(path), x, y)
    for key in ("1", "+", "+", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    readout(view, lambda found: found[0] > x and found[1] > y)
    expect(view).to_contain_text("156 %")
    page.keyboard.press("0")
    readout(view, lambda found: found[:2] == [x, y])


def test_a_picture_of_50_megapixels_is_read_and_painted_on(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    large = noise(866, 577).resize((8660, 5770), PIL.Image.Resampling.NEAREST)
    large.save(path, compress_level=1)
    view = give(page, path)
    page.get_by_text("8660 × 5770").first.wait_for()
    box = view.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.45)
    x, y, *colour = readout(view)
    assert colour == pixel_of(large, x, y)
    hand = page.get_by_role("application", name=re.compile("^Mask"))
    expect(page.get_by_role("group", name="Mask", exact=True).locator("canvas")).to_have_attribute("width", "2048")
    hand.press("Enter")
    page.get_by_text("% chosen").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()
    page.get_by_role("radio", name="Words").check()
    page.get_by_text("'mask': [8660, 5770").wait_for()


def test_before_and_after_by_keyboard(page: Any, photo: Path) -> None:
    give(page, photo)
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()
    page.get_by_role("radio", name="Image").check()
    view = page.get_by_role("region", name="Output").get_by_role("group", name=re.compile("^Image. Keys"))
    view.press("b")
    handle = view.get_by_role("slider", name="Before and after")
    expect(handle).to_be_focused()
    for key, place in (("Shift+ArrowRight", "60"), ("ArrowLeft", "58"), ("Home", "0"), ("End", "100")):
        page.keyboard.press(key)
        expect(handle).to_have_attribute("aria-valuenow", place)
    view.press("b")
    handle.wait_for(state="detached")


def test_before_and_after_is_asked_for_before_the_picture_is_there(page: Any, photo: Path) -> None:
    give(page, photo)
    view = page.get_by_role("region", name="Output").get_by_role("group", name=re.compile("^Image. Keys"))
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/api/v1/files/*", hold)
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()
    page.get_by_role("radio", name="Image").check()
    view.press("b")
    expect(view.get_by_role("button", name="Before and after")).to_have_attribute("aria-pressed", "true")
    expect(view).not_to_contain_text("320 × 240")
    for route in held:
        route.continue_()
    page.unroute("**/api/v1/files/*")
    expect(view.get_by_role("slider", name="Before and after")).to_be_focused()
