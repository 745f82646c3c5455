"""What the studio costs its visitor: JavaScript that is loaded first, and the time until it can be used.

A real browser, its cache empty each time, and a real server on the same computer. Usable means: the models are shown
and the link of one can be followed, or on a model's page, its "Run" can be pressed. `python -m benchmarks.studio`.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.figures import Figure, table
from gesso.server.front_end import WEB
from gesso.storage.home import find_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_TIMES: Final = 15
_AIM_KB: Final = 250
_AIM_MS: Final = 1000
_FLAGS: Final = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--no-first-run")  # fmt: skip
_FIRST_LINK: Final = 'main a[href^="/models/"]'
_RUN: Final = 'button[aria-keyshortcuts^="Control+Enter"]:not(:disabled)'
# Looks after every change of the page, and keeps the time since the address was asked for.
_CLOCK: Final = """(() => {
    const look = () => {
        if (window.usable === undefined && document.querySelector('%s')) window.usable = performance.now();
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})()"""
# What came before; the rest of the studio is loaded when there is nothing else to do.
_SCRIPTS: Final = """() => performance.getEntriesByType("resource").filter((one) => one.startTime < window.usable)
    .map((one) => new URL(one.name).pathname.slice(1)).filter((name) => name.endsWith(".js"))"""


def main() -> list[Figure]:
    """Measure, and return the figures: none where there is no browser, or no studio."""
    browser_path = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)
    if browser_path is None or not (WEB / "index.html").is_file():
        print("Left out: it needs Chromium, and the studio that `make build` builds.\n")
        return []
    from playwright.sync_api import sync_playwright

    with _server() as address, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=browser_path, args=list(_FLAGS))
        figures = _measure(browser, address)
        browser.close()
        return figures


def _measure(browser: Browser, address: str) -> list[Figure]:
    models = [_visit(browser, f"{address}/", until=_FIRST_LINK) for _ in range(_TIMES + 1)][1:]
    bench = [_visit(browser, f"{address}/models/remix", until=_RUN) for _ in range(_TIMES + 1)][1:]
    return [
        Figure("first load of the studio, JavaScript", [kb for _, kb in models], aim_ms=_AIM_KB, unit="kB gzipped"),
        Figure("first load of a model's page, JavaScript", [kb for _, kb in bench], aim_ms=_AIM_KB, unit="kB gzipped"),
        Figure("the models are shown, a link can be followed, cache empty", [ms for ms, _ in models], aim_ms=_AIM_MS),
        Figure("a model's page, its example loaded, Run can be pressed", [ms for ms, _ in bench], aim_ms=_AIM_MS),
    ]


def _visit(browser: Browser, address: str, *, until: str) -> tuple[float, float]:
    """Open an address as somebody who has never been there. Returns milliseconds until usable, and kB of JavaScript."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(_CLOCK % until)
    page.goto(address)
    page.wait_for_function("() => window.usable !== undefined")
    usable_ms: float = page.evaluate("window.usable")
    scripts: list[str] = page.evaluate(_SCRIPTS)
    page.locator(until).first.click()  # it is usable indeed
    page.locator('[aria-label="Output"]').wait_for()
    context.close()
    return usable_ms, sum(len(gzip.compress((WEB / name).read_bytes())) for name in scripts) / 1000


@contextmanager
def _server() -> Iterator[str]:
    """Run a server with a home of its own; where it listens."""
    with tempfile.TemporaryDirectory(prefix="gesso-bench-") as name:
        command = [str(Path(sys.executable).parent / "gesso"), "serve", "--port", "0"]
        env = os.environ | {"GESSO_HOME": name}
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while (record := find_server(Path(name))) is None:
                if process.poll() is not None:
                    raise RuntimeError("the server did not start")
                time.sleep(0.05)
            yield record.address
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    print(table(main()))
