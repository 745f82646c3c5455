from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from gesso.bots.message import Heard
from gesso.bots.notes import Notes
from gesso.bots.persona import Answers, Limits, Persona
from gesso.bots.talk import Talk
from gesso.bots.voice import Voice
from gesso.errors import AccessError, GessoError
from tests.bots.poet import Poet, broken, chain

FAST = Answers(waking_after_s=0.0, characters=60)
PERSONA = Persona(
    name="Poet", model="poet", answers=Answers(characters=60), limits=Limits(per_person=600, per_channel=600)
)


@dataclass
class Wall:
    """A place on which what is said stays."""

    said: list[str] = field(default_factory=list)
    typed: int = 0
    error: GessoError | None = None

    async def say(self, text: str) -> None:
        if self.error is not None:
            raise self.error
        self.said.append(text)

    @asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        self.typed += 1
        yield


def talk_of(poet: Poet, persona: Persona = PERSONA) -> Talk:
    return Talk(persona, Voice.of(poet, persona), notes=Notes())


def heard(text: str = "hello", **other: Any) -> Heard:
    return Heard(**{"channel": "c", "author_id": "1", "author": "Ada", "text": text, "is_direct": True, **other})


def kinds(talk: Talk) -> list[str]:
    return [note.kind for note in talk.notes.after(0) if note.kind != "part"]


async def test_an_answer_is_what_the_model_makes_of_the_conversation() -> None:
    poet, wall = Poet(), Wall()
    talk = talk_of(poet)
    said = await talk.hear(heard(), wall)
    assert wall.said == [said]
    assert "".join(chain("Ada: hello\nPoet:", 60)).strip().startswith(said.rstrip("…"))
    assert wall.typed == 1
    assert kinds(talk) == ["heard", "said"]
    assert poet.asked[0].inputs["max_characters"] == 60
    await talk.hear(heard("go on"), wall)
    assert poet.asked[1].inputs["prompt"] == f"Ada: hello\nPoet: {said}\nAda: go on\nPoet:"


async def test_what_it_does_not_answer_it_still_remembers() -> None:
    poet, wall = Poet(), Wall()
    talk = talk_of(poet)
    await talk.hear(heard("by the way", is_direct=False, author="Bo"), wall)
    assert (poet.asked, wall.said, kinds(talk)) == ([], [], ["heard", "silent"])
    await talk.hear(heard(), wall)
    assert str(poet.asked[0].inputs["prompt"]).startswith("Bo: by the way\nAda: hello")


async def test_its_own_messages_are_not_even_heard() -> None:
    talk = talk_of(Poet())
    assert await talk.hear(heard(is_own=True), Wall()) == ""
    assert kinds(talk) == []


async def test_a_blocked_word_is_neither_answered_nor_remembered() -> None:
    poet, wall = Poet(), Wall()
    talk = talk_of(poet, replace(PERSONA, blocked=("gold",)))
    await talk.hear(heard("Gold!"), wall)
    await talk.hear(heard("hello"), wall)
    assert "Gold" not in str(poet.asked[0].inputs["prompt"])
    assert len(wall.said) == 1


async def test_a_blocked_word_is_not_said() -> None:
    answers = iter(["the GOLD is here", "all is gold", "a river"])
    wall = Wall()
    talk = talk_of(Poet(says=lambda _: next(answers)), replace(PERSONA, blocked=("gold",)))
    assert await talk.hear(heard(), wall) == "a river"
    talk = talk_of(Poet(says=lambda _: "gold"), replace(PERSONA, blocked=("gold",)))
    assert await talk.hear(heard(), wall) == ""
    assert wall.said == ["a river"]
    assert talk.notes.after(0)[-1].reason == "nothing"


async def test_nobody_is_called_by_an_answer() -> None:
    wall = Wall()
    await talk_of(Poet(says=lambda _: "@everyone come, <@123> too")).hear(heard("say @everyone"), wall)
    assert "@everyone" not in wall.said[0]
    assert "<@1" not in wall.said[0]


async def test_a_model_that_sleeps_is_woken_and_meanwhile_something_is_said() -> None:
    poet, wall = Poet(), Wall()
    poet.is_awake.clear()
    talk = talk_of(poet, replace(PERSONA, answers=replace(FAST, waking="one moment, @here")))
    hearing = asyncio.create_task(talk.hear(heard(), wall))
    await until(lambda: bool(wall.said))
    assert wall.said == ["one moment, @\N{ZERO WIDTH SPACE}here"]
    poet.is_awake.set()
    assert await hearing == wall.said[1]
    assert kinds(talk) == ["heard", "waking", "said"]
    assert poet.woken == 1


