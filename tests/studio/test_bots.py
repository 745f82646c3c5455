"""The room where bots are made: from the first press to one that is followed live on its network, and let go."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.bots.servers.discord import DiscordServer, running
from tests.server.program import Program

SAID = "[data-kind=said]:not([data-draft])"


@pytest.fixture(autouse=True)
def _no_bots(server: Program) -> Iterator[None]:
    remove_all(server)  # others make one to look at
    yield
    remove_all(server)


def remove_all(server: Program) -> None:
    for each in httpx.get(f"{server.address}/api/v1/bots").json()["bots"]:
        httpx.delete(f"{server.address}/api/v1/bots/{each['name']}")


class Elsewhere:
    """Discord in a thread of its own: a page is waited for in this one."""

    def __init__(self) -> None:
        self.discord = DiscordServer()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._running = running(self.discord)
        self._thread.start()
        self.do(self._running.__aenter__())

    def do(self, doing: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(30)

    def close(self) -> None:
        self.do(self._running.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    yield made
    made.close()


def make(server: Program, **more: Any) -> None:
    """Make a bot that the page does not have to make."""
    persona = {"name": "Old Fox", "model": "poet", **more.pop("persona", {})}
    answer = httpx.post(f"{server.address}/api/v1/bots", json={"name": "old-fox", "persona": persona, **more})
    assert answer.status_code == 201, answer.text


def opened(page: Any) -> Any:
    page.goto("/bots/old-fox")
    shown = page.get_by_role("region", name="old-fox", exact=True)
    shown.wait_for()
    return shown


def test_a_person_is_walked_to_a_bot(page: Any, server: Program) -> None:
    page.goto("/bots")
    page.get_by_role("button", name="Make a bot").click()
    following = page.get_by_role("button", name="Next")
    expect(following).to_be_disabled()
    page.get_by_role("radio", name="Poet").check()
    following.click()
    expect(page.get_by_role("heading", name="Who is it?")).to_be_focused()
    page.get_by_label("Name", exact=True).fill("Óld Fox")
    expect(page.locator("#bot-name-about")).to_contain_text("kept as old-fox")
    preview = page.get_by_label("Prompt", exact=True)
    expect(preview).to_contain_text(
        "Grace: It has been raining since noon.\nAda: What do you see from the window, Óld Fox?"
    )
    page.get_by_label("Messages it remembers").fill("1")
    expect(preview).to_have_text("Ada: What do you see from the window, Óld Fox?\nÓld Fox:")
    page.get_by_label("What its model is sent", exact=True).fill("{name} dreams.")
    expect(page.locator("#bot-template-about")).to_contain_text("It needs {conversation} or {message}")
    expect(following).to_be_disabled()
    page.get_by_role("button", name="{message}").click()
    expect(preview).to_have_text("Óld Fox dreams.What do you see from the window, Óld Fox?")

    page.get_by_role("link", name="Hosting").click()  # what was said so far stays
    page.get_by_role("heading", name="Hosting").wait_for()
    page.go_back()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Óld Fox")
    following.click()
    page.get_by_label("Blocked words").fill("gold, silver")
    following.click()
    expect(page.get_by_role("radio", name="Rehearsal")).to_be_checked()
    page.get_by_role("button", name="Make the bot").click()
    page.get_by_label("Say to Óld Fox").wait_for()
    kept = httpx.get(f"{server.address}/api/v1/bots/old-fox").json()["persona"]
    assert (kept["template"], kept["memory"]["messages"]) == ("{name} dreams.{message}", 1)
    assert kept["blocked"] == ["gold", "silver"]


def test_a_deployment_that_writes_is_one_step_from_a_bot(page: Any, server: Program) -> None:
    api = f"{server.address}/api/v1"
    httpx.post(f"{api}/deployments", json={"name": "hosted-poet", "model": "poet"}).raise_for_status()
    try:
        page.goto("/hosting/hosted-poet")
        page.get_by_role("button", name="Make a bot of it").click()
        expect(page.get_by_role("heading", name="Who writes?")).to_be_visible()
        expect(page.get_by_label("Address")).to_have_value(re.compile(r"^http://.*/m/hosted-poet$"))
        page.get_by_label("Its token").fill("gesso_x")
    finally:
        httpx.delete(f"{api}/deployments/hosted-poet")


def test_a_rehearsal_shows_what_is_said_and_why_not(page: Any, server: Program) -> None:
    make(server, persona={"blocked": ["gold", "silver"]})
    opened(page)
    line = page.get_by_label("Say to Old Fox")
    line.fill("Good evening")
    line.press("Enter")
    expect(page.locator(SAID)).to_contain_text(re.compile(r"\w+ \w+"))
    line.fill("Is there GOLD in it?")
    line.press("Enter")
    page.get_by_text("It kept silent: a blocked word is in it.").wait_for()
    page.get_by_role("radio", name="Among others").check()
    line.fill("It rains, Grace.")
    line.press("Enter")
    page.get_by_text("It kept silent: nobody spoke to it.").wait_for()
    page.get_by_role("button", name="Begin anew").click()
    page.get_by_text("Say something to Old Fox").wait_for()


def test_a_bot_goes_to_discord_is_followed_and_let_go(page: Any, server: Program, elsewhere: Elsewhere) -> None:
    discord = elsewhere.discord
    connection = {"api_url": discord.api_url, "gateway_url": discord.gateway_url}
    make(server, network="discord", connection=connection)
    shown = opened(page)
    start = shown.get_by_role("button", name="Start")
    expect(start).to_be_disabled()
    shown.get_by_role("listitem").filter(has_text="Message Content Intent").wait_for()
    give(shown, "wrong-token-of-mine")
    start.click()
    expect(shown.get_by_role("alert")).to_contain_text("Reset Token")

    shown.get_by_role("button", name="Replace").click()
    give(shown, discord.token)
    assert discord.token not in page.content()
    discord.allowed_intents = 0
    start.click()
    expect(shown.get_by_role("alert")).to_contain_text("Switch on Message Content Intent")

    discord.allowed_intents = ~0
    start.click()
    expect(shown.locator("header").first).to_contain_text("as poet")
    expect(shown.get_by_role("alert")).to_have_count(0)
    elsewhere.do(discord.say("<@900> what do you see?"))
    talk = shown.get_by_role("log")
    expect(talk).to_contain_text("what do you see?")
    expect(talk.locator(SAID)).to_contain_text(re.compile(r"\w+ \w+"))
    page.reload()  # what was said a moment ago is still there
    expect(talk).to_contain_text("what do you see?")

    shown.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("Old Fox"))).to_contain_text("Off")
    shown.get_by_role("button", name="Remove Old Fox").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("No bot yet").wait_for()


def give(shown: Any, token: str) -> None:
    shown.get_by_label("Bot token").fill(token)
    shown.get_by_role("button", name="Keep", exact=True).click()
    shown.get_by_text("In the keyring of this computer. Not shown again.").wait_for()


def test_a_bot_is_changed_and_what_is_wrong_with_its_model_is_told(page: Any, server: Program) -> None:
    make(server, persona={"model": f"{server.address}/m/nobody"})
    shown = opened(page)
    line = shown.get_by_label("Say to Old Fox")
    line.fill("Are you there?")
    line.press("Enter")
    shown.get_by_role("alert").wait_for()
    expect(line).to_have_value("Are you there?")  # it was not heard, and is not lost
    shown.get_by_role("button", name="Change who writes").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="A model here").check()
    dialog.get_by_role("radio", name="Poet").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(shown.get_by_role("alert")).to_have_count(0)
    line.press("Enter")
    expect(shown.locator(SAID)).to_contain_text(re.compile(r"\w+ \w+"))


def test_one_that_is_not_there_is_told(page: Any) -> None:
    page.goto("/bots/nobody")
    page.get_by_text("There is no such bot").wait_for()
