from __future__ import annotations

from pathlib import Path

import pytest

from gesso.cli import running
from gesso.cli.running import running_server
from gesso.cli.terminal import Terminal
from gesso.remote.server import Server
from gesso.storage.home import Home
from tests.cli.serving import serving


def said(capfd: pytest.CaptureFixture[str]) -> str:
    return capfd.readouterr().err


@pytest.mark.parametrize(
    "address", ["http://192.168.1.5:5142", "http://gesso.example:5142", "https://127.0.0.1:5142", "http://127.0.0.1:9"]
)
async def test_only_this_computer_is_asked_and_only_if_it_answers(
    home: Path, capfd: pytest.CaptureFixture[str], address: str
) -> None:
    Home(home).announce(address)  # this process lives
    assert await running_server(home, Terminal()) is None
    assert "goes past it" in said(capfd)


async def test_what_a_dead_one_has_left_counts_as_none(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert await running_server(home, Terminal()) is None
    with serving(home) as served:
        served.process.kill()
        served.process.communicate()
    assert (home / "server.json").exists()
    assert await running_server(home, Terminal()) is None
    assert said(capfd) == ""


async def test_one_that_asks_for_a_key_has_lent_it(home: Path) -> None:
    with serving(home, GESSO_NEEDS_KEY="1"):
        server = await running_server(home, Terminal())
        assert isinstance(server, Server)
        assert "models" in await server.ask("GET", "/models")


async def test_one_of_another_version_is_let_be(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "VERSION", "9.9")
    with serving(home):
        assert await running_server(home, Terminal()) is None
    assert "this is 9.9" in said(capfd)
