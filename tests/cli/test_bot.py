from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from gesso.app import App
from gesso.settings import Settings
from tests.bots.poet import add_poet
from tests.cli.conftest import Gesso
from tests.cli.serving import run

PERSONA = """
name = "Poet"
model = "MODEL"
blocked = ["gold"]

[answers]
characters = 60
"""


@pytest.fixture
def poet(warm_home: Path, tmp_path: Path) -> str:
    """The name of a text model that is on the list."""
    add_poet(App(Settings(home=warm_home), report=lambda _: None), tmp_path / "poet")
    return "poet"


def say(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.timeout(300)  # the first time, an environment is made
def test_a_rehearsal_answers_each_line(poet: str, gesso: Gesso, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, "hello\n\nand you?\n")
    ended = gesso("bot", "rehearse", "--model", poet, "--called", "Fox")
    assert ended.code == 0, ended.err
    lines = ended.out.strip().splitlines()
    assert len(lines) == 2
    assert all(line.startswith("Fox: ") and len(line) > 6 for line in lines)
    assert "nothing to answer" in ended.err


@pytest.mark.timeout(300)  # as above
def test_a_persona_is_read_from_its_file(
    poet: str, gesso: Gesso, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "poet.toml"
    file.write_text(PERSONA.replace("MODEL", poet))
    say(monkeypatch, "where is the Gold?\nhello\n")
    ended = gesso("bot", "rehearse", "--persona", str(file), "--manner", "mention")
    assert ended.code == 0, ended.err
    assert "a blocked word" in ended.err
    assert len(ended.out.strip().splitlines()) == 1


def test_what_is_missing_or_wrong_is_said(poet: str, gesso: Gesso, tmp_path: Path) -> None:
    assert "a model or a persona" in gesso("bot", "rehearse").err
    assert "There is no bot 'fox' yet" in gesso("bot", "discord", "fox").err
    assert "gesso bot rehearse --model poet" in gesso("bot", "poet").err
    (tmp_path / "broken.toml").write_text("name =")
    assert "a persona as TOML" in gesso("bot", "rehearse", "--persona", str(tmp_path / "broken.toml")).err
    away = gesso("bot", "start", "poet")
    assert away.code != 0
    assert "No Gesso serves here" in away.err


def test_without_a_token_one_is_told_where_it_comes_from(poet: str, gesso: Gesso) -> None:
    ended = gesso("bot", "discord", "--model", poet)
    assert ended.code != 0
    assert "GESSO_BOT_POET_TOKEN" in ended.err
    assert "discord.com/developers" in ended.err


def test_bots_are_listed_and_forgotten_without_a_server(warm_home: Path, gesso: Gesso) -> None:
    from gesso.bots.bot import Bot, Shelf
    from gesso.bots.persona import Persona

    assert "no bots yet" in gesso("bot").err
    Shelf(warm_home / "bots").write(Bot(name="fox", network="x", persona=Persona(name="Fox", model="poet")))
    assert "fox" in gesso("bot").out
    assert gesso("bot", "--json").json[0]["persona"]["name"] == "Fox"
    assert gesso("bot", "remove", "fox").code == 0
    assert gesso("bot", "--json").json == []
    assert gesso("bot", "remove", "fox").code != 0


def test_the_networks_libraries_are_not_needed_for_help(tmp_path: Path) -> None:
    """Nor are they imported before a bot is switched on."""
    for name in ("discord", "slack_bolt", "slack_sdk", "keyring", "aiohttp"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('imported')")
    done = run("bot", "discord", "--help", PYTHONPATH=os.pathsep.join([str(tmp_path), *_path()]))
    assert done.returncode == 0, done.stderr
    assert "--model" in done.stdout
    done = run("bot", "--json", PYTHONPATH=os.pathsep.join([str(tmp_path), *_path()]), GESSO_HOME=str(tmp_path))
    assert json.loads(done.stdout) == []


def _path() -> list[str]:
    return [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
