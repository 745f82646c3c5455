"""Which packages a model imports, and which of them nobody has declared. A best guess: only running it tells."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from gesso.doctor.code import Code, place
from gesso.doctor.finding import Finding
from gesso.registry.packages import read_requirement
from gesso.sdk.distributions import package_of
from gesso.spec.model import Requirements

_IMPORTS: Final = "Imports"

_ALWAYS_THERE: Final = frozenset({"gesso", "numpy", "pillow", "msgspec"})
_SAME_MODULE: Final = {  # packages that bring the same module
    "opencv-python-headless": {"opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless"},
    "onnxruntime": {"onnxruntime-gpu", "onnxruntime-silicon"},
    "tensorflow": {"tensorflow-cpu", "tensorflow-macos"},
}


def undeclared_imports(code: Code, requirements: Requirements) -> list[Finding]:
    """Return a remark for each package that the file imports and its declaration does not name."""
    lines = (*requirements.dependencies, *requirements.without_dependencies)
    declared = {str(canonicalize_name(read_requirement(line).name)) for line in lines} | _ALWAYS_THERE
    found = []
    for module, node in _first_imports(code.tree):
        package = package_of(module)
        if _is_there(module, code.path.parent) or _names(package) & declared:
            continue
        found.append(
            Finding(
                title=_IMPORTS,
                kind="remark",
                message=f"It imports {module}, but no dependency is called {package}.",
                where=place(code.path, node),
                hint=f'Add it, unless another package brings it: dependencies = ["{package}"]',
            )
        )
    return found or [Finding(title=_IMPORTS)]


def _names(package: str) -> set[str]:
    return {str(canonicalize_name(package)), *_SAME_MODULE.get(package, ())}


def _is_there(module: str, folder: Path) -> bool:
    """Say whether Python brings the module, or a file beside the model is it."""
    is_beside = (folder / f"{module}.py").exists() or (folder / module).is_dir()
    return module in sys.stdlib_module_names or is_beside


def _first_imports(tree: ast.Module | None) -> Iterator[tuple[str, ast.AST]]:
    """Yield the top name of each module that is imported, once, with the place; what is tried only is left out."""
    seen: set[str] = set()
    for node in _outside_of_try(tree):
        for name in _modules(node):
            if name not in seen:
                seen.add(name)
                yield name, node


def _modules(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    is_absolute = isinstance(node, ast.ImportFrom) and node.level == 0 and node.module
    return [node.module.partition(".")[0]] if isinstance(node, ast.ImportFrom) and is_absolute and node.module else []


def _outside_of_try(node: ast.AST | None) -> Iterator[ast.AST]:
    if node is None or isinstance(node, ast.Try) or _is_for_types_only(node):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _outside_of_try(child)


def _is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
