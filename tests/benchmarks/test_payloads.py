from __future__ import annotations

import io

import PIL.Image
import pytest

from benchmarks.peers.peer import Workload
from benchmarks.peers.served.model import picture
from benchmarks.race.payloads import differs, film, is_right, number_in, payload


@pytest.mark.parametrize("number", [0, 1, 2, 299])
def test_a_frame_knows_its_number_after_it_was_coded_again(number: int) -> None:
    assert number_in(picture(film(300)[number])) == number


@pytest.fixture(scope="module")
def photo() -> bytes:
    return payload(Workload.PICTURE, 0)


def test_the_same_work_is_recognised(photo: bytes) -> None:
    assert not differs(photo, picture(photo))
    assert is_right(Workload.PICTURE, sent=photo, got=picture(photo))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quality": 75}, "another quality"),
        ({"quality": 90, "subsampling": 0}, "other chroma"),
    ],
)
def test_other_work_is_told(photo: bytes, change: dict[str, int], words: str) -> None:
    file = io.BytesIO()
    PIL.Image.open(io.BytesIO(photo)).save(file, "JPEG", **change)
    assert words in differs(photo, file.getvalue())


def test_another_picture_is_told(photo: bytes) -> None:
    file = io.BytesIO()
    PIL.Image.new("RGB", (512, 512)).save(file, "JPEG", quality=90)
    assert "away from the original" in differs(photo, file.getvalue())


def test_the_words_of_another_client_are_wrong() -> None:
    sent = payload(Workload.DATA, 1)
    assert is_right(Workload.DATA, sent=sent, got=b'{"text": "%s"}' % sent[::-1])
    assert not is_right(Workload.DATA, sent=sent, got=payload(Workload.DATA, 2)[::-1])
    assert not is_right(Workload.DATA, sent=sent, got=sent)
