"""Words beside every public constant and type alias; ruff sees to modules, classes and functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import takewhile, zip_longest
from pathlib import Path
from typing import TypeGuard

from tests.house.source import SHIMS, SRC, python_files, shown, tree


def public_values(path: Path) -> Iterator[tuple[str, ast.stmt, ast.stmt | None]]:
    """Yield each public value of a module: its name, its statement and the statement after it."""
    body = tree(path).body
    for statement, following in zip_longest(body, body[1:]):
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
        for target in targets:
            if isinstance(target, ast.Name) and not target.id.startswith("_") and len(target.id) > 1:
                yield target.id, statement, following


def is_text(node: ast.AST | None) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_described(statement: ast.stmt, following: ast.stmt | None, lines: list[str]) -> bool:
    """Say whether a docstring stands below, a comment beside, or a comment above it or its group of lines."""
    if isinstance(following, ast.Expr) and is_text(following.value):
        return True
    if is_text(value := getattr(statement, "value", None)) and " " in ast.unparse(value):
        return True  # a text says itself what it is
    own = lines[statement.lineno - 1 : statement.end_lineno]
    group = list(takewhile(str.strip, reversed(lines[: statement.lineno - 1])))
    return any(" # " in line for line in own) or any(line.startswith("#") for line in group)


def test_every_public_value_says_what_it_is() -> None:
    bare = []
    for path in python_files(SRC):
        if path.is_relative_to(SHIMS):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for name, statement, following in public_values(path):
            if not is_described(statement, following, lines):
                bare.append(f"{shown(path)}:{statement.lineno} {name}")
    assert not bare, f"Say in a docstring below, or a comment, what these are (or begin the name with _): {bare}"
