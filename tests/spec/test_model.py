"""A spec is data: it goes through JSON and comes back the same, and says of a request what is wrong with it."""

from __future__ import annotations

import json

import pytest

from gesso.errors import DeclarationError, InputError, NotFoundError
from gesso.spec.model import SCHEMA_VERSION, Card, Command, ModelSpec, Port, Requirements, Weights

SPEC = ModelSpec(
    name="blur",
    title="Blur",
    commands=(
        Command(
            name="run",
            inputs=(
                Port(name="amount", type="number", constraints={"ge": 0, "le": 1}),
                Port(name="word", type="text", is_required=False, default="a"),
            ),
            outputs=(Port(name="output", type="number"),),
        ),
        Command(name="draw", outputs=(Port(name="output", type="text"),)),
    ),
    requirements=Requirements(dependencies=("numpy",)),
    weights=(Weights(name="w", url="https://example.org/w", sha256="0" * 64),),
    card=Card(licence="MIT", authors=("A",), examples=({"amount": 0.5},)),
)


def test_json_there_and_back_is_the_same() -> None:
    again = ModelSpec.from_json(SPEC.to_json())
    assert again == SPEC
    assert again.digest == SPEC.digest
    assert again.to_json() == SPEC.to_json()


def test_the_digest_depends_on_the_content_alone() -> None:
    shuffled = dict(reversed(json.loads(SPEC.to_json()).items()))
    assert ModelSpec.from_json(json.dumps(shuffled)).digest == SPEC.digest
    changed = json.loads(SPEC.to_json()) | {"title": "Soften"}
    assert ModelSpec.from_json(json.dumps(changed)).digest != SPEC.digest


def test_a_newer_spec_is_refused() -> None:
    newer = json.dumps(json.loads(SPEC.to_json()) | {"schema_version": SCHEMA_VERSION + 1})
    with pytest.raises(DeclarationError, match="Update Gesso"):
        ModelSpec.from_json(newer)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"name": "x"}', '{"schema_version": "1", "name": "x"}', '{"schema_version": 1, "name": 3}'],
)
def test_what_is_no_spec_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError):
        ModelSpec.from_json(text)


def test_commands_are_found_by_name_and_the_first_is_the_default() -> None:
    assert SPEC.command().name == "run"
    assert SPEC.command("draw").name == "draw"
    with pytest.raises(NotFoundError, match="It has: run, draw"):
        SPEC.command("paint")


def test_inputs_are_checked_and_converted() -> None:
    assert SPEC.command().coerce({"amount": "0.5"}) == {"amount": 0.5}
    assert SPEC.command().coerce({"amount": 1, "word": None}) == {"amount": 1}


@pytest.mark.parametrize(
    ("given", "where", "expected"),
    [
        ({}, "amount", "a number from 0 to 1"),
        ({"amount": None}, "amount", "a number from 0 to 1"),
        ({"amount": 2}, "amount", "a number from 0 to 1"),
        ({"amount": 0.1, "wrod": "x"}, "wrod", "one of the inputs amount, word"),
    ],
)
def test_a_wrong_input_is_named(given: dict[str, object], where: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        SPEC.command().coerce(given)
    assert (caught.value.where, caught.value.expected) == (where, expected)
