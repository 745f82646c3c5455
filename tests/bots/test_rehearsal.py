from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

from gesso.bots.rehearsal import Rehearsal
from tests.bots.poet import Poet, broken
from tests.bots.stage import PERSONA


async def told(rehearsal: Rehearsal, text: str, **how: Any) -> list[tuple[str, str]]:
    async with aclosing(rehearsal.say(text, **how)) as notes:
        return [(note.kind, note.text or note.reason) async for note in notes]


async def test_something_is_said_and_what_happens_is_told_to_the_end() -> None:
    rehearsal = Rehearsal(PERSONA, Poet())
    notes = await told(rehearsal, "hello")
    assert [kind for kind, _ in notes if kind != "part"] == ["heard", "said"]
    pieces = "".join(text for kind, text in notes if kind == "part").strip()
    assert pieces.startswith(notes[-1][1].rstrip("…"))


async def test_the_rules_are_those_of_the_bot() -> None:
    rehearsal = Rehearsal(PERSONA, Poet())
    assert await told(rehearsal, "hello", manner="overheard") == [("heard", "hello"), ("silent", "unasked")]
    assert (await told(rehearsal, "hello", manner="mention"))[-1][0] == "said"
    assert (await told(rehearsal, ""))[-1] == ("silent", "empty")


async def test_talks_side_by_side_do_not_hear_each_other() -> None:
    poet = Poet()
    rehearsal = Rehearsal(PERSONA, poet)
    one, two = await asyncio.gather(told(rehearsal, "one", channel="1"), told(rehearsal, "two", channel="2"))
    assert one[0] == ("heard", "one")
    assert two[0] == ("heard", "two")
    assert {str(asked.inputs["prompt"]).count("\n") for asked in poet.asked} == {1}


async def test_it_can_begin_anew_and_goes_on_after_a_fault() -> None:
    poet = Poet(error=broken())
    rehearsal = Rehearsal(PERSONA, poet)
    assert (await told(rehearsal, "first"))[-1][0] == "failed"
    poet.error = None
    rehearsal.forget()
    await told(rehearsal, "second")
    assert poet.asked[-1].inputs["prompt"] == "you: second\nPoet:"


async def test_who_leaves_breaks_it_off() -> None:
    poet = Poet(is_slow=True)
    rehearsal = Rehearsal(PERSONA, poet)
    notes = rehearsal.say("hello")
    assert (await anext(notes)).kind == "heard"
    await notes.aclose()
    assert not rehearsal._talk._waiting
    await rehearsal.stop()
