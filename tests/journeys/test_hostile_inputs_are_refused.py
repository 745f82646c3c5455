"""Hundreds of hostile inputs, and what hypothesis makes up: each gets an `InputError`, and the worker still serves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from gesso.errors import InputError
from gesso.runtime.host.model import WorkerModel
from gesso.spec.runnable import Request
from gesso.types import catalogue
from tests.journeys.conftest import Studio, run
from tests.types.hostile import HOSTILE, Hostile

KINDS = sorted({(case.type, json.dumps(case.constraints, sort_keys=True)) for case in HOSTILE})

MODEL = """
from gesso.types.words import Is

class Open(Model):
    @command
    def pid(self) -> int:
        return os.getpid()
"""

COMMAND = """
    @command
    def take_{number}(self, value: Annotated[object, Is({type!r}), Field(**{words!r})]) -> int:
        return os.getpid()
"""


def command_of(case: Hostile) -> str:
    return f"take_{KINDS.index((case.type, json.dumps(case.constraints, sort_keys=True)))}"


@pytest.fixture
async def model(studio: Studio) -> WorkerModel:
    """A model with a command for each kind of input, in a worker that is ready."""
    commands = [
        COMMAND.format(number=number, type=name, words=json.loads(words)) for number, (name, words) in enumerate(KINDS)
    ]
    return await studio.open(MODEL + "".join(commands))


async def answer(model: WorkerModel, case: Hostile) -> InputError:
    """Send a case. Returns the refusal; whatever else happens fails the test."""
    with pytest.raises(InputError) as caught:
        await run(model, command_of(case), value=case.value)
    return caught.value


async def test_each_is_refused_and_the_worker_still_serves(model: WorkerModel) -> None:
    before, _ = await run(model, "pid")
    answers = {str(case): await answer(model, case) for case in HOSTILE}
    after, _ = await run(model, "pid")
    assert len(HOSTILE) >= 200
    assert all(error.where.startswith("value") and error.expected and error.given for error in answers.values())
    assert after.outputs == before.outputs


ANYTHING: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50) | st.binary(max_size=50),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


async def test_anything_gets_an_answer(model: WorkerModel) -> None:
    before, _ = await run(model, "pid")
    for value in _drawn(ANYTHING, 300):
        for number, (name, words) in enumerate(KINDS[::5]):
            data_type = catalogue.declare(name, json.loads(words))
            try:
                data_type.coerce(value)
            except InputError:
                with pytest.raises(InputError):
                    await run(model, f"take_{number * 5}", value=value)
            else:
                result, _ = await run(model, f"take_{number * 5}", value=value)
                assert result.outputs == before.outputs


def _drawn(strategy: SearchStrategy[Any], count: int) -> list[Any]:
    """Draw values with hypothesis; its own loop cannot wait for a worker."""
    from hypothesis import given

    values: list[Any] = []

    @settings(max_examples=count, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    return values


async def test_a_request_for_what_is_not_there(model: WorkerModel) -> None:
    for request in (
        Request(inputs={}, command="take_0"),
        Request(inputs={"value": 1, "other": 2}, command="take_0"),
        Request(inputs={"../value": 1}, command="take_0"),
        Request(command="pid", seed=-1),
        Request(command="pid", seed=2**32),
    ):
        with pytest.raises(InputError):
            [event async for event in model.run(request)]
