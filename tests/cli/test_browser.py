from __future__ import annotations

import stat
import sys
import webbrowser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import pytest

from gesso.cli.browser import open_browser


class Window(webbrowser.BaseBrowser):
    """A browser that notes what it is to open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self.opened.append(url)
        return True


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Window:
    window = Window()
    monkeypatch.setattr(webbrowser, "get", lambda: window)
    return window


def test_a_link_is_opened(window: Window, tmp_path: Path) -> None:
    assert open_browser("http://127.0.0.1:5142/", tmp_path)
    assert window.opened == ["http://127.0.0.1:5142/"]


def test_a_key_is_in_no_command_line(window: Window, tmp_path: Path) -> None:
    for _ in range(2):  # also where the page is there from the last time
        assert open_browser("http://127.0.0.1:5142/?key=secret", tmp_path)
    assert "secret" not in window.opened[0]
    page = Path(url2pathname(unquote(urlsplit(window.opened[0]).path)))
    assert "url=http://127.0.0.1:5142/?key=secret" in page.read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_a_browser_inside_of_the_terminal_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("www-browser"))
    assert not open_browser("http://127.0.0.1:5142/", tmp_path)


def test_without_a_browser_nothing_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def none() -> webbrowser.BaseBrowser:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", none)
    assert not open_browser("http://127.0.0.1:5142/", tmp_path)
