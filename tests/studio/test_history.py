"""Nothing that was made is a dead end: it is found, opened, made again, compared, deleted and taken back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

DONE = re.compile("Everything.*Done")


@pytest.fixture
def made(page: Any, photo: Path) -> Any:
    """A page on the history, with two results in it."""
    page.goto("/models/everything")
    page.get_by_label("Choose a picture: Photo").set_input_files(photo)
    for text in ("a hare", "a heron"):
        page.get_by_role("textbox", name="Text").fill(text)
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_role("button", name="Cancel", exact=True).wait_for(state="detached")
        page.locator("dl", has_text="Seed").first.wait_for()
    page.goto("/history")
    page.get_by_role("link", name=DONE).nth(1).wait_for()
    return page


def test_a_job_is_found_by_its_words_and_opened_on_the_bench(made: Any) -> None:
    made.get_by_role("searchbox", name="Search history").fill("heron")
    made.wait_for_function("() => document.querySelectorAll('main li').length >= 1")
    made.get_by_role("link", name=DONE).first.click()
    dialog = made.get_by_role("dialog")
    dialog.get_by_text("a heron").wait_for()
    dialog.get_by_role("button", name="Open on the bench").click()
    assert made.get_by_role("textbox", name="Text").input_value() == "a heron"


def test_run_again_keeps_the_seed_and_vary_does_not(made: Any) -> None:
    made.get_by_role("link", name=DONE).first.click()
    dialog = made.get_by_role("dialog")
    seed = dialog.locator("dl div", has_text="Seed").locator("dd").inner_text()
    dialog.get_by_role("button", name="Run again").click()
    made.wait_for_function("() => location.pathname === '/models/everything'")
    made.locator("main dl", has_text="Seed").first.wait_for()
    assert made.locator("dl div", has_text="Seed").locator("dd").first.inner_text() == seed
    made.go_back()
    made.get_by_role("dialog").get_by_role("button", name="Vary").click()
    made.wait_for_function("() => location.pathname === '/models/everything'")
    made.wait_for_function(
        "seed => ![seed, undefined].includes([...document.querySelectorAll('dl dd')].at(-1)?.textContent)",
        arg=seed,
    )


def test_a_recipe_is_shown(made: Any) -> None:
    made.get_by_role("link", name=DONE).first.click()
    made.get_by_role("button", name="Recipe").click()
    assert '"seed"' in made.get_by_role("dialog").last.locator("pre").inner_text()


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
    assert "Seed" in table.inner_text()


def test_what_is_deleted_can_be_taken_back(made: Any) -> None:
    links = made.locator("main li a[href*=history]")
    before = links.count()
    made.get_by_role("checkbox", name="Choose Everything").first.check()
    made.get_by_role("button", name="Delete", exact=True).click()
    made.wait_for_function("n => document.querySelectorAll('main li a[href*=history]').length === n - 1", arg=before)
    made.get_by_role("button", name="Undo").click()
    made.wait_for_function("n => document.querySelectorAll('main li a[href*=history]').length === n", arg=before)


def test_jobs_are_in_the_drawer(made: Any) -> None:
    made.get_by_role("region", name="Jobs").get_by_role("button", name="Jobs").click()
    rows = made.get_by_role("region", name="Jobs").get_by_role("listitem")
    rows.first.wait_for()
    assert "Everything" in rows.first.inner_text()
