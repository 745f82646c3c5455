from __future__ import annotations

import pytest

from benchmarks.peers.http import Reader, expected, once, post_file, post_json
from benchmarks.peers.peer import Address, Answer, UnexpectedAnswerError

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;name=value\r\nlo\r\n0\r\n\r\n"
EMPTY = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "body"), [(PLAIN, 200, b"hello"), (CHUNKED, 201, b"hello"), (EMPTY, 404, b"")]
)
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_an_answer_is_put_together_from_pieces(sent: bytes, status: int, body: bytes, piece: int) -> None:
    reader = Reader()
    pieces = [sent[at : at + piece] for at in range(0, len(sent), piece)]
    answers = [answer for answer in map(reader.feed, pieces) if answer]
    assert answers == [Answer(status, body)]
    assert reader.feed(PLAIN) == Answer(200, b"hello")  # and is ready for the next


def test_a_request_says_how_long_it_is_and_who_asks() -> None:
    head, _, body = post_json(Address(80, "secret"), "/run", value={"a": 1}).partition(b"\r\n\r\n")
    assert head.startswith(b"POST /run HTTP/1.1\r\nHost: 127.0.0.1:80\r\n")
    assert b"Authorization: Bearer secret" in head
    assert b"Content-Length: 8" in head
    assert body == b'{"a": 1}'


def test_a_form_has_the_file_in_it() -> None:
    head, _, body = post_file(Address(80), "/run", field="image", content=b"jpeg").partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert b'name="image"' in body
    assert b"\r\n\r\njpeg\r\n--" in body


def test_an_answer_that_is_no_success_is_told_with_its_words() -> None:
    exchange = once(b"GET")()
    assert next(exchange) == b"GET"
    with pytest.raises(UnexpectedAnswerError, match="409: one at a time"):
        exchange.send(Answer(409, b"one at a time"))
    assert expected(Answer(204, b"")).status == 204
