"""Open the person's own browser at an address."""

from __future__ import annotations

import html
import os
import webbrowser
from pathlib import Path
from typing import Final

_PAGE: Final = "open-studio.html"
_LEADS_ON: Final = (
    '<!doctype html><meta charset="utf-8"><title>Gesso</title><meta http-equiv="refresh" content="0;url={}">'
)


def open_browser(link: str, home: Path) -> bool:
    """Open a link in the browser; say whether there is one. A browser inside of the terminal does not count.

    A link with a key is not told to the browser's process, because everybody on this computer sees with which words a
    process was started: a page that only its owner can read leads there.
    """
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser:  # one that would take the terminal over
        return False
    return browser.open(_page(link, home).as_uri() if "?key=" in link else link)


def _page(link: str, home: Path) -> Path:
    path = home.absolute() / _PAGE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_LEADS_ON.format(html.escape(link)))
    return path
