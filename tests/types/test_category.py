from __future__ import annotations

import enum
from typing import Any, Literal

import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types import catalogue
from gesso.types.category import CategoryType


class Medium(enum.StrEnum):
    OIL = "oil"
    INK = "ink"


class Size(enum.IntEnum):
    SMALL = 64


class Plain(enum.Enum):
    OIL = "oil"


MIXED = CategoryType(choices=["1.0", 64, 0.5, True, None])


@pytest.mark.parametrize(
    ("given", "choice"),
    [
        ("1.0", "1.0"),
        (64, 64),
        (64.0, 64),
        ("64", 64),
        (0.5, 0.5),
        ("0.5", 0.5),
        (True, True),
        ("true", True),
        (None, None),
    ],
)
def test_a_choice_is_known_by_its_text(given: Any, choice: Any) -> None:
    found = MIXED.coerce(given)
    assert (found, type(found)) == (choice, type(choice))
    if isinstance(given, str):
        assert MIXED.parse(given) == choice


def test_true_is_not_one() -> None:
    with pytest.raises(InputError):
        CategoryType(choices=[1, 2]).coerce(True)


def test_a_near_miss_gets_a_hint() -> None:
    with pytest.raises(InputError, match='one of "oil", "ink", but got the text "olil"') as caught:
        CategoryType(choices=["oil", "ink"]).coerce("olil")
    assert caught.value.hint == 'Did you mean "oil"?'


def test_many_choices_are_not_all_shown() -> None:
    assert CategoryType(choices=list(range(15))).expected.endswith('"11" and 3 more')


def test_an_enum_gives_its_values_which_equal_its_members() -> None:
    declared = catalogue.from_annotation(Medium).type
    assert declared.constraints == {"choices": ["oil", "ink"]}
    assert declared.coerce(Medium.OIL) == Medium.OIL
    assert type(declared.coerce(Medium.OIL)) is str
    assert catalogue.from_annotation(Size).type.constraints == {"choices": [64]}


def test_an_enum_whose_members_are_not_their_values_is_refused() -> None:
    with pytest.raises(DeclarationError, match="StrEnum"):
        catalogue.from_annotation(Plain)


def test_a_literal_gives_its_choices() -> None:
    assert catalogue.from_annotation(Literal["oil", 2, None]).type.constraints == {"choices": ["oil", 2, None]}


@pytest.mark.parametrize("choices", [[], ["a", "a"], ["1", 1], [[1]], [{}], "abc", 5])
def test_a_contradiction_is_told(choices: Any) -> None:
    with pytest.raises(DeclarationError):
        CategoryType.declare({"choices": choices})


def test_a_file_holds_the_choice_as_json_or_as_text() -> None:
    for data in (b'"oil"\n', b"oil\n", b" oil"):
        assert CategoryType(choices=["oil"]).decode(data) == "oil"
    assert CategoryType(choices=[64]).decode(b"64\n") == 64
