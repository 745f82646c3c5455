from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gesso.errors import FetchError
from gesso.net.door import Door
from gesso.net.ledger import Ledger


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(FetchError("It broke."), "failed"), (OSError("x"), "failed"), (asyncio.CancelledError(), "canceled")],
)
def test_how_a_contact_ended_is_written_down(tmp_path: Path, error: BaseException, outcome: str) -> None:
    ledger = Ledger(tmp_path)
    with pytest.raises(type(error)), Door(ledger).contact("a.org", "a test") as visit:
        visit.received_bytes = 5
        raise error
    (contact,) = ledger.contacts()
    assert (contact.outcome, contact.received_bytes) == (outcome, 5)


def test_a_shut_door_says_so_and_writes_nothing_down(tmp_path: Path) -> None:
    door = Door(Ledger(tmp_path), is_offline=lambda: True)
    with pytest.raises(FetchError, match="offline, so it does not fetch a test"), door.contact("a.org", "a test"):
        raise AssertionError("it went out")
    assert door.ledger.contacts() == []


def test_a_door_is_shut_and_opened_again_while_gesso_runs(tmp_path: Path) -> None:
    offline = [False]
    door = Door(Ledger(tmp_path), is_offline=lambda: offline[0])
    door.check("a test")
    offline[0] = True
    with pytest.raises(FetchError, match="offline"):
        door.check("a test")
    offline[0] = False
    door.check("a test")


def test_nobody_goes_out_whom_nobody_can_write_down(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(FetchError, match="writes down whom"), Door(Ledger(tmp_path / "home")).contact("a.org", "x"):
        raise AssertionError("it went out")
