"""Environment variables are read in one place."""

from __future__ import annotations

import ast

from tests.house.source import SHIMS, SRC, python_files, shown, tree

DOORS = {
    SRC / "settings.py": "the only reader of configuration",
    SRC / "connecting.py": "a script with the plain install has no settings, but the same switch",
    SRC / "runtime" / "host" / "launch.py": "makes the environment of a worker from its own",
    SRC / "registry" / "git" / "program.py": "makes the environment of git from its own",
    SRC / "runtime" / "host" / "environment.py": "makes the environment of an installer from its own",
}
WORDS = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def uses(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "os" and node.attr in WORDS
    return isinstance(node, ast.ImportFrom) and node.module == "os" and any(name.name in WORDS for name in node.names)


def test_environment_variables_are_read_in_settings_alone() -> None:
    strangers = [
        f"{shown(path)}:{getattr(node, 'lineno', 0)}"
        for path in python_files(SRC)
        if path not in DOORS and not path.is_relative_to(SHIMS)  # Runway's own models read RW_*
        for node in ast.walk(tree(path))
        if uses(node)
    ]
    assert not strangers, f"Let settings.py read it and hand the value on: {strangers}"
