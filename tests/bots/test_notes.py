from __future__ import annotations

import asyncio

from gesso.bots.notes import Notes


async def test_who_comes_late_is_told_what_is_kept_and_then_what_happens() -> None:
    notes = Notes()
    notes.add("heard", text="one")

    async def listen() -> list[str]:
        return [note.text async for note in notes.listen()]

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    notes.add("said", text="two")
    await asyncio.sleep(0)
    notes.add("said", text="three")
    notes.close()
    assert await listening == ["one", "two", "three"]


async def test_old_notes_are_let_go_and_numbers_go_on() -> None:
    notes = Notes()
    for number in range(700):
        notes.add("part", text=str(number))
    assert [note.number for note in notes.after(0)] == list(range(201, 701))
    assert [note.text for note in notes.after(698)] == ["698", "699"]
    assert notes.last == 700
