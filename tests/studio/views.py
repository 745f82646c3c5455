"""Everything there is to see: each room, dialog and state, by a name, with how one comes there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import expect

from tests.training.trainers import TEXT


def settled(page: Any, place: str) -> None:
    """Go to a room, and wait until it has what it shows."""
    page.goto(place)
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_load_state("networkidle")


def run(page: Any) -> None:
    """Run the model of a bench, and wait for its result."""
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()


def _made(page: Any, place: str) -> None:
    settled(page, place)
    run(page)


def _dialog(page: Any, button: str) -> Any:
    page.get_by_role("button", name=button, exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    return dialog


def _all_types(page: Any) -> None:
    settled(page, "/models/all-types")
    page.get_by_label("Choose a picture: Image").set_input_files(_photo(page))
    page.get_by_text("320 × 240").first.wait_for()
    run(page)


def _photo(page: Any) -> Path:
    photo: Path = page.photo
    return photo


def _about(page: Any) -> None:
    settled(page, "/models/pose")
    _dialog(page, "About")


def _code(page: Any) -> None:
    settled(page, "/models/pose")
    _dialog(page, "Use from code").locator("pre").wait_for()


def _host(page: Any) -> None:
    settled(page, "/models/tinted")
    _dialog(page, "Host").get_by_label("Name", exact=True).wait_for()


def _deployment(page: Any) -> None:
    page.request.post("/api/v1/deployments", data={"model": "tinted", "name": "seen", "is_public": True})  # or is there
    page.request.post("/m/seen/run", data={"inputs": {}})
    settled(page, "/hosting/seen")
    page.get_by_role("region", name="seen", exact=True).get_by_role("list", name="Log").wait_for()


def _new_bot(page: Any) -> None:
    settled(page, "/bots?new")
    page.get_by_role("radio", name="Poet").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Name", exact=True).fill("Fox")


def _bot(page: Any) -> None:
    persona = {"name": "Fox", "model": "poet", "blocked": ["gold"]}
    bot = {"name": "seen", "network": "slack", "persona": persona}
    page.request.post("/api/v1/bots", data=bot)  # or is there
    settled(page, "/bots/seen")
    page.get_by_label("Say to Fox").fill("Is there gold in it?")
    page.get_by_label("Say to Fox").press("Enter")
    page.get_by_text("a blocked word is in it").wait_for()


def _recipe(page: Any) -> None:
    _made(page, "/models/tinted")
    _dialog(page, "Recipe").locator("pre").wait_for()


def _send_on(page: Any) -> None:
    _made(page, "/models/tinted")
    _dialog(page, "Send on")
    page.get_by_role("button", name="Remix as Image").wait_for()
    expect(page.get_by_text("Looking for models that take it")).to_have_count(0)


def _compare(page: Any) -> None:
    _made(page, "/models/tinted")
    seed = page.locator("footer dl div", has_text="Seed").locator("dd")
    first_seed = seed.inner_text()
    page.get_by_role("button", name="Vary").click()
    expect(seed).not_to_have_text(first_seed)
    _dialog(page, "Compare").get_by_role("table").wait_for()


def _set_up(page: Any) -> None:
    settled(page, "/models/tinted")
    page.get_by_text("Set-up").click()


def _failed(page: Any) -> None:
    settled(page, "/models/broken")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("alert").wait_for()
    page.get_by_text("Details").click()


def _running(page: Any) -> None:
    settled(page, "/models/slow")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("painting").first.wait_for()


def _job(page: Any) -> None:
    _made(page, "/models/tinted")
    settled(page, "/history")
    page.locator("main li a").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Vary").wait_for()
    page.get_by_role("dialog").get_by_text("128 × 96").wait_for()


def _chosen(page: Any) -> None:
    _made(page, "/models/tinted")
    settled(page, "/history")
    page.locator("main li input[type=checkbox]").first.check()


def _found_nothing(page: Any) -> None:
    settled(page, "/history")
    page.get_by_role("searchbox").fill("zebra")
    page.get_by_role("heading", name="Nothing found").wait_for()


def _drawer(page: Any) -> None:
    _made(page, "/models/tinted")
    page.get_by_role("region", name="Jobs").get_by_role("button", name="Jobs").click()
    page.get_by_role("region", name="Jobs").get_by_role("listitem").first.wait_for()


def _palette(page: Any) -> None:
    settled(page, "/models")
    page.keyboard.press("Control+K")
    page.get_by_role("combobox").wait_for()


def _away(page: Any) -> None:
    settled(page, "/models/tinted")
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_text("The server does not answer.").wait_for()


def _no_models(page: Any) -> None:
    page.route("**/api/v1/models", lambda route: route.fulfill(json={"models": []}))
    settled(page, "/models")


def _no_jobs(page: Any) -> None:
    page.route("**/api/v1/jobs?*", lambda route: route.fulfill(json={"jobs": [], "next_before": None}))
    settled(page, "/history")


def _refused(page: Any) -> None:
    settled(page, "/models/tinted")
    page.route("**/api/v1/jobs", lambda route: route.fulfill(status=503, json={"message": "Too many jobs wait."}))
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("alert").wait_for()


def _trained(page: Any) -> Any:
    """Have a small model trained, and return what there is to say of its training."""
    known = page.request.get("/api/v1/trainings").json()["trainings"]
    if found := next((each for each in known if each["model"] == "seen-writer"), None):
        return found
    kept = page.request.post("/api/v1/files?name=snow.txt", data=TEXT.encode()).json()
    file = {"blob": kept["blob"], "name": "snow.txt"}
    dataset = page.request.post("/api/v1/datasets", data={"files": [file]}).json()
    order = {"dataset": dataset["digest"], "name": "seen-writer", "trainer": "bigrams"}
    return page.request.post("/api/v1/trainings", data=order).json()


def _training(page: Any) -> None:
    settled(page, f"/training/{_trained(page)['id']}")
    page.get_by_role("button", name="Try it").wait_for()
    page.get_by_text("word for word in your text").wait_for()


def _train(page: Any) -> None:
    _trained(page)
    settled(page, "/training/new?text=snow")
    page.get_by_text("More options").click()
    page.get_by_text("on this machine").wait_for()


def _writing(page: Any) -> None:
    _training(page)
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("radiogroup", name="Samples at once").get_by_role("radio", name="2").check()
    run(page)
    page.get_by_text("word for word").first.wait_for()


VIEWS: Final[dict[str, Callable[[Any], None]]] = {
    "models": lambda page: settled(page, "/models"),
    "no models": _no_models,
    "pose": lambda page: _made(page, "/models/pose"),
    "cutout": lambda page: settled(page, "/models/cutout"),
    "remix": lambda page: settled(page, "/models/remix"),
    "everything": lambda page: settled(page, "/models/everything"),
    "all types": lambda page: settled(page, "/models/all-types"),
    "all types, made": _all_types,
    "long names": lambda page: _made(page, "/models/long"),
    "set-up": _set_up,
    "running": _running,
    "failed": _failed,
    "refused": _refused,
    "no such model": lambda page: settled(page, "/models/nothing"),
    "about": _about,
    "code": _code,
    "recipe": _recipe,
    "send on": _send_on,
    "compare": _compare,
    "history": lambda page: settled(page, "/history"),
    "no jobs": _no_jobs,
    "nothing found": _found_nothing,
    "chosen": _chosen,
    "job": _job,
    "drawer": _drawer,
    "palette": _palette,
    "hosting": lambda page: settled(page, "/hosting"),
    "host a model": _host,
    "deployment": _deployment,
    "training": _training,
    "train": _train,
    "writing": _writing,
    "a new bot": _new_bot,
    "bot": _bot,
    "settings": lambda page: settled(page, "/settings"),
    "away": _away,
}
"""How one comes to each view. `page.photo` is a picture to give to models."""
