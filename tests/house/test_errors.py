"""The tree of errors in the docstring of errors.py is the tree that is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from gesso import errors
from tests.house.source import SRC, python_files, shown, tree


def ours(cls: type[errors.GessoError]) -> list[type[errors.GessoError]]:
    return [child for child in cls.__subclasses__() if child.__module__ == errors.__name__]


def real(cls: type[errors.GessoError], depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, cls.__name__
    for child in ours(cls):
        yield from real(child, depth + 1)


def drawn() -> Iterator[tuple[int, str]]:
    """Yield the depth and name on each line of the drawing; a level is four characters wide."""
    lines = re.findall(r"^ {4}([│├└─ ]*)([A-Z]\w+) {2,}\S", errors.__doc__ or "", flags=re.MULTILINE)
    for branch, name in lines:
        yield len(branch) // 4, name


def test_the_drawn_tree_is_the_real_one() -> None:
    assert list(drawn()) == list(real(errors.GessoError))


def test_every_error_is_public() -> None:
    assert {name for _, name in real(errors.GessoError)} == set(errors.__all__) - {"from_data"}


def test_no_two_errors_have_one_code() -> None:
    codes = Counter(getattr(errors, name).code for _, name in real(errors.GessoError))
    assert [code for code, count in codes.items() if count > 1] == []


def test_every_error_of_gesso_stands_in_the_tree() -> None:
    names = {name for _, name in real(errors.GessoError)}
    strays = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in python_files(SRC)
        if path != SRC / "errors.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and {ast.unparse(base).rpartition(".")[2] for base in node.bases} & names
    ]
    assert not strays, f"An error that a person is told about belongs into errors.py: {strays}"
