"""The worker's line to its host stays whole, whatever a cancel breaks into."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import msgspec
import pytest

from gesso.errors import CanceledError
from gesso.messages.to_host import Logged, ToHost
from gesso.runtime.transport import memory
from gesso.runtime.transport.frames import FrameReader
from gesso.runtime.worker.channel import Channel
from gesso.runtime.worker.interrupt import Interrupt


@pytest.fixture
def descriptors() -> Iterator[dict[str, int]]:
    """A line whose two ends are here, and two memories."""
    read, write = os.pipe()
    found = {"read": read, "write": write, "from_host": memory.create()[0], "to_host": memory.create()[0]}
    yield found
    for descriptor in found.values():
        os.close(descriptor)


@pytest.fixture
def interrupt() -> Iterator[Interrupt]:
    before = signal.getsignal(signal.SIGUSR1)
    yield Interrupt()
    signal.signal(signal.SIGUSR1, before)


def test_a_cancel_in_the_middle_of_a_message_leaves_it_whole(descriptors: dict[str, int], interrupt: Interrupt) -> None:
    channel, canceled = Channel(**descriptors), threading.Event()
    long, short = Logged(1, "a" * 1_000_000, "info"), Logged(1, "b", "info")
    heard: list[ToHost] = []

    def cancel_and_listen() -> None:
        canceled.set()
        interrupt.fire()
        frames, decoder = FrameReader(), msgspec.msgpack.Decoder(ToHost)
        while len(heard) < 2:
            heard.extend(map(decoder.decode, frames.feed(os.read(descriptors["read"], 1 << 16))))

    listening = threading.Timer(0.1, cancel_and_listen)  # by then, the pipe is full and the first message waits
    listening.start()
    with pytest.raises(CanceledError), interrupt.breakable(canceled.is_set):
        channel.send(long)
    channel.send(short)
    listening.join()
    assert heard == [long, short]
