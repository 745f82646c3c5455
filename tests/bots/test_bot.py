from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gesso.bots.bot import Bot, Connection, Shelf, check_bot, connection_of
from gesso.bots.persona import Persona
from gesso.errors import InputError

BOT = Bot(name="poet", network="discord", persona=Persona(name="Поэт", model="poet"), is_on=True, seen="7")


def test_a_bot_is_the_same_after_its_file(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write(BOT)
    assert shelf.read() == ([BOT], [])
    shelf.remove("poet")
    shelf.remove("poet")
    assert shelf.read() == ([], [])


def test_a_file_that_is_no_bot_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write(BOT)
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "list.json").write_text("[]")
    wrong = json.loads((tmp_path / "poet.json").read_text())
    (tmp_path / "wrong.json").write_text(json.dumps({**wrong, "persona": {"name": "", "model": "m"}}))
    (tmp_path / "nowhere.json").write_text(json.dumps({**wrong, "network": "carrier pigeons"}))
    bots, broken = shelf.read()
    assert bots == [BOT]
    assert len(broken) == 4


@pytest.mark.parametrize("name", ["", "Poet", "a b", "../poet", "-poet", "x" * 64, "poët"])
def test_a_name_that_could_be_no_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        check_bot(replace(BOT, name=name))
    with pytest.raises(InputError):
        Shelf(tmp_path).write(replace(BOT, name=name))


@pytest.mark.parametrize(
    "address", ["http://discord.example", "ftp://x", "https://", "https://me@x.example", "nonsense"]
)
def test_a_token_goes_nowhere_unencrypted(address: str) -> None:
    with pytest.raises(InputError, match="https://"):
        check_bot(replace(BOT, connection=Connection(api_url=address)))


@pytest.mark.parametrize(
    "address", ["", "https://x.example", "http://127.0.0.1:9000", "http://localhost:1", "http://[::1]:1"]
)
def test_this_computer_and_encrypted_addresses_are_fine(address: str) -> None:
    check_bot(replace(BOT, connection=Connection(api_url=address)))


def test_a_connection_is_checked() -> None:
    with pytest.raises(InputError, match="poll_s"):
        check_bot(replace(BOT, connection=Connection(poll_s=0)))
    with pytest.raises(InputError, match="api"):
        connection_of({"api": "https://x.example"})
    with pytest.raises(InputError):
        connection_of({"poll_s": "often"})
    assert connection_of({"is_events": True}) == Connection(is_events=True)
