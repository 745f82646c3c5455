"""Messages come out of a stream of bytes as they went in, however it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.runtime.transport.frames import MAX_MESSAGE_BYTES, FrameReader, FrameTooLongError, frame


@given(messages=st.lists(st.binary(max_size=300)), portion=st.integers(min_value=1, max_value=700))
def test_any_cut_gives_the_same_messages(messages: list[bytes], portion: int) -> None:
    stream = b"".join(map(frame, messages))
    reader = FrameReader()
    portions = [stream[start : start + portion] for start in range(0, len(stream), portion)]
    assert [message for part in portions for message in reader.feed(part)] == messages


def test_a_message_that_cannot_be_is_refused() -> None:
    with pytest.raises(FrameTooLongError):
        list(FrameReader().feed(b"\xff\xff\xff\xff"))
    with pytest.raises(FrameTooLongError):
        frame(bytes(MAX_MESSAGE_BYTES + 1))
