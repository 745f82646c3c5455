"""The studio is for everybody: small screens, large letters, eyes that need contrast, hands without a mouse."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from gesso.server.front_end import WEB
from gesso.types import catalogue
from tests.conftest import ROOT
from tests.studio.views import VIEWS, settled
from tests.studio.waiting import eventually

AXE = ROOT / "studio/node_modules/axe-core/axe.min.js"
LARGEST_FIRST_LOAD_BYTES = 100_000
# What scrolls by itself may be wider than the screen.
_SCROLLS = "[class*=strip], [class*=segments], [class*=stage], [class*=tabs], pre"
_TOO_WIDE = f"""width => [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > width + 1)
    .filter((one) => one.checkVisibility() && !one.closest("{_SCROLLS}"))
    .map((one) => one.outerHTML.slice(0, 120))"""

_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_IS_SHOWN = "look => matchMedia(`(prefers-color-scheme: ${look})`).matches"


@pytest.fixture
def shown(page: Any, photo: Path) -> Any:
    """A page that knows a picture to give to models."""
    page.photo = photo
    return page


def too_wide(page: Any, width: int) -> list[str]:
    """What reaches over the right edge of a page that is as wide, when it has come to rest."""

    def found() -> list[str]:
        page.evaluate(_DRAWN)
        wide: list[str] = page.evaluate(_TOO_WIDE, width)
        return wide

    page.wait_for_function("width => innerWidth === width", arg=width)
    return eventually(found, lambda wide: not wide)


def serious(page: Any) -> list[str]:
    """What axe-core finds on a page that keeps somebody out, or nearly."""
    if not AXE.is_file():
        pytest.skip("needs axe-core: npm ci in studio/")
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("axe.run().then(({violations}) => violations)")
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_keeps_nobody_out(shown: Any, view: str) -> None:
    VIEWS[view](shown)
    assert not too_wide(shown, 1440)
    for look in ("dark", "light"):
        shown.emulate_media(color_scheme=look)
        shown.wait_for_function(_IS_SHOWN, arg=look)
        eventually(lambda: serious(shown), lambda found: not found)
    shown.set_viewport_size({"width": 360, "height": 740})
    assert not too_wide(shown, 360)
    shown.wait_for_function("() => document.documentElement.scrollWidth <= 360")
    eventually(lambda: serious(shown), lambda found: not found)


@pytest.mark.parametrize("view", ["models", "pose", "history", "job", "settings"])
def test_twice_as_large_is_all_there(browser: Any, server: Any, photo: Path, *, view: str) -> None:
    context = browser.new_context(
        viewport={"width": 720, "height": 450}, device_scale_factor=2, reduced_motion="reduce", base_url=server.address
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.photo = photo
    VIEWS[view](page)
    assert not too_wide(page, 720)
    for name in {"job": ["Open on the bench", "Delete"]}.get(view, []):
        page.get_by_role("button", name=name).scroll_into_view_if_needed()
    context.close()


def test_a_narrow_screen_can_run_a_model(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/models/pose")
    page.get_by_role("button", name="Replace").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("dl", has_text="Seed").first.wait_for()
    page.get_by_role("img", name="Drawing").wait_for()


def focused(page: Any) -> str:
    """The name of what has the focus."""
    name: str = page.evaluate(
        "() => { const one = document.activeElement;"
        " return one?.getAttribute('aria-label') ?? one?.labels?.[0]?.textContent ?? one?.textContent ?? ''; }"
    )
    return name.strip()


def unseen(page: Any) -> str:
    """The name of what has the focus, if nothing shows that it has."""
    is_seen = page.evaluate(
        """() => [document.activeElement, document.activeElement.nextElementSibling].some((one) => {
            const { outlineStyle = "none", boxShadow = "none" } = one ? getComputedStyle(one) : {};
            return outlineStyle !== "none" || boxShadow !== "none";
        })"""
    )
    return "" if is_seen else focused(page)


def tab_to(page: Any, name: str) -> None:
    """Press the tab key until something has the focus."""
    for _ in range(80):
        if focused(page).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not come to {name!r}")


def test_the_keyboard_alone_finds_a_model_runs_it_and_goes_on_with_the_result(page: Any) -> None:
    settled(page, "/models")
    tab_to(page, "Tinted")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Tinted").wait_for()
    tab_to(page, "Strength")
    page.keyboard.press("ArrowRight")
    tab_to(page, "Run")
    page.keyboard.press("Enter")
    page.locator("dl", has_text="Seed").first.wait_for()
    tab_to(page, "Send on")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remix as Image").wait_for()
    tab_to(page, "Remix")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Remix").wait_for()
    page.get_by_text("128 × 96").wait_for()


def test_the_focus_is_seen_wherever_it_is(page: Any) -> None:
    settled(page, "/models/tinted")
    for _ in range(25):
        page.keyboard.press("Tab")
        eventually(lambda: unseen(page), lambda name: not name)


def test_a_dialog_keeps_the_focus_and_gives_it_back(page: Any) -> None:
    settled(page, "/models/tinted")
    tab_to(page, "About")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        page.wait_for_function(
            "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    expect(page.get_by_role("button", name="About", exact=True)).to_be_focused()


def test_the_look_is_kept(page: Any) -> None:
    settled(page, "/settings")
    page.get_by_role("radio", name="Light").check()
    expect(page.locator("html")).to_have_css("color-scheme", "light")
    page.reload()
    expect(page.locator("html")).to_have_css("color-scheme", "light")


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
