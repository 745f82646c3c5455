from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import QueryParams

from gesso.errors import InputError
from gesso.server.direct.asked import Asked, place_raw, read_asked
from gesso.server.direct.given import Medium, Typed
from gesso.server.errors import Refusal
from gesso.spec.model import Command, Port


def asked(body: bytes = b"", kind: str = "", *, query: str = "") -> Asked:
    return read_asked(body, kind, query=QueryParams(query))


def port(name: str, data_type: str, *, is_required: bool = True) -> Port:
    return Port(name=name, type=data_type, is_required=is_required)


def placed(given: Asked, *ports: Port) -> dict[str, Any]:
    return place_raw(given, Command(name="run", inputs=ports))


def test_an_address_says_inputs_and_more() -> None:
    got = asked(query="words=fox&words=hare&command=draw&seed=7&device=cpu&output=o&quality=80&options=%7B%22a%22:1%7D")
    assert got.inputs == {"words": [Typed("fox"), Typed("hare")]}
    assert (got.command, got.seed, got.device, got.output, got.quality) == ("draw", 7, "cpu", "o", 80)
    assert got.options == {"a": 1}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"image": "data:,"}, 'expected {"inputs": {"image": ...}}, but got {"image": ...}'),
        ({"words": "fox", "seed": 1}, 'expected {"inputs": {"words": ...}}'),
        ({"input": {"image": "data:,"}}, 'expected {"inputs": {...}}, but got {"input": {...}}'),
    ],
)
def test_inputs_that_lie_bare_are_told_where_they_go(body: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as refused:
        asked(json.dumps(body).encode(), "application/json")
    assert words in refused.value.message
    assert refused.value.hint


def test_an_address_is_laid_over_json() -> None:
    body = json.dumps({"inputs": {"words": "fox", "seed": 3}, "seed": 1, "command": "a"}).encode()
    got = asked(body, "application/json; charset=utf-8", query="seed=2&count=4")
    assert got.inputs == {"words": "fox", "seed": 3, "count": Typed("4")}
    assert (got.seed, got.command) == (2, "a")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"inputs": 5}', b'{"inputs": {}, "x": 1}', b'{"seed": "7"}', b'{"inputs":{"a":NaN}}']
)
def test_json_is_checked(body: bytes) -> None:
    with pytest.raises(RequestValidationError):
        asked(body, "application/json")


@pytest.mark.parametrize(
    "query", ["seed=x", "seed=-1", "seed=99999999999999999999", "quality=0", "quality=101", "options=[1]", "options={"]
)
def test_an_address_is_checked(query: str) -> None:
    with pytest.raises((InputError, RequestValidationError)):
        asked(query=query)


def test_a_seed_beyond_all_seeds_is_refused_as_in_json() -> None:
    with pytest.raises(RequestValidationError) as refused:
        asked(query="seed=4294967296")
    assert refused.value.errors()[0]["loc"] == ("query", "seed")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "model/gltf-binary", "nonsense"])
def test_other_bodies_are_refused(kind: str) -> None:
    with pytest.raises(Refusal) as refused:
        asked(b"x", kind)
    assert refused.value.status_code == 415


def test_a_body_by_itself_is_the_one_input_that_it_can_be() -> None:
    body = asked(b"x", "image/jpeg")
    assert placed(body, port("words", "text"), port("photo", "image")) == {"photo": Medium(b"x")}
    assert placed(body, port("photo", "image"), port("layer", "image", is_required=False)) == {"photo": Medium(b"x")}
    assert placed(body, port("layer", "mask", is_required=False)) == {"layer": Medium(b"x")}
    assert placed(body, port("anything", "file")) == {"anything": Medium(b"x")}
    assert placed(asked(b"x", "text/plain"), port("words", "text"), port("photo", "image")) == {"words": Medium(b"x")}


def test_an_input_that_was_given_otherwise_is_not_meant() -> None:
    body = asked(b"x", "text/plain", query="title=fox")
    given = placed(body, port("title", "text"), port("words", "text"))
    assert given == {"title": Typed("fox"), "words": Medium(b"x")}


def test_a_body_that_could_be_two_or_none_is_refused() -> None:
    body = asked(b"x", "image/jpeg")
    with pytest.raises(InputError, match="one, two"):
        placed(body, port("one", "image"), port("two", "image"))
    with pytest.raises(InputError, match="words"):
        placed(body, port("words", "text"))
