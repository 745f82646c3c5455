"""Nothing that was made is a dead end: it is found, opened, made again, compared, deleted and taken back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.studio.waiting import asks_for_job, run_nothing_by_itself

DONE = re.compile("Everything.*Done")


@pytest.fixture
def made(page: Any, photo: Path) -> Any:
    """A page on the history, with two results in it: a heron, and before it a hare."""
    run_nothing_by_itself(page)
    page.goto("/models/everything")
    page.get_by_label("Choose a picture: Photo").set_input_files(photo)
    for text in ("a hare", "a heron"):
        page.get_by_role("textbox", name="Text").fill(text)
        with page.expect_response(lambda one: asks_for_job(one.request)):
            page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_role("button", name="Cancel", exact=True).wait_for(state="detached")
        page.locator("dl", has_text="Seed").first.wait_for()
    page.goto("/history")
    page.get_by_role("link", name=DONE).nth(1).wait_for()
    return page


def seed(page: Any) -> Any:
    """The seed of the result that lies on the bench."""
    return page.locator("footer dl div", has_text="Seed").locator("dd")


def test_a_job_is_found_by_its_words_and_opened_on_the_bench(made: Any) -> None:
    hare = made.get_by_role("link", name=DONE).nth(1).get_attribute("href")
    made.get_by_role("searchbox", name="Search history").fill("heron")
    made.locator(f"main a[href='{hare}']").wait_for(state="detached")
    made.get_by_role("link", name=DONE).first.click()
    dialog = made.get_by_role("dialog")
    dialog.get_by_text("a heron").wait_for()
    dialog.get_by_role("button", name="Open on the bench").click()
    expect(made.get_by_role("textbox", name="Text")).to_have_value("a heron")


def test_run_again_keeps_the_seed_and_vary_does_not(made: Any) -> None:
    made.get_by_role("link", name=DONE).first.click()
    dialog = made.get_by_role("dialog")
    first_seed = dialog.locator("dl div", has_text="Seed").locator("dd").inner_text()
    dialog.get_by_role("button", name="Run again").click()
    made.wait_for_function("() => location.pathname === '/models/everything'")
    expect(seed(made)).to_have_text(first_seed, timeout=60_000)
    made.go_back()
    made.get_by_role("dialog").get_by_role("button", name="Vary").click()
    made.wait_for_function("() => location.pathname === '/models/everything'")
    expect(seed(made)).not_to_have_text(first_seed, timeout=60_000)


def test_a_recipe_is_shown(made: Any) -> None:
    made.get_by_role("link", name=DONE).first.click()
    made.get_by_role("button", name="Recipe").click()
    expect(made.get_by_role("dialog").last.locator("pre")).to_contain_text('"seed"', use_inner_text=True)


def test_a_result_is_downloaded(made: Any) -> None:
    made.get_by_role("link", name=DONE).first.click()
    with made.expect_download() as download:
        made.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.startswith("everything-")


def test_two_are_compared(made: Any) -> None:
    ticks = made.get_by_role("checkbox", name="Choose Everything")
    ticks.nth(0).check()
    ticks.nth(1).check()
    made.get_by_role("button", name="Compare").click()
    table = made.get_by_role("dialog").get_by_role("table")
    table.wait_for()
    expect(table).to_contain_text("Seed", use_inner_text=True)


def test_what_is_deleted_can_be_taken_back(made: Any) -> None:
    links = made.locator("main li a[href*=history]")
    before = links.count()  # of the newest, which came all at once
    heron = made.locator(f"main a[href='{made.get_by_role('link', name=DONE).first.get_attribute('href')}']")
    made.get_by_role("checkbox", name="Choose Everything").first.check()
    made.get_by_role("button", name="Delete", exact=True).click()
    expect(links).to_have_count(before - 1)
    expect(heron).to_have_count(0)
    made.get_by_role("button", name="Undo").click()
    expect(links).to_have_count(before)
    expect(heron).to_have_count(1)


def test_jobs_are_in_the_drawer(made: Any) -> None:
    made.get_by_role("region", name="Jobs").get_by_role("button", name="Jobs").click()
    rows = made.get_by_role("region", name="Jobs").get_by_role("listitem")
    expect(rows.first).to_contain_text("Everything", use_inner_text=True)
