"""The studio is for everybody: small screens, eyes that need contrast, keyboards, slow lines, a server that is away."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest

from gesso.server.front_end import WEB
from gesso.types import catalogue
from tests.conftest import ROOT

AXE = ROOT / "studio/node_modules/axe-core/axe.min.js"
PLACES = ["/models", "/models/pose", "/models/everything", "/models/atelier", "/history", "/settings"]
LARGEST_FIRST_LOAD_BYTES = 250_000
_SCROLLS = "[class*=strip], [class*=segments], [class*=stage], [class*=tabs], pre"
_TOO_WIDE = f"""[...document.querySelectorAll("main *")]
    .filter(one => one.getBoundingClientRect().right > 361 && !one.closest("{_SCROLLS}"))
    .map(one => one.outerHTML.slice(0, 120))"""


def settled(page: Any, place: str) -> None:
    page.goto(place)
    page.get_by_role("heading").first.wait_for()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("look", ["dark", "light"])
@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing_serious(page: Any, place: str, look: str) -> None:
    if not AXE.is_file():
        pytest.skip("needs axe-core: npm ci in studio/")
    page.emulate_media(color_scheme=look)
    settled(page, place)
    if place == "/models/pose":
        page.keyboard.press("Control+Enter")
        page.locator("dl", has_text="Seed").first.wait_for()
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("axe.run().then(({violations}) => violations)")
    serious = [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious


@pytest.mark.parametrize("place", PLACES)
def test_a_narrow_screen_needs_no_scrolling_sideways(page: Any, place: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    settled(page, place)
    wide = page.evaluate(_TOO_WIDE)
    assert not wide
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("place", PLACES)
def test_at_twice_the_size_nothing_is_lost(page: Any, place: str) -> None:
    page.set_viewport_size({"width": 640, "height": 400})  # what is left of 1280 by 800 at 200 %
    settled(page, place)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert not page.evaluate(_TOO_WIDE.replace("361", "641"))


def test_a_narrow_screen_can_run_a_model(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/models/pose")
    page.get_by_role("button", name="Replace").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()
    page.get_by_role("img", name="Drawing").wait_for()


def test_the_look_is_kept(page: Any) -> None:
    settled(page, "/settings")
    page.get_by_role("radio", name="Light").check()
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_the_first_load_is_small() -> None:
    if not (WEB / "index.html").is_file():
        pytest.skip("needs the built studio: make src/gesso/server/web/index.html")
    waiting, seen = (
        re.findall(r'(?:src|href)="/([^"]+\.js)"', (WEB / "index.html").read_text(encoding="utf-8")),
        set[str](),
    )
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        code = (WEB / name).read_text(encoding="utf-8")
        waiting += [f"assets/{one}" for one in re.findall(r'(?:from|import)\s*"\./([^"]+\.js)"', code)]
    assert sum(len(gzip.compress((WEB / name).read_bytes())) for name in seen) < LARGEST_FIRST_LOAD_BYTES


def test_there_is_one_widget_for_each_data_type() -> None:
    widgets = {path.stem for path in (ROOT / "studio/src/widgets").glob("*.tsx")}
    assert widgets == set(catalogue.names())
