from __future__ import annotations

from gesso.hosting.entries import REFUSED, Entries, Entry


def request(text: str, *, is_refused: bool) -> Entry:
    return Entry(kind="request", text=text, outcome="refused" if is_refused else "succeeded")


def test_many_that_are_refused_at_once_leave_room_for_the_others() -> None:
    entries = Entries()
    entries.add("poet", request("mine", is_refused=False))
    for number in range(10_000):
        entries.add("poet", request(f"stranger {number}", is_refused=True))
    lines = [entry for text in entries.take()["poet"] if (entry := Entry.from_json(text))]
    assert lines[0].text == "mine"
    assert len(lines) == 102
    assert lines[-1].text == "9900 more were refused in the same second."
    assert entries.take() == {}


def test_the_mark_of_what_was_refused_cannot_be_put_into_a_text() -> None:
    entries = Entries()
    entries.add("poet", request(REFUSED, is_refused=False))
    entries.add("poet", request("no", is_refused=True))
    made, refused = entries.take()["poet"]
    assert REFUSED not in made
    assert REFUSED in refused


def test_a_broken_line_is_none() -> None:
    assert Entry.from_json("{") is None
    assert Entry.from_json('{"kind": "nonsense"}') is None
