"""YAML is read as texts, lists and tables, and nothing in it runs."""

from __future__ import annotations

import pytest

from gesso.errors import DeclarationError
from gesso.registry.yaml_file import read_yaml


def test_every_scalar_is_the_text_that_stands_there() -> None:
    assert read_yaml("python: 3.10\ngpu: yes\nnone: ~\nlist: [1, 0x1f, on]", "a.yml") == {
        "python": "3.10",
        "gpu": "yes",
        "none": "~",
        "list": ["1", "0x1f", "on"],
    }


@pytest.mark.parametrize("text", ["", "# nothing"])
def test_an_empty_file_says_nothing(text: str) -> None:
    assert not read_yaml(text, "a.yml")


def test_no_object_is_made() -> None:
    assert read_yaml("a: !!python/object/apply:os.system ['true']", "a.yml") == {"a": ["true"]}


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\ta: 1", "a: *nobody", "[" * 100_000, "a: \x00"])
def test_what_is_broken_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(DeclarationError, match=r"^runway\.yml.* cannot be read: .+"):
        read_yaml(text, "runway.yml")
