"""What a person sees when something is not as it should be, and that it mends itself where it can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import expect

from gesso.app import App
from gesso.settings import Settings
from tests.server.program import Program, running
from tests.studio.models import add_models

AWAY = "The server does not answer."
FULL = '{"code": "queue_full", "message": "1000 jobs wait already, and no more are taken.", "hint": "Cancel some."}'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the models of these tests."""
    home = tmp_path / "home"
    home.mkdir()
    add_models(App(Settings(home=home), report=lambda _: None), home / "mine")
    return home


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A page that may see its server go."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def press_run(page: Any) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def result(page: Any) -> Any:
    return page.locator("dl", has_text="Seed").first


def test_it_says_that_the_server_is_away_and_goes_on_by_itself(tab: Any, home: Path) -> None:
    with running(home) as first:
        tab.goto(f"{first.address}/models")
        tab.get_by_role("link", name="Pose").wait_for()
    tab.get_by_text(AWAY).wait_for()
    with running(home, port=first.port):
        tab.get_by_text(AWAY).wait_for(state="detached")
        tab.get_by_role("link", name="Pose").click()
        tab.get_by_role("heading", name="Pose").wait_for()


@pytest.mark.parametrize("place", ["/models", "/models/tinted", "/history", "/settings"])
def test_a_room_that_is_entered_while_the_server_is_away_fills_when_it_is_back(
    tab: Any, home: Path, place: str
) -> None:
    with running(home) as first:
        tab.goto(f"{first.address}/settings" if place != "/settings" else f"{first.address}/history")
        tab.get_by_role("link", name="Models").wait_for()
        tab.wait_for_load_state("networkidle")
    tab.get_by_text(AWAY).wait_for()
    tab.evaluate("place => { history.pushState(null, '', place); }", place)
    tab.get_by_role("heading").first.wait_for()
    with running(home, port=first.port):
        tab.get_by_text(AWAY).wait_for(state="detached")
        expected = {"/models": "Models", "/models/tinted": "Tinted", "/history": "History", "/settings": "This Gesso"}
        tab.get_by_role("heading", name=expected[place]).wait_for()
        expect(tab.get_by_role("alert")).to_have_count(0)


def test_what_is_run_while_the_server_is_away_runs_once_when_it_is_back(tab: Any, home: Path) -> None:
    with running(home) as first:
        tab.goto(f"{first.address}/models/tinted")
        tab.get_by_role("button", name="Run", exact=True).wait_for()
    press_run(tab)
    tab.get_by_text("Waiting for the server").wait_for()
    with running(home, port=first.port) as second:
        result(tab).wait_for()
        assert len(tab.request.get(f"{second.address}/api/v1/jobs").json()["jobs"]) == 1


def test_what_ran_when_the_server_was_killed_says_so_and_runs_again_with_one_press(tab: Any, home: Path) -> None:
    with running(home) as first:
        tab.goto(f"{first.address}/models/slow")
        press_run(tab)
        tab.get_by_text("painting").first.wait_for()
        first.process.kill()
        first.process.wait()
    tab.get_by_text(AWAY).wait_for()
    with running(home, port=first.port):
        tab.get_by_role("alert").get_by_text("Gesso ended in the middle of this job").wait_for()
        tab.get_by_role("alert").get_by_role("button", name="Run again").click()
        tab.get_by_text("painting").first.wait_for()


def workers(server: Program) -> list[psutil.Process]:
    """The processes in which models live: each below a guard, below the server."""
    below = psutil.Process(server.process.pid).children(recursive=True)
    return [one for one in below if not one.children()]


def test_a_worker_that_is_killed_fails_its_run_alone(page: Any, server: Program) -> None:
    page.goto("/models/slow")
    before = set(workers(server))
    press_run(page)
    page.get_by_text("painting").first.wait_for()
    for worker in set(workers(server)) - before or before:
        worker.kill()
    note = page.get_by_role("alert")
    note.wait_for()
    expect(note).to_contain_text(re.compile("worker|process", re.IGNORECASE), use_inner_text=True)
    note.get_by_role("button", name="Run again").click()
    page.get_by_text("painting").first.wait_for()
    page.get_by_role("button", name="Cancel", exact=True).first.click()
    page.get_by_role("button", name="Run", exact=True).wait_for()


def test_a_full_queue_is_said_beside_the_button(page: Any) -> None:
    page.goto("/models/tinted")
    page.get_by_role("button", name="Run", exact=True).wait_for()

    def refuse(route: Any) -> None:
        if route.request.method == "POST":
            route.fulfill(status=503, content_type="application/json", body=FULL)
        else:
            route.continue_()

    page.route(re.compile("/api/v1/jobs$"), refuse)
    press_run(page)
    note = page.get_by_role("complementary", name="Options").get_by_role("alert")
    note.get_by_text("no more are taken").wait_for()
    expect(note).to_contain_text("Cancel some.", use_inner_text=True)
    page.unroute(re.compile("/api/v1/jobs$"))
    press_run(page)
    result(page).wait_for()
    expect(note).to_have_count(0)


def test_with_no_models_it_says_how_to_get_some(page: Any) -> None:
    page.route("**/api/v1/models", lambda route: route.fulfill(json={"models": []}))
    page.goto("/models")
    page.get_by_role("heading", name="No models yet").wait_for()
    expect(page.get_by_text("gesso add")).to_be_visible()


def test_with_nothing_made_it_leads_to_the_models(tab: Any, home: Path) -> None:
    with running(home) as program:
        tab.goto(f"{program.address}/history")
        tab.get_by_role("heading", name="Nothing made yet").wait_for()
        tab.get_by_role("button", name="Choose a model").click()
        tab.get_by_role("heading", name="Models").wait_for()


def test_without_the_key_it_says_what_to_do(tab: Any, home: Path) -> None:
    with running(home, GESSO_NEEDS_KEY="true") as program:
        tab.goto(f"{program.address}/models")
        tab.get_by_text("This Gesso asks who you are.").wait_for()
        tab.goto(program.link)
        tab.get_by_role("link", name="Pose").wait_for()
        expect(tab.get_by_text("This Gesso asks who you are.")).to_have_count(0)
