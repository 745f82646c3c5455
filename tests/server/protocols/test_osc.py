"""Packets of OSC, ours and those of python-osc."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from gesso.server.protocols.osc import LARGEST_BYTES, Message, decode, encode

ARGUMENTS = [
    *("fox", "", "fuchs \N{FOX FACE}", "abc", "abcd", 7, -7, 2**31 - 1, 0.5, True, False, None, b"abcde"),
    "x" * 60_000,
]


def build(address: str, *arguments: object) -> OscMessageBuilder:
    builder = OscMessageBuilder(address=address)
    for argument in arguments:
        builder.add_arg(argument)  # type: ignore[arg-type]  # of several types, each of which it takes
    return builder


@pytest.mark.parametrize("argument", ARGUMENTS, ids=lambda argument: repr(argument)[:20])
def test_what_python_osc_says_is_read(argument: object) -> None:
    packet = build("/query", argument, "end").build().dgram
    assert decode(packet) == [Message("/query", (argument, "end"))]  # type: ignore[arg-type]  # as above


def test_a_bundle_is_read_one_message_after_the_other() -> None:
    inner = OscBundleBuilder(IMMEDIATELY)
    inner.add_content(build("/b", 2).build())
    outer = OscBundleBuilder(IMMEDIATELY)
    outer.add_content(build("/a", 1).build())
    outer.add_content(inner.build())
    outer.add_content(build("/c").build())
    assert decode(outer.build().dgram) == [Message("/a", (1,)), Message("/b", (2,)), Message("/c")]


@pytest.mark.parametrize("text", ["fox", "", "abc", "abcd", "\N{FOX FACE}", "x" * 60_000])
def test_python_osc_reads_what_is_said(text: str) -> None:
    packet = encode("/data", text)
    read = OscMessage(packet)
    assert (read.address, read.params) == ("/data", [text])
    assert len(packet) % 4 == 0
    assert decode(packet) == [Message("/data", (text,))]


def test_what_osc_cannot_say_is_left_out() -> None:
    assert decode(encode("/data", "a\0b\ud800")) == [Message("/data", ("ab?",))]


GOOD = build("/query", "fox", 7, b"abc").build().dgram
BROKEN = [
    *(b"", b"query\0\0\0,s\0\0", b"/query", b"/query\0\0s\0\0\0", b"/query\0\0,x\0\0", b"/query\0\0,i\0\0\0"),
    *(b"/query\0\0,s\0\0fox", b"/query\0\0,s\0\0\xff\0\0\0", b"/query\0\0,b\0\0\xff\xff\xff\xff"),
    *(b"#bundle\0" + b"\0" * 8 + b"\0\0\0\0", b"#bundle\0" + b"\0" * 8 + b"\xff\xff\xff\xff/a\0\0"),
    *(b"#bundle\0" + b"\0" * 8 + b"\0", b"GET / HTTP/1.1\r\n\r\n", GOOD[:-5]),
]


@pytest.mark.parametrize("packet", BROKEN)
def test_what_is_broken_is_refused(packet: bytes) -> None:
    with pytest.raises(ValueError, match="OSC"):
        decode(packet)


def test_bundles_in_bundles_have_an_end() -> None:
    packet = build("/a").build().dgram
    for _ in range(9):
        packet = b"#bundle\0" + b"\0" * 8 + len(packet).to_bytes(4, "big") + packet
    with pytest.raises(ValueError, match="too much"):
        decode(packet)
    many = b"".join(len(one).to_bytes(4, "big") + one for one in [build("/a").build().dgram] * 1000)
    with pytest.raises(ValueError, match="too much"):
        decode(b"#bundle\0" + b"\0" * 8 + many)


@given(packet=st.one_of(st.binary(max_size=200), st.binary(max_size=100).map(lambda more: b"#bundle\0" + more)))
def test_whatever_comes_is_read_or_refused(packet: bytes) -> None:
    with contextlib.suppress(ValueError):
        decode(packet)


def test_the_largest_packet_is_that_of_udp() -> None:
    assert LARGEST_BYTES == 2**16 - 1 - 20 - 8
