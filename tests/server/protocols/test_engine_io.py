"""Engine.IO's payloads: lengths are counted as JavaScript counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.server.protocols.engine_io import Line, decode_payload, encode_payload

PACKETS = ["40", '42["query",{"prompt":"a fox"}]', "", "2probe", "\N{FOX FACE}\N{FOX FACE}", "\u3a00\u0001:3", "1:2"]


def test_what_goes_out_is_what_the_client_counts() -> None:
    assert encode_payload(["40", "4\N{FOX FACE}"]) == "2:403:4\N{FOX FACE}"  # a fox counts as two in JavaScript


@given(packets=st.lists(st.one_of(st.sampled_from(PACKETS), st.text(st.characters(exclude_categories=["Cs"])))))
def test_what_goes_out_comes_in_the_same(packets: list[str]) -> None:
    assert decode_payload(encode_payload(packets)) == packets


@pytest.mark.parametrize(
    "text", ["2:4", "x", "40", ":40", "-1:4", "99999999999:4", "1:41:", "\u0661:4", "2:404", "1" * 99]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Engine\.IO|utf-16"):
        decode_payload(text)


def test_there_is_an_end_to_packets() -> None:
    with pytest.raises(ValueError, match="Engine"):
        decode_payload("0:" * 1001)


async def test_who_does_not_come_for_what_waits_is_let_go() -> None:
    line = Line()
    for number in range(1000):
        line.send(str(number))
    assert not line.is_open
    told = await line.take(1)
    assert (told[0], told[-1], len(told)) == ("40", "1", 257)
    assert await line.take(0.01) == []


@given(text=st.text())
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    try:
        packets = decode_payload(text)
    except ValueError:
        return
    assert sum(map(len, packets)) <= len(text)