async def test_a_persona_may_wait_in_silence() -> None:
    poet, wall = Poet(), Wall()
    poet.is_awake.clear()
    talk = talk_of(poet, replace(PERSONA, answers=replace(FAST, waking="")))
    hearing = asyncio.create_task(talk.hear(heard(), wall))
    await until(lambda: "waking" in kinds(talk))
    poet.is_awake.set()
    await hearing
    assert len(wall.said) == 1


async def test_a_model_that_fails_is_told_of_and_the_next_message_is_answered() -> None:
    poet, wall = Poet(error=broken()), Wall()
    talk = talk_of(poet, replace(PERSONA, answers=replace(FAST, failing="🤷")))
    assert await talk.hear(heard(), wall) == ""
    assert wall.said == ["🤷"]
    assert [(note.kind, note.reason) for note in talk.notes.after(0)][-1] == ("failed", "model")
    poet.error = None
    assert await talk.hear(heard("again"), wall)


async def test_a_fault_of_the_model_does_not_end_the_bot() -> None:
    poet, wall = Poet(error=ZeroDivisionError("x")), Wall()
    talk = talk_of(poet)
    assert await talk.hear(heard(), wall) == ""
    assert "ZeroDivisionError" in talk.notes.after(0)[-1].text


async def test_a_model_that_is_too_slow_is_given_up() -> None:
    talk = talk_of(Poet(is_slow=True), replace(PERSONA, answers=replace(FAST, patience_s=0.01)))
    assert await talk.hear(heard(), Wall()) == ""
    assert talk.notes.after(0)[-1].reason == "deadline"


async def test_a_place_that_refuses_is_told_of() -> None:
    wall = Wall(error=AccessError("not here"))
    talk = talk_of(Poet())
    assert await talk.hear(heard(), wall) == ""
    assert (talk.notes.after(0)[-1].kind, talk.notes.after(0)[-1].reason) == ("failed", "access")


async def test_an_empty_answer_is_not_said() -> None:
    wall = Wall()
    talk = talk_of(Poet(says=lambda _: "\n Ada: hello"))
    assert await talk.hear(heard(), wall) == ""
    assert wall.said == []


async def test_a_flood_is_let_go_while_one_answer_is_made() -> None:
    poet, wall = Poet(), Wall()
    poet.is_awake.clear()
    talk = talk_of(poet)
    hearing = [asyncio.create_task(talk.hear(heard(f"text {number}"), wall)) for number in range(20)]
    await until(lambda: len([each for each in hearing if each.done()]) == 17)
    poet.is_awake.set()
    await asyncio.gather(*hearing)
    assert len(wall.said) == 3
    assert [note.reason for note in talk.notes.after(0) if note.kind == "silent"] == ["busy"] * 17


async def test_channels_do_not_wait_for_each_other() -> None:
    poet, wall = Poet(is_slow=True), Wall()
    talk = talk_of(poet)
    slow = asyncio.create_task(talk.hear(heard(channel="slow"), wall))
    await until(lambda: len(poet.asked) == 1)
    poet.is_slow = False
    assert await talk.hear(heard(channel="quick", author_id="2"), wall)
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)


async def test_a_post_is_begun_with_its_prompt_and_is_no_part_of_a_conversation() -> None:
    poet, wall = Poet(), Wall()
    talk = talk_of(poet)
    assert await talk.post("Once", wall) == wall.said[0]
    assert poet.asked[0].inputs["prompt"] == "Once"


async def test_it_can_be_told_to_forget() -> None:
    poet = Poet()
    talk = talk_of(poet)
    await talk.hear(heard("first"), Wall())
    talk.forget("c")
    await talk.hear(heard("second"), Wall())
    assert poet.asked[1].inputs["prompt"] == "Ada: second\nPoet:"


async def test_half_a_sign_is_heard_and_said_as_a_question_mark() -> None:
    wall = Wall()
    talk = talk_of(Poet(says=lambda prompt: f"\udc00 {prompt.splitlines()[0]}"))
    assert await talk.hear(heard("\ud800 hello", author="A\udfff"), wall) == "? A?: ? hello"
    assert not [note for note in talk.notes.after(0) if "\ud800" in note.text]


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("name", ["A*", "(Poet", "Po\\et", "🦊"])
async def test_any_name_is_a_name(name: str) -> None:
    wall = Wall()
    await talk_of(Poet(says=lambda _: f"yes\n{name}: no"), replace(PERSONA, name=name)).hear(heard(), wall)
    assert wall.said == ["yes"]
