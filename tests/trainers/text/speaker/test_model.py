"""The speaker: what it writes, how its settings are kept, and that nobody's text depends on who else is written for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from gesso.errors import GessoError, InputError, ModelError
from gesso.spec.runnable import Log, Part
from gesso.testing import run_model, set_up
from gesso.trainers.text.converting import convert
from gesso.trainers.text.speaker import model as speaker
from tests.trainers.text.tiny import END, byte_tokenizer, letter_tokenizer, write_chance, write_parrot

PLAIN: dict[str, Any] = {"temperature": 0, "repetition_penalty": 1}


def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> speaker.Speaker:
    convert(folder)
    monkeypatch.setattr(speaker, "WEIGHTS", folder)
    ready = set_up(speaker.Speaker)
    assert isinstance(ready, speaker.Speaker)
    return ready


@pytest.fixture
def parrot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> speaker.Speaker:
    """Says the alphabet up to g and ends, goes round in three large characters, and begins anew with Z."""
    texts = ["abcdefg" + END, "A€😀A", END + "Z", "Zab"]
    return made(write_parrot(tmp_path / "parrot", byte_tokenizer(257), texts), monkeypatch)


@pytest.fixture
def gambler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> speaker.Speaker:
    """Writes what chance says."""
    return made(write_chance(tmp_path / "gambler"), monkeypatch)


def written(model: speaker.Speaker, prompt: str = "", **settings: Any) -> str:
    """Return what a model has written after a prompt."""
    text = str(run_model(model, prompt=prompt, **settings).outputs["generated_text"])
    assert text.startswith(prompt)
    return text.removeprefix(prompt)


# -- what it writes ---------------------------------------------------------------------------------------------------


def test_it_goes_on_to_the_end_of_a_text(parrot: speaker.Speaker) -> None:
    assert run_model(parrot, prompt="ab", **PLAIN).outputs == {"generated_text": "abcdefg", "encountered_end": True}


def test_an_empty_prompt_begins_where_a_text_has_ended(parrot: speaker.Speaker) -> None:
    assert written(parrot, **PLAIN) == "Zabcdefg"


@pytest.mark.parametrize(
    ("said", "text"),
    [(["a", "b"], "cdefg"), ([], "Zabcdefg"), (["no such"], "Zabcdefg"), ("ab", "Zabcdefg"), ([7], "Zabcdefg")],
)
def test_an_empty_prompt_begins_after_what_the_weights_say(
    said: object, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["abcdefg" + END, END + "Z", "Zab"]
    folder = write_parrot(tmp_path / "parrot", byte_tokenizer(257), texts, begins_after=said)
    model = made(folder, monkeypatch)
    assert written(model, **PLAIN) == text
    assert written(model, "e", **PLAIN) == "fg"


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100])
def test_characters_are_counted_and_never_cut(parrot: speaker.Speaker, count: int) -> None:
    outputs = run_model(parrot, prompt="A", max_characters=count, **PLAIN).outputs
    assert outputs == {"generated_text": ("A" + "€😀A" * count)[: count + 1], "encountered_end": False}


@pytest.mark.parametrize(("count", "text"), [(1, ""), (2, ""), (3, "€"), (6, "€"), (7, "€😀"), (8, "€😀A")])
def test_tokens_are_counted_instead_where_that_is_said(parrot: speaker.Speaker, count: int, text: str) -> None:
    assert written(parrot, "A", max_tokens=count, max_characters=1, **PLAIN) == text


@pytest.mark.parametrize(
    ("stop", "text"),
    [(["e"], "cd"), (["xyz", "de"], "c"), (["c"], ""), (["efgh"], "cdefg"), (["ef", "d"], "c"), (["fgX", "efg"], "cd")],
)
def test_it_ends_before_a_stop_text(parrot: speaker.Speaker, stop: list[str], text: str) -> None:
    outputs = run_model(parrot, prompt="ab", stop=stop, **PLAIN).outputs
    assert outputs["generated_text"] == "ab" + text
    assert outputs["encountered_end"] == (stop == ["efgh"])


def test_a_prompt_that_is_too_long_loses_its_beginning(parrot: speaker.Speaker) -> None:
    assert written(parrot, "x y z " * 20_000 + "ab", **PLAIN) == "cdefg"


def test_it_writes_on_past_what_it_can_see(parrot: speaker.Speaker) -> None:
    assert written(parrot, "A", max_characters=500, **PLAIN) == ("€😀A" * 500)[:500]


def test_what_it_has_written_becomes_less_likely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = byte_tokenizer(257)
    model = made(write_parrot(tmp_path / "m", tokenizer, ["aba", "abc"]), monkeypatch)
    assert written(model, "a", max_characters=4, **PLAIN) == "baba"
    assert written(model, "ab", max_characters=4, temperature=0, repetition_penalty=1.5).startswith("abc")


def test_letters_are_tokens_where_a_model_learnt_them_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = letter_tokenizer("abcé\n")
    model = made(write_parrot(tmp_path / "m", tokenizer, ["abé\nc" + END]), monkeypatch)
    assert run_model(model, prompt="a", **PLAIN).outputs == {"generated_text": "abé\nc", "encountered_end": True}
    assert run_model(model, "count_tokens", text="abé").output == 3


def test_signs_that_no_text_may_have_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = byte_tokenizer(257)
    model = made(write_parrot(tmp_path / "m", tokenizer, ["a\0b" + END]), monkeypatch)
    assert written(model, "a", **PLAIN) == "�b"
    broken = "".join(sign for sign, byte in speaker.Bytes._BYTE_OF.items() if byte == 0xE2)
    letters = speaker.Bytes()
    assert letters.take(broken) + letters.take("a") == "�a"


def test_tokens_are_counted(parrot: speaker.Speaker) -> None:
    assert run_model(parrot, "count_tokens", text="A€😀").output == 8


# -- piece by piece ---------------------------------------------------------------------------------------------------


def test_a_stream_has_a_part_for_each_token(parrot: speaker.Speaker) -> None:
    trial = run_model(parrot, "stream", prompt="A", max_tokens=8, **PLAIN)
    parts = [event.value for event in trial.events if isinstance(event, Part)]
    assert parts == ["", "", "€", "", "", "", "😀", "A"]
    assert trial.output == "€😀A"


def test_what_may_be_a_stop_text_is_held(parrot: speaker.Speaker) -> None:
    trial = run_model(parrot, "stream", prompt="a", stop=["cdX", "fgX"], **PLAIN)
    assert [event.value for event in trial.events if isinstance(event, Part)] == ["b", "", "", "cde", "", "", "fg"]


def test_why_a_stream_is_empty_is_told(parrot: speaker.Speaker) -> None:
    ended = run_model(parrot, "stream", prompt="g", **PLAIN)
    assert ended.output == ""
    assert [event.text for event in ended.events if isinstance(event, Log)] == ["It ended the text at once."]
    stopped = run_model(parrot, "stream", prompt="a", stop=["b"], **PLAIN)
    assert [event.text for event in stopped.events if isinstance(event, Log)] == ["It came to a stop text at once."]


# -- chance -----------------------------------------------------------------------------------------------------------


def test_the_same_seed_writes_the_same(gambler: speaker.Speaker) -> None:
    texts = [written(gambler, "the fox", seed=seed, max_characters=80) for seed in (7, 7, 8, 0, 2**32 - 1)]
    assert texts[0] == texts[1]
    assert len(set(texts)) >= 3  # the last two are one and the same seed for CTranslate2


def test_the_seed_of_the_run_is_meant_if_somebody_gave_it(gambler: speaker.Speaker) -> None:
    as_input = asyncio.run(gambler.run("the fox", max_characters=80, seed=7))
    of_the_run = run_model(gambler, prompt="the fox", max_characters=80, seed=7).outputs
    assert of_the_run["generated_text"] == as_input.generated_text


def test_without_a_seed_each_text_is_another(gambler: speaker.Speaker) -> None:
    run_model(gambler, prompt="the fox", seed=7, max_characters=20)  # which leaves no seed behind
    assert len({written(gambler, "the fox", max_characters=80) for _ in range(3)}) == 3


async def test_a_seed_writes_the_same_while_others_are_written(gambler: speaker.Speaker) -> None:
    alone = await gambler.run("the fox", seed=7, max_characters=120)
    careful = await gambler.run("the fox", seed=7, max_characters=120, temperature=0)
    together = await asyncio.gather(
        *(gambler.run("the fox", max_characters=120) for _ in range(6)),
        *(gambler.run("the fox", seed=seed, max_characters=120) for seed in (7, 8, 7)),
        gambler.run("the fox", seed=7, max_characters=120, temperature=0),
    )
    assert together[6] == together[8] == alone
    assert together[7] != alone
    assert together[9] == careful


@pytest.mark.parametrize("settings", [{"top_k": 1}, {"top_p": 0}, {"temperature": 0}])
def test_the_likeliest_is_taken_in_three_ways(gambler: speaker.Speaker, settings: dict[str, Any]) -> None:
    texts = {written(gambler, "the fox", max_characters=60, **settings) for _ in range(3)}
    assert texts == {written(gambler, "the fox", max_characters=60, temperature=0)}


def test_all_tokens_may_be_chosen_from(gambler: speaker.Speaker) -> None:
    assert written(gambler, "the fox", top_k=0, top_p=1, temperature=2, max_characters=30)
    assert written(gambler, "the fox", top_k=1000, top_p=0.5, max_characters=30)  # there are fewer


# -- many at once -----------------------------------------------------------------------------------------------------


class Watched:
    """A generator that tells which texts were written together."""

    def __init__(self, generator: Any) -> None:
        self._generator = generator
        self.calls: list[list[int]] = []
        self.is_entered = False
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def generate_batch(self, contexts: list[list[str]], **options: Any) -> Any:
        self.is_entered = True
        self.may_go_on.wait(30)
        self.calls.append([len(context) for context in contexts])
        return self._generator.generate_batch(contexts, **options)


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not is_so():
            await asyncio.sleep(0.01)


def waiting(model: speaker.Speaker) -> int:
    return sum(not passage.is_left for passage in model._press._line._waiting)


@pytest.fixture
def watched(gambler: speaker.Speaker, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """What the gambler's texts are written with, held back until it may go on."""
    generator = Watched(gambler._press._generator)
    monkeypatch.setattr(gambler._press, "_generator", generator)
    return generator


