from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.errors import InputError
from gesso.training.encoding import decode_text

WORDS = "Grüße aus dem Café „Zur Eule“ – fünf Euro (5 €)."


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_a_text_is_read_whatever_it_was_saved_with(encoding: str, named: str) -> None:
    decoded = decode_text(WORDS.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.repairs) == (WORDS, named, ())


def test_latin_1_and_big_endian_are_read_too() -> None:
    assert decode_text("Grüße".encode("latin-1")).encoding == "Latin-1"
    assert decode_text(b"\xfe\xff" + WORDS.encode("utf-16-be")).text == WORDS


def test_what_was_saved_twice_over_is_mended() -> None:
    broken = "Grüße aus dem Café, schön – wie immer".encode().decode("cp1252", "replace")
    decoded = decode_text(broken.encode())
    assert decoded.text.startswith("Grüße aus dem Café, schön")
    assert "saved twice" in decoded.repairs[0]


@pytest.mark.parametrize("text", ["Irmã e NÃO, só: Â£ ist selten", "âge, forêt, À bientôt", "ÃO"])
def test_what_only_looks_like_that_stays(text: str) -> None:
    assert decode_text(text.encode()).text == text


def test_a_few_wrong_signs_among_many_right_ones_are_mended() -> None:
    data = ("äöü" * 20).encode() + b"caf\xe9 \x93so\x94"
    decoded = decode_text(data)
    assert decoded.text.endswith("café “so”")
    assert decoded.repairs == ("3 signs were not UTF-8 and were read as Windows-1252",)


def test_line_ends_and_stray_controls_become_plain() -> None:
    text = decode_text("a\r\nb\rc\u2028d\x0ce\x1a\nf\ufeffg".encode()).text
    assert text == "a\nb\nc\nd\ne\nfg"


@pytest.mark.parametrize(
    ("data", "given_words"),
    [
        (b"", "an empty file"),
        (b" \n\t \n", "nothing but spaces"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "a PNG picture"),
        (b"%PDF-1.7\n" + bytes(range(256)), "a PDF"),
        (b"words and\0more words", "an unknown kind of file"),
        (b"more signs than that stand here before it: " * 2 + b"\0and", "signs in it that no text has"),
        (bytes(range(1, 32)) * 40, "an unknown kind of file"),
        (b"\xff\xfea", "says it is UTF-16"),
    ],
)
def test_what_is_no_text_is_refused_in_words(data: bytes, given_words: str) -> None:
    with pytest.raises(InputError, match=given_words):
        decode_text(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_that_can_be_written_or_refused(data: bytes) -> None:
    try:
        decoded = decode_text(data)
    except InputError:
        return
    assert decoded.text.encode() is not None
    assert "\r" not in decoded.text
    assert "\0" not in decoded.text


@given(st.text(min_size=1, max_size=200))
def test_a_text_in_utf_8_loses_no_words(text: str) -> None:
    try:
        decoded = decode_text(text.encode("utf-8", "ignore"))
    except InputError:
        return
    letters = [sign for sign in text if sign.isascii() and sign.isalnum()]
    assert [sign for sign in decoded.text if sign.isascii() and sign.isalnum()] == letters
