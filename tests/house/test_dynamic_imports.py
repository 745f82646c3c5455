"""Imports by name at run time, which no contract sees, name nothing that a contract would forbid."""

from __future__ import annotations

import ast

from tests.house.source import SRC, python_files, shown, tree

DOORS = {SRC / "runtime" / "worker" / "device.py": "asks the torch that a model brought which GPU there is"}
IMPORTERS = {"import_module", "__import__"}


def test_no_import_by_name_goes_round_the_contracts() -> None:
    strangers = [
        f"{shown(path)}:{node.lineno}"
        for path in python_files(SRC)
        if path not in DOORS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in IMPORTERS
        and any(isinstance(argument, ast.Constant) for argument in node.args)
    ]
    assert not strangers, f"Write an import statement, which import-linter sees: {strangers}"
