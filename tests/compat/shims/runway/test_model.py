"""`RunwayModel`: how models declare themselves, and what `runway.run()` reads, prints and does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from runway.data_types import array, number, text
from runway.exceptions import UnknownCommandError
from runway.model import RunwayModel


@pytest.fixture
def rw(monkeypatch: pytest.MonkeyPatch) -> RunwayModel:
    monkeypatch.setenv("RW_NO_SERVE", "1")
    return RunwayModel()


def test_a_setup_may_take_nothing(rw: RunwayModel) -> None:
    @rw.setup
    def setup() -> str:
        return "made"

    rw.run()
    assert rw.model == setup() == "made"


@pytest.mark.parametrize("options", [None, {}])
def test_a_setup_without_options_may_take_them_all_the_same(rw: RunwayModel, options: Any) -> None:
    @rw.setup(options=options)
    def setup(given: dict[str, Any]) -> Any:
        return given

    rw.run()
    assert rw.model == {}


def test_a_model_needs_no_setup(rw: RunwayModel) -> None:
    rw.run()
    assert rw.running_status == "RUNNING"


def test_options_are_given_to_run_or_by_the_environment(rw: RunwayModel, monkeypatch: pytest.MonkeyPatch) -> None:
    @rw.setup(options={"words": array(item_type=text), "count": number(default=3)})
    def setup(given: dict[str, Any]) -> Any:
        return given

    rw.run(model_options={"words": ["a"]})
    assert rw.model == {"words": ["a"], "count": 3}
    monkeypatch.setenv("RW_MODEL_OPTIONS", '{"words": ["b"], "count": 4}')
    rw.run(model_options={"words": ["a"]})
    assert rw.model == {"words": ["b"], "count": 4}


@pytest.mark.parametrize("is_missing", [True, False])
def test_a_setup_that_fails_ends_the_program(
    rw: RunwayModel, is_missing: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    @rw.setup(options={"words": array(item_type=text)})
    def setup(given: dict[str, Any]) -> Any:
        raise ValueError("broken")

    with pytest.raises(SystemExit) as ended:
        rw.run(model_options={} if is_missing else {"words": []})
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert ("Missing option: words." if is_missing else "Error during setup: ValueError('broken').") in said
    assert said.startswith("\033[91m")


def test_it_says_what_it_does(rw: RunwayModel, capsys: pytest.CaptureFixture[str]) -> None:
    rw.run()
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Initializing model..."
    assert said[1].startswith("Model initialized \033[92m(0.0")
    assert said[2] == 'Not starting model server because "no_serve" directive is present.'


def test_its_declaration_can_be_printed_without_its_setup(
    rw: RunwayModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @rw.setup(options={"words": array(item_type=text)})
    def setup(given: dict[str, Any]) -> Any:
        raise AssertionError("not asked for")

    @rw.command("count", inputs={"text": text}, outputs={"count": number}, description="Count.")
    def count(model: Any, inputs: dict[str, Any]) -> Any:
        raise AssertionError("not asked for")

    monkeypatch.setenv("RW_META", "1")
    rw.run()
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.count("\n") == 1
    said = json.loads(captured.out)
    assert [option["name"] for option in said["options"]] == ["words"]
    assert said["commands"][0]["inputs"][0]["name"] == "text"


@pytest.mark.parametrize(("inputs", "outputs"), [({}, {"a": text}), ({"a": text}, {}), (None, None)])
def test_a_command_needs_inputs_and_outputs(rw: RunwayModel, inputs: Any, outputs: Any) -> None:
    with pytest.raises(Exception, match="at least one input and output"):
        rw.command("count", inputs=inputs, outputs=outputs)


def test_the_function_stays_what_it_was(rw: RunwayModel) -> None:
    @rw.command("double", inputs={"n": number}, outputs={"n": number})
    def double(model: Any, inputs: dict[str, Any]) -> Any:
        return inputs["n"] * 2

    assert double(None, {"n": 3}) == 6
    assert rw.answer("double", {"n": 4}, {}) == {"n": 8}


def test_what_a_generator_returns_is_its_last_output(rw: RunwayModel) -> None:
    @rw.command("grow", inputs={"n": number}, outputs={"n": number})
    def grow(model: Any, inputs: dict[str, Any]) -> Any:
        yield 1, 0.5
        return 2

    assert list(rw.infer("grow", {})) == [(1, 0.5), (2, None)]


def test_a_command_that_is_not_there_is_named(rw: RunwayModel) -> None:
    with pytest.raises(UnknownCommandError) as raised:
        rw.command_named("nothere")
    assert (raised.value.message, raised.value.code) == ("Unknown command: nothere.", 404)