async def test_those_who_wait_together_are_written_together(gambler: speaker.Speaker, watched: Watched) -> None:
    watched.may_go_on.clear()
    first = asyncio.create_task(gambler.run("the", max_tokens=4))
    await until(lambda: watched.is_entered)
    others = [asyncio.create_task(gambler.run("the hare", max_tokens=3 + n % 2, top_p=0.9)) for n in range(10)]
    other = asyncio.create_task(gambler.run("the", max_tokens=4, temperature=0.5))
    await until(lambda: waiting(gambler) == 11)
    watched.may_go_on.set()
    texts = await asyncio.gather(first, *others, other)
    assert [len(call) for call in watched.calls] == [1, 10, 1]
    assert len({text.generated_text for text in texts}) > 5


async def test_beginnings_of_very_different_length_do_not_wait_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = made(write_chance(tmp_path / "m", context=256), monkeypatch)
    generator = Watched(model._press._generator)
    monkeypatch.setattr(model._press, "_generator", generator)
    generator.may_go_on.clear()
    first = asyncio.create_task(model.run("the", max_tokens=3))
    await until(lambda: generator.is_entered)
    asked = ["the", "the hare " * 60, "the fox"]
    tasks = [asyncio.create_task(model.run(prompt, max_tokens=3)) for prompt in asked]
    await until(lambda: waiting(model) == 3)
    generator.may_go_on.set()
    await asyncio.gather(first, *tasks)
    assert [len(call) for call in generator.calls] == [1, 2, 1]


