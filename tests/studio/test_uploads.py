"""Large files go to the server in parts: seen on their way, stopped, gone on with after a connection broke."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from playwright.sync_api import expect

from tests.server.program import running
from tests.studio.waiting import eventually

SLOW_BYTES_PER_S = 6_000_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of about 25 MB: noise cannot be packed."""
    path = tmp_path_factory.mktemp("large") / "noise.png"
    PIL.Image.effect_noise((5000, 5000), 120).save(path, compress_level=0)
    return path


def throttle(page: Any, bytes_per_s: int) -> None:
    """Have a page send no faster; -1: as fast as it can."""
    rules = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", rules)


def under_way(page: Any) -> Any:
    return page.get_by_role("complementary", name="Options").get_by_role("list", name="Files on their way")


def offsets(page: Any) -> list[int]:
    """Where the parts that a page sends begin; grows while it sends."""
    found: list[int] = []
    page.on("request", lambda one: found.append(int(one.headers["upload-offset"])) if one.method == "PATCH" else None)
    return found


def test_a_large_file_is_seen_on_its_way_and_can_be_stopped(page: Any, large: Path, studio_home: Path) -> None:
    page.goto("/models/everything")
    throttle(page, SLOW_BYTES_PER_S)
    page.get_by_label("Choose a picture: Photo").set_input_files(large)
    under_way(page).get_by_text("% of 25.0 MB").wait_for()
    page.wait_for_function("() => /[1-9]\\d? % of/.test(document.querySelector('[aria-label^=Files]')?.textContent)")
    assert list((studio_home / "uploads").glob("*.part"))
    with page.expect_response(lambda one: one.request.method == "DELETE" and one.ok):
        page.get_by_role("button", name="Stop sending noise.png").click()
    under_way(page).wait_for(state="detached")
    expect(page.get_by_role("button", name="Choose a picture")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    eventually(lambda: list((studio_home / "uploads").glob("*.part")), lambda parts: not parts)


def test_run_waits_for_a_file_that_is_on_its_way(page: Any, large: Path) -> None:
    page.goto("/models/everything")
    throttle(page, SLOW_BYTES_PER_S)
    page.get_by_label("Choose a picture: Photo").set_input_files(large)
    under_way(page).wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text("Runs when noise.png is there").wait_for()
    throttle(page, -1)
    page.locator("dl", has_text="Seed").first.wait_for()


def test_one_need_not_wait_for_it_after_all(page: Any, large: Path) -> None:
    page.goto("/models/everything")
    throttle(page, SLOW_BYTES_PER_S)
    page.get_by_label("Choose a picture: Photo").set_input_files(large)
    under_way(page).wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Cancel", exact=True).click()
    throttle(page, -1)
    under_way(page).wait_for(state="detached")
    page.get_by_role("button", name="Run", exact=True).wait_for()
    page.get_by_role("group", name="Clicks", exact=True).get_by_text("5000 × 5000").wait_for()  # it is on the bench
    expect(page.locator("dl", has_text="Seed")).to_have_count(0)


def test_it_goes_on_by_itself_when_the_server_was_killed(browser: Any, tmp_path: Path, large: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    page = browser.new_page()
    page.set_default_timeout(60_000)
    with running(home) as first:
        page.goto(f"{first.address}/models/remix")
        page.get_by_role("button", name="Replace").wait_for()
        throttle(page, SLOW_BYTES_PER_S)
        page.get_by_label("Choose a picture: Image").set_input_files(large)
        page.wait_for_function("() => /[2-9]\\d % of/.test(document.querySelector('[aria-label^=Files]')?.textContent)")
        first.process.kill()
        first.process.wait()
        under_way(page).get_by_text("Waiting for the server").wait_for()
        parts = offsets(page)
    throttle(page, -1)
    with running(home, port=first.port) as second:
        under_way(page).wait_for(state="detached")
        digest = hashlib.sha256(large.read_bytes()).hexdigest()
        kept = page.request.get(f"{second.address}/api/v1/files/{digest}/information")
        assert kept.ok
        assert kept.json()["size_bytes"] == large.stat().st_size
        assert parts
        assert min(parts) > 0  # what had come was not sent again
    page.close()


def test_it_goes_on_where_it_was_when_the_page_was_closed_over_it(page: Any, large: Path) -> None:
    page.goto("/models/everything")
    throttle(page, SLOW_BYTES_PER_S)
    page.get_by_label("Choose a picture: Photo").set_input_files(large)
    page.wait_for_function("() => /[2-9]\\d % of/.test(document.querySelector('[aria-label^=Files]')?.textContent)")
    page.reload()
    throttle(page, -1)
    parts = offsets(page)
    page.get_by_label("Choose a picture: Photo").set_input_files(large)
    page.get_by_text("5000 × 5000").first.wait_for()
    under_way(page).wait_for(state="detached")
    assert min(parts) > 0


def test_a_file_that_goes_away_meanwhile_is_told(page: Any, large: Path, tmp_path: Path) -> None:
    moving = tmp_path / "moving.png"
    shutil.copy(large, moving)
    page.goto("/models/everything")
    throttle(page, SLOW_BYTES_PER_S)
    page.get_by_label("Choose a picture: Photo").set_input_files(moving)
    under_way(page).wait_for()
    moving.write_bytes(b"something else")
    page.get_by_text("moving.png cannot be read any more").wait_for()
