from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pytest

from gesso import (
    Image,
    Model,
    Range,
    State,
    checkpoints,
    command,
    is_canceled,
    is_seed_given,
    log,
    preview,
    progress,
    scratch,
    seed,
    wanted,
)
from gesso.errors import InputError, ModelError, NotFoundError, RunError
from gesso.spec.model import Command, ModelSpec, Port
from gesso.spec.runnable import Log, Part, Preview, Progress, Request, Result, Runnable
from gesso.testing import FakeWorker, run_model, set_up

GREY = np.full((4, 6), 100, np.uint8)


class Memory(State):
    def __init__(self) -> None:
        self.count = 0


@dataclass
class Both:
    words: str
    number: int


class Many(Model):
    def setup(self, gain: Annotated[int, Range(1, 9)] = 2) -> None:
        self.gain = gain

    @command
    def bright(self, photo: Image, plus: Annotated[int, Range(0, 9)] = 0) -> Image:
        progress(0.5, "half")
        log("a line", "warning")
        preview(photo)
        return Image(photo.pixels * np.uint8(self.gain) + np.uint8(plus))

    @command
    def both(self) -> Both:
        return Both("six", 6)

    @command
    def tell(self, times: int) -> Iterator[str]:
        for _ in range(times):
            yield "word "

    @command
    async def wait(self, times: int) -> AsyncIterator[int]:
        for number in range(times):
            yield number

    @command
    def frame(self, memory: Memory) -> int:
        memory.count += 1
        return memory.count

    @command
    def dice(self) -> list[float]:
        return [seed(), random.random(), float(np.random.random())]  # noqa: NPY002 - what models do

    @command
    def wrong(self) -> int:
        return "six"  # type: ignore[return-value]  # the mistake that is looked for

    @command
    def fails(self) -> int:
        raise KeyError("nothing")

    @command
    def place(self) -> str:
        (scratch() / "note.txt").write_text("here")
        assert not is_canceled()
        return (scratch() / "note.txt").read_text()


def test_a_model_runs_here_and_what_it_says_is_kept() -> None:
    trial = run_model(Many, "bright", photo=GREY)
    assert np.array_equal(trial.output.pixels, GREY * 2)
    assert trial.events == (Progress(0.5, "half"), Log("a line", "warning"), Preview("output", "image", Image(GREY)))


def test_the_first_command_is_meant_if_none_is_named() -> None:
    assert run_model(Many, photo=GREY, plus=3).output.pixels[0, 0] == 203


def test_options_go_to_the_setup_of_a_class() -> None:
    assert run_model(Many, photo=GREY, options={"gain": 1}).output.pixels[0, 0] == 100
    with pytest.raises(InputError, match="gain"):
        run_model(Many, photo=GREY, options={"gain": 10})


def test_an_object_is_set_up_once_and_run_again() -> None:
    model = set_up(Many, gain=1)
    assert model.device == "cpu"
    assert run_model(model, photo=GREY).output == run_model(model, photo=GREY).output


def test_several_outputs_have_names() -> None:
    trial = run_model(Many, "both")
    assert trial.outputs == {"words": "six", "number": 6}
    with pytest.raises(ValueError, match="unpack"):
        _ = trial.output


def test_parts_of_a_stream_are_events_and_their_whole_is_the_output() -> None:
    trial = run_model(Many, "tell", times=2)
    assert trial.output == "word word "
    assert trial.events == (Part("output", "word "), Part("output", "word "))
    assert run_model(Many, "wait", times=3).output == [0, 1, 2]


def test_a_state_can_be_given_like_an_input() -> None:
    memory = Memory()
    assert [run_model(Many, "frame", memory=memory).output for _ in range(3)] == [1, 2, 3]
    assert run_model(Many, "frame").output == 1


def test_the_seed_is_that_of_a_worker() -> None:
    assert run_model(Many, "dice", seed=7).output == run_model(Many, "dice", seed=7).output
    assert run_model(Many, "dice", seed=8).output != run_model(Many, "dice", seed=7).output
    assert run_model(Many, "dice", seed=9).seed == 9


def test_the_checks_are_those_of_a_worker() -> None:
    with pytest.raises(InputError, match="plus: expected a whole number from 0 to 9"):
        run_model(Many, photo=GREY, plus=10)
    with pytest.raises(ModelError, match="a whole number"):
        run_model(Many, "wrong")
    with pytest.raises(NotFoundError, match="no command 'none'"):
        run_model(Many, "none")


def test_a_failure_keeps_its_cause_for_the_test_to_show() -> None:
    with pytest.raises(ModelError, match="KeyError") as caught:
        run_model(Many, "fails")
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_run_has_a_folder_of_its_own() -> None:
    assert run_model(Many, "place").output == "here"


class Keeps(Model):
    def run(self) -> list[str]:
        (checkpoints() / "kept").write_text("here", encoding="utf-8")
        return [wanted(), "given" if is_seed_given() else "drawn"]


def test_a_folder_that_outlives_the_run_and_a_seed_are_given_as_by_a_client(tmp_path: Path) -> None:
    assert run_model(Keeps).output == ["go on", "drawn"]
    (tmp_path / "wanted").write_text("finish", encoding="utf-8")
    assert run_model(Keeps, seed=0, checkpoints=tmp_path).output == ["finish", "given"]
    assert (tmp_path / "kept").read_text(encoding="utf-8") == "here"


# -- FakeWorker -------------------------------------------------------------------------------------------------------

ONE = Command(
    name="run",
    inputs=(Port(name="n", type="number", constraints={"ge": 0}),),
    outputs=(Port(name="twice", type="number"),),
)
SPEC = ModelSpec(name="fake", commands=(ONE,))


async def test_a_fake_answers_with_a_function() -> None:
    fake: Runnable = FakeWorker(SPEC, lambda request: {"twice": float(str(request.inputs["n"])) * 2})
    assert [event async for event in fake.run(Request(inputs={"n": "3"}))] == [Result({"twice": 6}, 0)]


async def test_a_fake_plays_what_it_is_told() -> None:
    fake = FakeWorker(SPEC, [Progress(0.5), RunError("broke off")])
    heard = []
    with pytest.raises(RunError, match="broke off"):
        async for event in fake.run(Request(inputs={"n": 1}, seed=5)):
            heard.append(event)  # noqa: PERF401 - what came before the error is looked at
    assert heard == [Progress(0.5)]
    assert fake.requests[0].seed == 5


async def test_a_fake_checks_what_a_worker_would() -> None:
    fake = FakeWorker(SPEC, lambda _: {"thrice": 3})
    with pytest.raises(InputError):
        _ = [event async for event in fake.run(Request(inputs={"n": -1}))]
    with pytest.raises(NotFoundError):
        _ = [event async for event in fake.run(Request(inputs={"n": 1}))]
    assert len(fake.requests) == 1
