from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types.number import NumberType

WHOLE = NumberType(is_integer=True)


@pytest.mark.parametrize(
    "given", [6, 6.0, "6", " 6 ", "+6", "6.0", "6e0", "٦", np.int64(6), np.float32(6), Fraction(6)]
)
def test_numbers_come_in_many_forms(given: Any) -> None:
    whole, fraction = WHOLE.coerce(given), NumberType().coerce(given)
    assert (whole, type(whole)) == (6, int)
    assert (fraction, type(fraction)) == (6.0, float)


@pytest.mark.parametrize("given", [True, np.True_, "1_000", "0x10", "nan", "inf", "1e999", "", 10**400, [6], None, 6j])
def test_what_only_looks_like_a_number_is_refused(given: Any) -> None:
    for kind in (WHOLE, NumberType()):
        with pytest.raises(InputError):
            kind.coerce(given)


def test_whole_numbers_are_exact_up_to_63_bits() -> None:
    assert WHOLE.coerce(2**63 - 1) == 2**63 - 1
    assert WHOLE.coerce(str(2**63 - 1)) == 2**63 - 1
    with pytest.raises(InputError):
        WHOLE.coerce(2**63)


def test_steps_count_from_the_smallest_and_forgive_rounding() -> None:
    tenths = NumberType(ge=0.1, le=1, step=0.1)
    assert tenths.coerce(0.1 + 0.2) == 0.1 + 0.2
    with pytest.raises(InputError, match=r"Try 0\.3\."):
        tenths.coerce(0.28)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, "a number"),
        ({"ge": 2, "le": 32, "is_integer": True}, "a whole number from 2 to 32"),
        ({"ge": 0.5}, "a number of at least 0.5"),
        ({"le": 1_000_000, "step": 0.5}, "a number of at most 1000000 in steps of 0.5"),
    ],
)
def test_it_says_what_it_expects(words: dict[str, Any], expected: str) -> None:
    assert NumberType(**words).expected == expected


def test_a_decimal_comma_gets_a_hint() -> None:
    with pytest.raises(InputError, match=r"Write 0\.5, with a point"):
        NumberType().coerce("0,5")


@pytest.mark.parametrize(
    "words",
    [
        {"le": -3},
        {"ge": 0.5, "is_integer": True},
        {"le": -0.5, "step": 2},
        {"ge": -3, "step": 2},
        {"ge": -3, "le": -2.5},
    ],
)
def test_there_is_a_sample_whatever_the_limits(words: dict[str, Any]) -> None:
    kind = NumberType(**words)
    assert kind.coerce(kind.sample()) == kind.sample()


@pytest.mark.parametrize("words", [{"ge": 2, "le": 1}, {"step": 0}, {"ge": 0.2, "le": 0.8, "is_integer": True}])
def test_a_contradiction_is_told(words: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        NumberType(**words)
