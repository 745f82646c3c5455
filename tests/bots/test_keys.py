from __future__ import annotations

import sys

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from gesso.bots.keys import Keys, variable
from gesso.errors import ConflictError, InputError
from tests.bots.conftest import MemoryKeyring

NOTHING = Keys(lambda _: "")


def test_a_key_is_kept_in_the_keyring_and_forgotten(memory_keyring: MemoryKeyring) -> None:
    assert (NOTHING.get("poet", "token"), NOTHING.source("poet", "token")) == ("", "")
    NOTHING.put("poet", "token", value="  abc.def \n")
    assert (NOTHING.get("poet", "token"), NOTHING.source("poet", "token")) == ("abc.def", "keyring")
    assert NOTHING.get("another", "token") == ""
    NOTHING.remove("poet", "token")
    NOTHING.remove("poet", "token")
    assert not memory_keyring.kept


def test_a_variable_goes_before_the_keyring(memory_keyring: MemoryKeyring) -> None:
    keys = Keys(lambda name: " outside " if name == "GESSO_BOT_MY_POET_TOKEN" else "")
    keys.put("my-poet", "token", value="inside")
    assert (keys.get("my-poet", "token"), keys.source("my-poet", "token")) == ("outside", "variable")
    assert variable("my-poet", "app_token") == "GESSO_BOT_MY_POET_APP_TOKEN"


@pytest.mark.parametrize("value", ["", "  ", "two words", "schlüssel", "a\x00b", "x" * 5001])
def test_what_is_no_key_is_refused_and_not_shown(memory_keyring: MemoryKeyring, value: str) -> None:
    with pytest.raises(InputError) as caught:
        NOTHING.put("poet", "token", value=value)
    assert not value.strip() or value not in str(caught.value)
    assert not memory_keyring.kept


def test_without_a_keyring_one_is_told_of_the_variable(memory_keyring: MemoryKeyring) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # the library types only a part of itself
    with pytest.raises(ConflictError, match="GESSO_BOT_POET_TOKEN") as told:
        NOTHING.put("poet", "token", value="abc")
    assert "backend" not in str(told.value)  # the library's own words are for programmers
    assert NOTHING.get("poet", "token") == ""
    NOTHING.remove("poet", "token")


def test_without_the_library_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConflictError, match=r"gesso\[bots\]"):
        NOTHING.put("poet", "token", value="abc")
    assert NOTHING.get("poet", "token") == ""
