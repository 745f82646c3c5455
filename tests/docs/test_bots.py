"""docs/bots.md: its persona is one, its manifest is YAML, its commands and variables are the real ones."""

from __future__ import annotations

import re
import tomllib

import yaml

from gesso.bots.keys import variable
from gesso.bots.networks.kinds import KINDS
from gesso.bots.persona import Persona, persona_of
from gesso.cli.bot import bot
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "bots.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    found = re.search(rf"^( *)```{kind}\n(.*?)^\1```", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return re.sub(rf"^{found[1]}", "", found[2], flags=re.MULTILINE)


def test_the_persona_of_the_page_is_one_and_shows_what_is_usual() -> None:
    persona = persona_of(tomllib.loads(block("toml")))
    usual = Persona(name="Fox", model="my-poet")
    assert (persona.memory, persona.limits, persona.answers) == (usual.memory, usual.limits, usual.answers)
    shown = tomllib.loads(block("toml"))
    everything = usual.to_data()
    for part in ("memory", "speaking", "limits", "answers", "posts"):
        assert set(shown[part]) == set(dict(everything[part]))


def test_the_manifest_for_slack_asks_for_what_the_bot_hears() -> None:
    manifest = yaml.safe_load(block("yaml"))
    assert manifest["settings"]["socket_mode_enabled"]
    heard = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert {"app_mention", "message.channels", "message.im"} <= heard
    assert {"chat:write", "users:read", "app_mentions:read"} <= set(manifest["oauth_config"]["scopes"]["bot"])


def test_the_commands_are_the_real_ones() -> None:
    names = {command.name or getattr(command.callback, "__name__", "") for command in bot.registered_commands}
    assert set(re.findall(r"gesso bot (\w+)", PAGE)) <= names


def test_the_variables_are_the_real_ones() -> None:
    known = {variable("my-poet", key.name) for kind in KINDS.values() for key in kind.keys}
    known.add(variable("my-poet", "model_token"))
    named = set(re.findall(r"GESSO_BOT_\w+", PAGE))
    assert named <= known
    assert known - named == {variable("my-poet", "refresh_token")}
