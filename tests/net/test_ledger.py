from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gesso.net import ledger as ledger_file
from gesso.net.ledger import Contact, Ledger


def test_a_contact_has_a_beginning_and_an_end(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.contacts() == []
    first, second = ledger.begin("a.org", "the weights x"), ledger.begin("b.org", "an input")
    ledger.end(second, received_bytes=0, outcome="failed", error="It broke.")
    ledger.end(first, received_bytes=7, outcome="done")
    ledger.begin("c.org", "a model")
    contacts = ledger.contacts()
    assert [(each.host, each.outcome) for each in contacts] == [
        ("a.org", "done"),
        ("b.org", "failed"),
        ("c.org", "unfinished"),
    ]
    assert contacts[0] == Contact(
        began_at=contacts[0].began_at, host="a.org", what_for="the weights x", received_bytes=7, outcome="done"
    )
    assert contacts[0].began_at.endswith("+00:00")
    assert contacts[1].error == "It broke."


def test_old_contacts_are_forgotten_at_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_file, "_FILE_BYTES", 2000)
    ledger = Ledger(tmp_path)
    for number in range(100):
        ledger.end(ledger.begin(f"{number}.org", "a test"), received_bytes=0, outcome="done")
    contacts = ledger.contacts()
    assert [each.host for each in contacts] == [f"{number}.org" for number in range(100)][-len(contacts) :]
    assert 30 < len(contacts) < 100
    assert len(list(tmp_path.glob("contacts*.jsonl"))) == 5


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.begin("a.org", "a test")
    with (tmp_path / "contacts.jsonl").open("a") as file:
        file.write('{"id": "x", "ho')
    ledger.begin("b.org", "a test")
    ledger.begin("c.org", "a test")
    assert [each.host for each in ledger.contacts()] == ["a.org", "b.org", "c.org"]


def test_several_processes_write_side_by_side(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from gesso.net.ledger import Ledger\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "for number in range(200): ledger.end(ledger.begin('a.org', 'x' * 300), received_bytes=1, outcome='done')\n"
    )
    programs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    assert [program.wait() for program in programs] == [0] * 4
    assert [each.outcome for each in Ledger(tmp_path).contacts()] == ["done"] * 800


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits")
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    Ledger(tmp_path).begin("a.org", "a test")
    assert (tmp_path / "contacts.jsonl").stat().st_mode & 0o777 == 0o600
