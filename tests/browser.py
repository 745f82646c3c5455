"""The one browser of a run. Its library keeps an event loop going: whoever uses it stays apart from those that wait."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any, Final

import pytest

CHROMIUM: Final = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
_FLAGS: Final = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--no-first-run",
                 # Two cameras and a microphone that are made up, and nobody who has to allow them.
                 "--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream"]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser of its own: Debian's Chromium, because Playwright's own is not always to be had."""
    if CHROMIUM is None:
        pytest.skip("needs a browser: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield opened
        opened.close()
