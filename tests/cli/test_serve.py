from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from gesso.cli import browser
from tests.cli.conftest import Gesso, write_model
from tests.cli.serving import run, serving


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The links that a browser was asked to open."""
    links: list[str] = []

    def take(link: str, home: Path) -> bool:
        links.append(link)
        return True

    monkeypatch.setattr(browser, "open_browser", take)
    return links


def test_it_says_where_it_is_and_what_becomes_of_runs_when_it_stops(home: Path, nothing_left: None) -> None:
    with serving(home) as served:
        assert status(f"{served.address}/api/v1/health") == 200
        code, said = served.stop()
    assert code == 0
    assert f"Gesso is at {served.address}/" in said
    assert "Ctrl-C stops it" in said
    assert "goes back into the queue" in said
    assert not (home / "server.json").exists()


def test_a_second_one_says_where_the_first_is(home: Path) -> None:
    with serving(home) as served:
        second = run("serve", "--port", "0")
    assert second.returncode == 1
    assert served.address in second.stderr


def test_others_are_let_in_only_with_a_key(home: Path) -> None:
    refused = run("serve", "--host", "0.0.0.0", "--port", "0")
    assert refused.returncode == 2
    assert "GESSO_NEEDS_KEY" in refused.stderr
    with serving(home, ["serve", "--host", "0.0.0.0", "--port", "0", "--new-key"]) as served:
        assert status(f"{served.address}/api/v1/models") == 401
        _, said = served.stop()
    assert re.search(r"signs a browser in.*\n +http://127\.0\.0\.1:\d+/\?key=[\w-]{43}", said)


def test_a_port_that_was_named_is_the_port_or_an_error(home: Path, tmp_path: Path) -> None:
    with serving(home) as served:
        second = run("serve", "--port", served.address.rpartition(":")[2], GESSO_HOME=str(tmp_path))
    assert second.returncode == 2
    assert "is taken" in second.stderr


def test_the_studio_opens_the_server_that_runs(gesso: Gesso, home: Path, opened: list[str]) -> None:
    with serving(home) as served:
        ended = gesso("studio")
        assert gesso("studio", "--no-browser").code == 0
    assert ended.out == f"Gesso runs already, at {served.address}/\n"
    assert opened == [f"{served.address}/"]


def test_the_studio_signs_the_browser_in(gesso: Gesso, home: Path, opened: list[str]) -> None:
    with serving(home, GESSO_NEEDS_KEY="1") as served:
        assert gesso("studio").code == 0
        (link,) = opened
        assert link.startswith(f"{served.address}/?key=")
        signing = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        signing.open(link).close()
        with signing.open(f"{served.address}/api/v1/models") as answer:
            assert answer.status == 200


def test_a_second_home_has_a_studio_of_its_own(home: Path, tmp_path: Path) -> None:
    with serving(home), serving(tmp_path, ["studio", "--no-browser", "--port", "0"]) as second:
        assert second.stop()[0] == 0


@pytest.mark.timeout(300)
def test_a_model_is_served_to_clients_of_runway(warm_home: Path, tmp_path: Path, nothing_left: None) -> None:
    code = "class Echo(Model):\n    def run(self, text: str) -> str:\n        return text\n"
    write_model(code, str(tmp_path / "echo" / "model.py"))
    (tmp_path / "echo" / "gesso.toml").write_text('name = "echo"\n')
    added = run("add", str(tmp_path / "echo"))
    assert added.returncode == 0, added.stderr
    assert run("run", "echo", "-i", "text=a", "--trust").returncode == 0
    words = ["serve", "echo", "--runway", "--port", "0", "--page", "https://editor.p5js.org", "--socket-io"]
    with serving(warm_home, words) as served:
        told = ""
        assert served.process.stdout is not None
        while "Socket.IO" not in told:
            told += served.process.stdout.readline()
        url = re.search(r"HTTP  (http://127\.0\.0\.1:\d+)\n", told)
        assert url, told
        assert re.search(r"  Socket\.IO  http://127\.0\.0\.1:30\d\d\n", told)
        assert re.search(r"OSC   port 571\d\d; .* 57200\n", told)
        asked = urllib.request.Request(f"{url[1]}/query", b'{"text": "fox"}', {"Origin": "https://editor.p5js.org"})
        with urllib.request.urlopen(asked, timeout=120) as answer:
            assert json.load(answer) == {"output": "fox"}
            assert answer.headers["Access-Control-Allow-Origin"] == "https://editor.p5js.org"
        assert served.stop()[0] == 0


@pytest.mark.parametrize(
    ("words", "code", "word"),
    [
        (["serve", "--runway"], 2, "Which model"),
        (["serve", "pose"], 2, "gesso serve pose --runway"),
        (["serve", "--page", "https://editor.p5js.org"], 2, "--runway"),
        (["serve", "--socket-io"], 2, "--runway"),
        (["serve", "pose", "--runway", "--page", "null"], 3, "web address"),
        (["serve", "nobody", "--runway", "--port", "0"], 4, "nobody"),
    ],
)
def test_what_cannot_be_served_is_told(home: Path, words: list[str], code: int, word: str) -> None:
    ended = run(*words)
    assert (ended.returncode, word in ended.stderr) == (code, True), ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the redirection is that of a POSIX shell")
def test_with_its_output_closed_it_serves_all_the_same(home: Path) -> None:
    command = f'exec "{sys.executable}" -m gesso.cli.main serve --port 0 >&-'
    with subprocess.Popen(["bash", "-c", command], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        address = said.strip().removeprefix("Gesso is at ")
        try:
            assert status(f"{address}api/v1/health") == 200
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert process.returncode == 0
