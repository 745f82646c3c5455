"""Whatever is ignored or skipped says why, beside it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import ROOT, python_files, shown, tree

OURS = tuple(ROOT / name for name in ("src", "tests", "benchmarks", "examples"))
IGNORE = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:|ruff:|mypy:)(?P<rest>.*)")
CODES = re.compile(r"^\s*:?\s*(?:\[[\w, -]*\]|[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*|no cover|noqa:\s*[A-Z0-9, ]+)?")
SKIPS = {"skip", "skipif", "xfail", "importorskip"}


def comments(path: Path) -> Iterator[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return ((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)


def has_reason(comment: str) -> bool:
    """Say whether two words or more follow the ignore and its codes."""
    found = IGNORE.search(comment)
    if found is None:
        return True
    rest = CODES.sub("", found["rest"], count=1)
    return len(re.findall(r"\w{2,}", rest)) > 1


def test_every_ignore_has_a_reason() -> None:
    """The reason stands behind the ignore, or as a comment on the line above."""
    bare = []
    for path in python_files(*OURS):
        found = dict(comments(path))
        for line, comment in found.items():
            if not has_reason(comment) and line - 1 not in found:
                bare.append(f"{shown(path)}:{line} {comment}")
    assert not bare, f"Write the reason beside these: {bare}"


def gives_reason(node: ast.Call) -> bool:
    texts = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name == "skip":  # its reason may stand first
        texts += node.args[:1]
    return any(not (isinstance(text, ast.Constant) and not str(text.value).strip()) for text in texts)


def skips(path: Path) -> Iterator[ast.Attribute | ast.Call]:
    """Yield each use of skip, skipif, xfail and importorskip of pytest."""
    called = {id(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    for node in ast.walk(tree(path)):
        attribute = node.func if isinstance(node, ast.Call) else node
        if not isinstance(attribute, ast.Attribute) or attribute.attr not in SKIPS:
            continue
        if ast.unparse(attribute.value) in {"pytest", "pytest.mark"} and (
            node is not attribute or id(node) not in called
        ):
            assert isinstance(node, ast.Attribute | ast.Call)
            yield node


def test_every_skip_has_a_reason() -> None:
    bare = [
        f"{shown(path)}:{node.lineno}"
        for path in python_files(ROOT / "tests")
        for node in skips(path)
        if isinstance(node, ast.Attribute) or not gives_reason(node)
    ]
    assert not bare, f"Say why these are skipped: {bare}"
