"""Pictures: fetched from the web, taken with the camera, looked at pixel by pixel, compared; also very large ones."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from tests.net.files import serving_file


def give(page: Any, path: Path) -> Any:
    """Choose a picture; return the view in which it is seen."""
    page.goto("/models/atelier")
    page.get_by_label("Choose a picture: Image").set_input_files(path)
    page.get_by_role("group", name="Image", exact=True).get_by_role("button", name="Replace").wait_for()
    return page.get_by_role("group", name=re.compile("^Image. Keys")).first


def readout(view: Any) -> list[int]:
    """Return the place of a pixel and its colour, as soon as both are told."""
    told = view.get_by_label("Pixel")
    told.locator("i").wait_for()
    return [int(number) for number in re.findall(r"\d+", told.inner_text())]


def pixel_of(picture: PIL.Image.Image, x: int, y: int) -> list[int]:
    pixels: list[int] = np.asarray(picture)[y, x].tolist()
    return [*pixels, 255]


def noise(width: int, height: int, mode: str = "RGB") -> PIL.Image.Image:
    shape = (height, width, len(mode))
    return PIL.Image.fromarray(np.random.default_rng(5).integers(0, 255, shape, np.uint8), mode)


def get_from(page: Any, url: str) -> None:
    page.goto("/models/atelier")
    page.get_by_role("button", name="From the web").first.click()
    page.keyboard.type(url)
    page.keyboard.press("Enter")


def test_a_picture_is_fetched_from_the_web_by_the_server(page: Any) -> None:
    data = io.BytesIO()
    noise(60, 40).save(data, "PNG")
    with serving_file(data.getvalue()) as elsewhere:
        get_from(page, elsewhere.url)
        page.get_by_text("60 × 40").first.wait_for()
    assert page.get_by_role("dialog").count() == 0
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()


def test_what_is_wrong_with_an_address_stands_beside_it(page: Any) -> None:
    with serving_file(b"<!doctype html><title>A fox</title>") as elsewhere:
        get_from(page, elsewhere.url)
        page.get_by_role("dialog").get_by_text("is no picture").wait_for()
        gone = elsewhere.url
    field = page.get_by_role("textbox", name="Address of a picture")
    assert field.get_attribute("aria-invalid") == "true"
    field.fill(gone)
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_text("cannot be reached").wait_for()


def test_a_picture_is_taken_with_the_camera(page: Any) -> None:
    page.goto("/models/atelier")
    page.get_by_role("button", name="Camera").first.click()
    which = "() => document.querySelector('dialog video')?.srcObject?.getVideoTracks()[0].getSettings().deviceId"
    first = page.wait_for_function(which).json_value()
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
    assert page.get_by_role("button", name="Take picture").is_disabled()


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
    assert readout(view)[2:] == [0, 0, 0, 0]


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
    moved_x, moved_y, *_ = readout(view)
    assert moved_x > x
    assert moved_y > y
    assert "156 %" in view.inner_text()
    page.keyboard.press("0")
    assert readout(view)[:2] == [x, y]


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
    hand.focus()
    page.keyboard.press("Enter")
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
    view.focus()
    page.keyboard.press("b")
    handle = view.get_by_role("slider", name="Before and after")
    handle.wait_for()
    assert handle.evaluate("handle => handle === document.activeElement")
    for key, place in (("Shift+ArrowRight", "60"), ("ArrowLeft", "58"), ("Home", "0"), ("End", "100")):
        page.keyboard.press(key)
        assert handle.get_attribute("aria-valuenow") == place
    view.focus()
    page.keyboard.press("b")
    handle.wait_for(state="detached")