@pytest.mark.parametrize(("settings", "calls"), [({}, [1, 3]), ({"top_p": 0.5}, [1, 2])])
async def test_who_comes_at_the_beginning_of_a_text_joins_in_where_it_can(
    gambler: speaker.Speaker, watched: Watched, settings: dict[str, Any], calls: list[int]
) -> None:
    watched.may_go_on.clear()
    first = asyncio.create_task(gambler.run("the fox", max_tokens=24))
    await until(lambda: watched.is_entered)
    others = [asyncio.create_task(gambler.run("the fox", max_tokens=12, **settings)) for _ in range(2)]
    await until(lambda: waiting(gambler) == 2)
    watched.may_go_on.set()
    texts = await asyncio.gather(first, *others)
    assert [len(call) for call in watched.calls] == calls
    assert all(text.generated_text.startswith("the fox") for text in texts)


async def test_a_long_text_lets_others_in(gambler: speaker.Speaker, watched: Watched) -> None:
    watched.may_go_on.clear()
    long = asyncio.create_task(gambler.run("the fox", max_tokens=4000))
    await until(lambda: watched.is_entered)
    short = asyncio.create_task(gambler.run("the fox", max_tokens=4))
    await until(lambda: waiting(gambler) == 1)
    watched.may_go_on.set()
    await short
    assert not long.done()
    long.cancel()


