"""The public face: `from gesso import ...` and what stands behind it."""

from __future__ import annotations

import inspect

import gesso


def test_every_name_of_the_face_is_there() -> None:
    missing = [name for name in gesso.__all__ if not hasattr(gesso, name)]
    assert not missing


def test_the_face_is_in_order_and_names_nothing_twice() -> None:
    assert list(gesso.__all__) == sorted(set(gesso.__all__))


def test_dir_shows_the_whole_face() -> None:
    assert set(gesso.__all__) <= set(dir(gesso))


def test_every_name_of_the_face_has_a_docstring() -> None:
    values = {name: getattr(gesso, name) for name in gesso.__all__}
    bare = [name for name, value in values.items() if inspect.isroutine(value) or inspect.isclass(value)]
    assert not [name for name in bare if not inspect.getdoc(values[name])]


def test_what_is_not_there_is_said_as_python_says_it() -> None:
    assert not hasattr(gesso, "no_such_name")
