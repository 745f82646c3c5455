"""The room where models get addresses: from the first press to a token that is revoked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.server.program import Program


def remove_all(server: Program) -> None:
    for each in httpx.get(f"{server.address}/api/v1/deployments").json()["deployments"]:
        httpx.delete(f"{server.address}/api/v1/deployments/{each['name']}")


@pytest.fixture(autouse=True)
def _nothing_hosted(server: Program) -> Iterator[None]:
    remove_all(server)  # others host something to look at
    yield
    remove_all(server)


def host(page: Any, name: str, *, is_public: bool = False) -> Any:
    """Host a model by hand, and return its part of the page."""
    page.goto("/hosting")
    page.get_by_role("button", name="Host a model").click()
    dialog = page.get_by_role("dialog", name="Host a model")
    dialog.get_by_label("Model", exact=True).select_option("tinted")
    dialog.get_by_label("Name", exact=True).fill(name)
    if is_public:
        dialog.get_by_role("radio", name="Everybody").check()
    dialog.get_by_role("button", name="Host", exact=True).click()
    shown = page.get_by_role("region", name=name, exact=True)
    shown.wait_for()
    return shown


def close(dialog: Any) -> None:
    """Close the dialog of a token that was read, not copied."""
    dialog.get_by_role("button", name="Done").click()
    dialog.get_by_role("button", name="Close without it").click()


def ask(server: Program, name: str, token: str | None = None) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.post(f"{server.address}/m/{name}/run", json={"inputs": {}}, headers=headers, timeout=120).status_code


def test_a_model_gets_an_address_and_a_token_and_loses_them(page: Any, server: Program) -> None:
    page.goto("/hosting")
    page.get_by_text("No model has an address yet").wait_for()
    shown = host(page, "my-tint")
    expect(shown.get_by_label("Address", exact=True)).to_have_text(f"{server.address}/m/my-tint")
    assert ask(server, "my-tint") == 401

    shown.get_by_role("button", name="Make a token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("My bot")
    dialog.get_by_label("At most so many requests").fill("2")
    dialog.get_by_role("button", name="Make", exact=True).click()
    page.get_by_text("shown this once").wait_for()
    token = dialog.get_by_label("Token", exact=True).inner_text()
    close(dialog)
    assert [ask(server, "my-tint", token) for _ in range(3)] == [200, 200, 429]
    row = shown.get_by_role("region", name="Tokens").get_by_role("listitem").filter(has_text="My bot")
    expect(row).to_contain_text("2 requests of 2")
    expect(shown).not_to_contain_text(token)
    expect(shown.get_by_role("list", name="Log")).to_contain_text("used up")
    expect(shown.locator("dl")).to_contain_text(re.compile(r"Requests2.*Refused2"))
    expect(page.get_by_role("link", name=re.compile("my-tint"))).to_contain_text("Awake")

    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)
    assert ask(server, "my-tint", token) == 401

    shown.get_by_role("button", name="Remove my-tint").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("No model has an address yet").wait_for()
    assert ask(server, "my-tint") == 404


def test_it_is_switched_off_opened_and_put_to_sleep(page: Any, server: Program) -> None:
    shown = host(page, "open-tint", is_public=True)
    assert ask(server, "open-tint") == 200
    shown.get_by_role("button", name="Put to sleep").click()
    expect(shown.get_by_role("button", name="Wake")).to_be_visible()
    shown.get_by_role("switch", name="Switched on").click()
    expect(shown.locator("header").first).to_contain_text("Switched off")
    assert ask(server, "open-tint") == 404
    shown.get_by_role("switch", name="Switched on").click()
    expect(shown.get_by_role("switch", name="Switched on")).to_be_checked()
    assert ask(server, "open-tint") == 200


def test_versions_are_added_and_switched(page: Any, server: Program, studio_home: Path) -> None:
    shown = host(page, "two-tints", is_public=True)
    shown.get_by_role("button", name="Add the model of now").click()
    expect(shown.get_by_text("Nothing has changed: version 1")).to_be_visible()
    expect(shown.get_by_role("listitem").filter(has_text="Version 2")).to_have_count(0)
    with (studio_home / "mine" / "tinted" / "model.py").open("a", encoding="utf-8") as file:
        file.write("\n# It has changed.\n")
    shown.get_by_role("button", name="Add the model of now").click()
    second = shown.get_by_role("listitem").filter(has_text="Version 2")
    second.get_by_role("button", name="Switch to it").click()
    expect(second).to_contain_text("Answers")
    assert ask(server, "two-tints") == 200


def test_a_name_that_is_taken_or_wrong_is_told_beside_it(page: Any) -> None:
    host(page, "taken")
    page.get_by_role("button", name="Host a model").click()
    dialog = page.get_by_role("dialog")
    for name, said in (("taken", "already"), ("No Name!", "small letters")):
        dialog.get_by_label("Name", exact=True).fill(name)
        dialog.get_by_role("button", name="Host", exact=True).click()
        expect(dialog.locator("#host-name-about")).to_contain_text(said)


def test_a_token_for_a_page_needs_pages(page: Any) -> None:
    shown = host(page, "sketched")
    shown.get_by_role("button", name="Make a token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="A web page").check()
    dialog.get_by_label("Pages", exact=True).fill("*")
    dialog.get_by_role("button", name="Make", exact=True).click()
    expect(dialog).to_contain_text("beginning of a web address")
    dialog.get_by_label("Pages", exact=True).fill("https://editor.p5js.org")
    dialog.get_by_role("button", name="Make", exact=True).click()
    expect(dialog.get_by_label("Token", exact=True)).to_contain_text("gessob_")
    close(dialog)
    expect(shown).to_contain_text("For https://editor.p5js.org, until")


def test_a_token_that_is_not_copied_is_not_closed_by_the_way(page: Any) -> None:
    shown = host(page, "shy")
    made = make_token(shown)
    page.keyboard.press("Escape")
    expect(made).to_contain_text("It is not copied yet")
    page.keyboard.press("Escape")
    expect(made.get_by_label("Token", exact=True)).to_contain_text("gesso_")
    made.get_by_role("button", name="Close without it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made = make_token(shown)
    token = made.get_by_label("Token", exact=True).inner_text()
    made.get_by_role("button", name="Copy").click()
    made.get_by_role("button", name="Copied").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("navigator.clipboard.readText()") == token


def make_token(shown: Any) -> Any:
    shown.get_by_role("button", name="Make a token").click()
    dialog = shown.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make", exact=True).click()
    dialog.get_by_label("Token", exact=True).wait_for()
    return dialog


def test_the_focus_is_never_lost(page: Any) -> None:
    page.goto("/hosting")
    page.get_by_role("button", name="Host a model").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Host a model")).to_be_focused()
    page.goto("/hosting?host=tinted")  # from a model's own page, whose button is not here
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Hosting", level=1)).to_be_focused()

    shown = host(page, "held")
    expect(page.get_by_role("main")).to_be_focused()
    made = make_token(shown)
    close(made)
    expect(shown.get_by_role("button", name="Make a token")).to_be_focused()
    shown.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(shown.get_by_role("button", name="Make a token")).to_be_focused()
    shown.get_by_role("button", name="Remove held").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("main")).to_be_focused()


def test_the_list_says_what_was_asked_and_who_shares(page: Any, server: Program) -> None:
    address = f"{server.address}/api/v1/deployments"
    for name, model in (("sound", "tinted"), ("sore", "broken"), ("sound-too", "tinted")):
        assert httpx.post(address, json={"model": model, "name": name, "is_public": True}).status_code == 201
    assert [ask(server, "sound"), ask(server, "sore"), ask(server, "sore")] == [200, 422, 422]
    page.goto("/hosting/sound")
    expect(page.get_by_role("link", name=re.compile("^sore"))).to_contain_text("2 requests")
    expect(page.get_by_role("link", name=re.compile("^sore"))).to_contain_text("2 failed")
    expect(page.get_by_role("link", name=re.compile("^sound ?A"))).to_contain_text("1 request")
    shown = page.get_by_role("region", name="sound", exact=True)
    expect(shown).to_contain_text("shares its workers with sound-too")


def test_code_to_copy_is_there_for_each_kind_of_client(page: Any, server: Program) -> None:
    shown = host(page, "coded")
    code = shown.get_by_role("region", name="Use it from code")
    expect(code).to_contain_text(f"{server.address}/m/coded")
    language = code.get_by_role("combobox", name="Language")
    for title, word in (("Python", "gesso.connect"), ("JavaScript", "gesso.")):
        language.select_option(title)
        expect(code.locator("pre")).to_contain_text(word)


def test_one_that_is_not_there_is_told(page: Any) -> None:
    page.goto("/hosting/nobody")
    page.get_by_text("There is no such deployment").wait_for()


def test_a_stranger_uses_the_page_of_a_deployment(page: Any, server: Program) -> None:
    address = f"{server.address}/api/v1/deployments"
    assert httpx.post(address, json={"model": "tinted", "name": "for-all"}).status_code == 201
    page.goto("/m/for-all")
    page.get_by_text("There is no page").wait_for()
    shown = open_deployment(page, "for-all")
    shown.get_by_role("switch", name="A page for people").click()
    shown.get_by_role("link", name="Open the page").wait_for()

    token = httpx.post(f"{address}/for-all/tokens", json={"name": "guest"}).json()["token"]
    page.goto("/m/for-all")
    page.get_by_role("heading", level=1).wait_for()
    expect(page.get_by_role("navigation")).to_have_count(0)  # nothing of the studio
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("asks for a token")
    expect(page.get_by_role("alert")).to_contain_text("Whoever sent you here has one for you")
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_role("button", name="Run").click()
    page.get_by_role("region", name="Output").locator("img").first.wait_for()


def test_everybody_uses_a_page_with_a_picture_of_their_own(page: Any, server: Program, photo: Path) -> None:
    address = f"{server.address}/api/v1/deployments"
    httpx.post(address, json={"model": "atelier", "name": "open-atelier", "is_public": True})
    assert httpx.patch(f"{address}/open-atelier", json={"has_page": True}).status_code == 200
    page.goto("/m/open-atelier")
    page.get_by_label("Choose a picture: Image").set_input_files(photo)
    page.get_by_text("320 × 240").first.wait_for()
    expect(page.get_by_label("Token", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Run").click()
    page.get_by_role("region", name="Output").locator("img").first.wait_for()
    expect(page.get_by_role("alert")).to_have_count(0)


def open_deployment(page: Any, name: str) -> Any:
    page.goto(f"/hosting/{name}")
    shown = page.get_by_role("region", name=name, exact=True)
    shown.wait_for()
    return shown