async def test_who_leaves_is_not_written_for_any_more(gambler: speaker.Speaker, watched: Watched) -> None:
    pieces = gambler.stream("the fox", max_tokens=20_000)
    assert isinstance(pieces, AsyncIterator)
    await anext(pieces)
    await pieces.aclose()  # type: ignore[attr-defined]  # it is a generator
    task = asyncio.create_task(gambler.run("the fox", max_tokens=20_000, seed=3))
    await asyncio.sleep(0.2)
    task.cancel()
    async with asyncio.timeout(20):
        await gambler.run("the fox", max_tokens=2)
        while gambler._press._together._work_queue.qsize() or gambler._press._alone._work_queue.qsize():
            await asyncio.sleep(0.01)
        await gambler.run("the fox", max_tokens=2, seed=3)


async def test_one_that_waits_may_leave(gambler: speaker.Speaker, watched: Watched) -> None:
    watched.may_go_on.clear()
    first = asyncio.create_task(gambler.run("the", max_tokens=4))
    await until(lambda: watched.is_entered)
    leaving = asyncio.create_task(gambler.run("the hare", max_tokens=4))
    await until(lambda: waiting(gambler) == 1)
    leaving.cancel()
    await until(lambda: waiting(gambler) == 0)
    watched.may_go_on.set()
    await first
    assert len(watched.calls) == 1


async def test_what_goes_wrong_is_told_and_the_next_is_written(
    gambler: speaker.Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no paper")

    with monkeypatch.context() as broken:
        broken.setattr(gambler._press, "_load", fail)
        broken.setattr(gambler._press, "_generator", Watched(None))
        with pytest.raises(RuntimeError, match="no paper"):
            await gambler.run("the fox", seed=7)
        with pytest.raises(AttributeError):
            await gambler.run("the fox")
    assert (await gambler.run("the fox", max_tokens=3)).generated_text
    assert (await gambler.run("the fox", max_tokens=3, seed=7)).generated_text


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"max_characters": 0}, "max_characters"),
        ({"max_characters": 10**9}, "max_characters"),
        ({"max_characters": 1.5}, "max_characters"),
        ({"temperature": -0.1}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"temperature": "warm"}, "temperature"),
        ({"top_k": -1}, "top_k"),
        ({"top_p": 1.1}, "top_p"),
        ({"repetition_penalty": 0}, "repetition_penalty"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stop": [""]}, "stop"),
        ({"stop": "x"}, "stop"),
        ({"stop": ["x"] * 17}, "stop"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": "a\0b"}, "prompt"),
        ({"tone": "warm"}, "tone"),
    ],
)
def test_a_wrong_setting_is_named(parrot: speaker.Speaker, settings: dict[str, Any], where: str) -> None:
    for command in ("run", "stream"):
        with pytest.raises(InputError) as error:
            run_model(parrot, command, **settings)
        assert (error.value.where or "").startswith(where)


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker, "WEIGHTS", tmp_path)
    with pytest.raises(FileNotFoundError, match="import the model once more"):
        set_up(speaker.Speaker)


def test_a_failure_is_the_models(parrot: speaker.Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parrot._press, "_generator", Watched(None))
    with pytest.raises(ModelError) as error:
        run_model(parrot, prompt="a")
    assert isinstance(error.value, GessoError)
