from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from gesso.bots.manners import Manners
from gesso.bots.message import Heard
from gesso.bots.persona import Limits, Persona, Speaking
from tests.bots.clock import Clock

POET = Persona(name="Poet", model="m", blocked=("gold",))
MANY = Limits(per_channel=600, per_person=600, turns_with_bots=2, turns_with_one=6)


def heard(text: str = "hello", **other: Any) -> Heard:
    return Heard(**{"channel": "c", "author_id": "1", "author": "Ada", "text": text, "is_mention": True, **other})


def speaking(**words: Any) -> Persona:
    return replace(POET, speaking=Speaking(**words))


@pytest.mark.parametrize(
    ("persona", "message", "reason"),
    [
        (POET, heard(), ""),
        (POET, heard(is_mention=False), "unasked"),
        (POET, heard(is_mention=False, is_direct=True), ""),
        (speaking(on_mention=False), heard(), "unasked"),
        (speaking(on_direct=False), heard(is_mention=False, is_direct=True), "unasked"),
        (speaking(keywords=("fox",)), heard("a fox", is_mention=False), ""),
        (speaking(keywords=("fox",)), heard("foxes", is_mention=False), "unasked"),
        (speaking(chance=1.0), heard(is_mention=False), ""),
        (speaking(channels=("art",)), heard(), "channel"),
        (speaking(channels=("art",)), heard(channel_name="art"), ""),
        (speaking(channels=("c",)), heard(), ""),
        (speaking(channels=("art",)), heard(is_direct=True), ""),
        (POET, heard(""), "empty"),
        (POET, heard(" \n\t"), "empty"),
        (POET, heard("👋"), ""),
        (POET, heard("give me GOLD"), "blocked"),
        (POET, heard(author="gold"), "blocked"),
        (POET, heard(is_own=True), "own"),
        (speaking(chance=1.0, keywords=("fox",)), heard("fox", is_mention=False, is_bot=True), "unasked"),
    ],
)
def test_a_bot_speaks_when_it_is_meant(persona: Persona, message: Heard, reason: str) -> None:
    assert Manners(persona, Clock()).judge(message) == reason


def test_chance_is_chance() -> None:
    throws = iter([0.1, 0.9])
    manners = Manners(speaking(chance=0.5), Clock(), dice=lambda: next(throws))
    assert [manners.judge(heard("a", is_mention=False)), manners.judge(heard("b", is_mention=False))] == ["", "unasked"]


def test_one_person_and_one_channel_get_so_much_in_a_minute() -> None:
    clock = Clock()
    manners = Manners(replace(POET, limits=Limits(per_person=2, per_channel=3)), clock)
    clock.advance(5)
    assert [manners.judge(heard(str(number))) for number in range(3)] == ["", "", "person"]
    assert [manners.judge(heard("x", author_id=who)) for who in "23"] == ["", "often"]
    assert manners.judge(heard("y", author_id="4", channel="d")) == ""
    clock.advance(61)
    assert manners.judge(heard("z")) == ""


def test_marked_bots_are_answered_twice_and_then_a_person_must_speak() -> None:
    clock = Clock()
    manners = Manners(replace(POET, limits=MANY), clock)

    def say(number: int, *, is_bot: bool) -> str:
        clock.advance(10)
        reason = manners.judge(heard(f"text {number}", author_id="bot" if is_bot else "1", is_bot=is_bot))
        manners.spoken("c")
        return reason

    assert [say(number, is_bot=True) for number in range(4)] == ["", "", "bots", "bots"]
    assert say(5, is_bot=False) == ""
    assert say(6, is_bot=True) == ""


def test_two_bots_that_nobody_has_marked_fall_silent() -> None:
    """Each answers the other at once, for hours: what is said grows rarer and rarer."""
    clock = Clock()
    manners = Manners(replace(POET, limits=MANY), clock)
    answered = []
    for number in range(20_000):
        clock.advance(1)
        if manners.judge(heard(f"text {number}")) == "":
            answered.append(clock.now_s)
            manners.spoken("c")
    assert len(answered) < 40
    assert max(answered) - min(answered) > 3600
    pauses = [two - one for one, two in pairwise(answered)]
    assert pauses[-1] > 1800


def test_a_bot_that_answers_slowly_is_paused_too() -> None:
    clock = Clock()
    manners = Manners(replace(POET, limits=MANY), clock)
    reasons = []
    for number in range(12):
        clock.advance(8)
        reasons.append(manners.judge(heard(f"text {number}")))
        manners.spoken("c")
    assert reasons[:7] == [""] * 7
    assert "pausing" in reasons[7:]


def test_a_person_who_comes_back_later_or_is_not_alone_is_not_paused() -> None:
    clock = Clock()
    manners = Manners(replace(POET, limits=MANY), clock)
    for number in range(20):
        clock.advance(30)
        assert manners.judge(heard(f"text {number}", author_id=str(number % 2))) == ""
        manners.spoken("c")
    clock.advance(3600)
    assert manners.judge(heard("back again")) == ""


def test_the_same_text_again_and_again_is_not_answered() -> None:
    clock = Clock()
    manners = Manners(replace(POET, limits=replace(MANY, turns_with_one=100)), clock)
    reasons = []
    for number in range(6):
        clock.advance(20)
        reasons.append(manners.judge(heard("PING " if number % 2 else "ping", author_id=str(number))))
    assert reasons == ["", "", "", "repeated", "repeated", "repeated"]


def test_a_flood_of_channels_and_people_does_not_fill_the_memory() -> None:
    manners = Manners(POET, Clock())
    for number in range(6000):
        manners.judge(heard(channel=str(number), author_id=str(number)))
    assert len(manners._talks) <= 5000
    assert len(manners._answered) <= 5000
