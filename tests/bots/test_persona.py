from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gesso.bots.persona import Limits, Persona, Speaking, persona_of, read_persona
from gesso.errors import InputError

WHOLE: dict[str, Any] = {
    "name": "Лис",
    "model": "my-poet",
    "command": "stream",
    "inputs": {"temperature": 0.8},
    "template": "{conversation}\n{name}:",
    "memory": {"messages": 5},
    "speaking": {"keywords": ["狐"], "chance": 0.25},
    "blocked": ["gold"],
}


def test_a_persona_is_the_same_after_json() -> None:
    persona = persona_of(WHOLE)
    assert persona.speaking == Speaking(keywords=("狐",), chance=0.25)
    assert persona.limits == Limits()
    assert persona_of(persona.to_data()) == persona


def test_a_persona_is_read_from_toml_and_from_json(tmp_path: Path) -> None:
    toml, data = tmp_path / "fox.toml", tmp_path / "fox.json"
    toml.write_text('name = "Fox"\nmodel = "poet"\n[speaking]\nkeywords = ["fox"]\n', encoding="utf-8")
    data.write_text(json.dumps({"name": "Fox", "model": "poet", "speaking": {"keywords": ["fox"]}}), encoding="utf-8")
    assert read_persona(toml) == read_persona(data)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"model": " "}, "model"),
        ({"template": "say something"}, "template"),
        ({"template": ""}, "template"),
        ({"tempalte": "x"}, "tempalte"),
        ({"speaking": {"keyword": ["x"]}}, "speaking.keyword"),
        ({"speaking": {"chance": 1.5}}, "speaking.chance"),
        ({"speaking": {"keywords": [""]}}, "speaking.keywords[0]"),
        ({"limits": {"per_person": 0}}, "limits.per_person"),
        ({"memory": {"messages": -1}}, "memory.messages"),
        ({"answers": {"characters": 0}}, "answers.characters"),
        ({"answers": {"waking": "z" * 1001}}, "answers.waking"),
        ({"posts": {"prompts": []}}, "posts.prompts"),
        ({"posts": {"every_minutes": 0.5}}, "posts.every_minutes"),
    ],
)
def test_what_is_wrong_in_a_persona_is_said_with_its_name(change: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as caught:
        persona_of({**WHOLE, **change})
    assert caught.value.where == where


@pytest.mark.parametrize("change", [{"name": 7}, {"memory": 3}, {"blocked": "gold"}, {"inputs": []}])
def test_what_is_of_another_kind_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        persona_of({**WHOLE, **change})


@pytest.mark.parametrize(
    "change",
    [{"answers": {"patience_s": float("nan")}}, {"inputs": {"x": float("inf")}}, {"template": "\ud800{message}"}],
)
def test_what_no_file_can_hold_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="a file can hold"):
        persona_of({**WHOLE, **change})


def test_a_persona_without_a_model_is_refused() -> None:
    with pytest.raises(InputError, match="model"):
        persona_of({"name": "Fox"})


@pytest.mark.parametrize("text", [b"name = ", b"\xff\xfe", b"{", b"[]"])
def test_a_file_that_is_no_persona_is_refused(tmp_path: Path, text: bytes) -> None:
    for name in ("fox.toml", "fox.json"):
        (tmp_path / name).write_bytes(text)
        with pytest.raises(InputError):
            read_persona(tmp_path / name)
    with pytest.raises(InputError, match="cannot be read"):
        read_persona(tmp_path / "nothing.toml")


def test_the_least_persona_is_a_name_and_a_model() -> None:
    assert persona_of({"name": "Fox", "model": "poet"}) == Persona(name="Fox", model="poet")


@pytest.mark.parametrize("name", ["name", "model"])
def test_a_persona_that_lacks_something_says_what(name: str) -> None:
    with pytest.raises(InputError, match="but got nothing") as caught:
        persona_of({key: value for key, value in WHOLE.items() if key != name})
    assert caught.value.where == name
