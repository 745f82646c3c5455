"""A person looks at what is set, and changes what can be changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.server.program import Program, running


def settings(page: Any, server: Program) -> Any:
    return page.request.get(f"{server.address}/api/v1/settings").json()


def turn(page: Any, name: str, *, is_on: bool) -> None:
    """Press a switch, and wait until the server knows."""
    switch = page.get_by_role("switch", name=name)
    expect(switch).to_be_checked(checked=not is_on)
    with page.expect_response(lambda one: one.request.method == "PATCH"):
        switch.click()
    expect(switch).to_be_checked(checked=is_on)


def test_work_offline_is_a_switch(page: Any, server: Program) -> None:
    page.goto("/settings")
    switch = page.get_by_role("switch", name="Work offline")
    for is_offline in (True, False):
        with page.expect_response(lambda one: one.request.method == "PATCH"):
            switch.press("Space")
        assert settings(page, server)["offline"] is is_offline
        expect(switch).to_be_checked(checked=is_offline)


def test_words_are_left_out_of_files_from_the_moment_it_is_switched_on(page: Any, server: Program) -> None:
    page.goto("/settings")
    turn(page, "Leave words and file names out", is_on=True)
    page.goto("/models/tinted")
    page.get_by_role("textbox", name="Words").fill("nobody's business")
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()
    job = page.request.get(f"{server.address}/api/v1/jobs?limit=1").json()["jobs"][0]
    made = page.request.get(f"{server.address}/api/v1/files/{job['outputs'][0]['files'][0]['blob']}").body()
    assert b"tinted" in made  # the recipe is in it
    assert b"business" not in made
    page.goto("/settings")
    turn(page, "Leave words and file names out", is_on=False)


def test_an_amount_is_given_in_a_unit_for_people(page: Any, server: Program) -> None:
    page.goto("/settings")
    field = page.get_by_role("textbox", name="Largest file that is taken")
    expect(field).to_have_value("4")
    field.fill("2.5")
    with page.expect_response(lambda one: one.request.method == "PATCH"):
        field.press("Enter")
    assert settings(page, server)["upload_limit_bytes"] == 2_500_000_000
    expect(field).to_have_value("2.5")
    field.fill("many")
    field.press("Enter")
    page.get_by_text("Give a number.").wait_for()
    field.fill("4")
    with page.expect_response(lambda one: one.request.method == "PATCH"):
        field.press("Tab")


def test_a_change_that_is_refused_says_why_beside_it(page: Any) -> None:
    page.goto("/settings")
    field = page.get_by_role("textbox", name="Pages that may use this Gesso")
    field.fill("p5js.org")
    field.press("Enter")
    page.locator("#origins-about").get_by_text("p5js.org").wait_for()
    expect(field).to_have_value("")


def test_the_p5_editor_is_let_in_by_one_press(page: Any, server: Program) -> None:
    page.goto("/settings")
    turn(page, "The p5.js editor may use this Gesso", is_on=True)
    assert settings(page, server)["allowed_origins"] == ["https://editor.p5js.org"]
    turn(page, "The p5.js editor may use this Gesso", is_on=False)


def test_what_the_environment_says_is_shown_as_such(browser: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    page = browser.new_page()
    with running(home, GESSO_OFFLINE="true", GESSO_THREADS="2") as program:
        page.goto(f"{program.address}/settings")
        page.get_by_text("The environment variable GESSO_OFFLINE says it").wait_for()
        expect(page.get_by_role("switch", name="Work offline")).to_have_count(0)
        expect(page.get_by_role("textbox", name="Threads for one model")).to_be_disabled()
        expect(page.get_by_role("textbox", name="Keep a model ready for")).to_be_enabled()
    page.close()
