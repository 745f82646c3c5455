"""Read a model's file without running it, and say what its author has forgotten."""

from __future__ import annotations

import ast
import builtins
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import gesso
from gesso.doctor.finding import Finding

Method: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
"""A function inside a class."""

_PYTHON: Final = "Python"
_MODEL: Final = "Model class"
_PORTS: Final = "Inputs and outputs"

_HINTS: Final = {  # for the commonest beginnings of Python's own words
    "expected ':'": "Lines that begin with class, def, if, for, with ... end with a colon.",
    "unexpected indent": "This line stands further to the right than the one above. Bring it back.",
    "expected an indented block": "What belongs to the line above stands four spaces further to the right.",
    "unindent does not match": "This line's beginning stands between two others. Line it up with one of them.",
    "inconsistent use of tabs": "Some lines begin with tabs, others with spaces. Use spaces in all of them.",
    "unterminated string": "A text begins here and its closing quote is missing.",
    "invalid syntax. Perhaps you forgot a comma": "Look for a comma that is missing.",
    "'(' was never closed": "Look for the bracket that closes it.",
}


@dataclass(frozen=True)
class Code:
    """A model's file as it was read: its class and its commands (None and empty where something is missing)."""

    path: Path
    tree: ast.Module | None = None
    model: ast.ClassDef | None = None
    commands: Sequence[Method] = ()
    findings: Sequence[Finding] = field(default_factory=tuple)

    def line_of(self, name: str) -> str:
        """Say where a method of the model begins ("model.py, line 12"), or just the file."""
        body = self.model.body if self.model else []
        found = (node for node in body if isinstance(node, Method) and node.name == name)
        return next((place(self.path, node) for node in found), self.path.name)


def read_script(path: Path) -> Code:
    """Read a file in which nothing is looked for: that of a model for another platform."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8-sig"), filename=path.name)
    except (SyntaxError, ValueError) as error:
        return Code(path, findings=[_unreadable(path, error)])
    return Code(path, tree, findings=[Finding(title=_PYTHON)])


def read_code(path: Path, class_name: str = "") -> Code:
    """Read the file with the model's class, the one called `class_name` if there are several."""
    script = read_script(path)
    if script.tree is None:
        return script
    tree, readable = script.tree, script.findings[0]
    models = _models(tree)
    named = [model for model in models if not class_name or model.name == class_name]
    if len(named) != 1:
        return Code(path, tree, findings=[readable, _no_model(path, tree, models=models, class_name=class_name)])
    model = named[0]
    commands = _commands(model)
    known = _known_names(tree)
    looks = (finding for command in commands for finding in _look_at(command, path, known=known))
    problems = list(dict.fromkeys(looks))  # a name that stands twice in a line is said once
    if not commands and not _inherits(model):
        problems = [_no_command(path, model)]
    findings = [readable, Finding(title=_MODEL), *(problems or [Finding(title=_PORTS)])]
    return Code(path, tree, model, commands, findings)


def place(path: Path, node: ast.AST) -> str:
    """Say where something stands: "model.py, line 12"."""
    return f"{path.name}, line {getattr(node, 'lineno', 1)}"


def _unreadable(path: Path, error: SyntaxError | ValueError) -> Finding:
    if not isinstance(error, SyntaxError):
        message = f"{path.name} is not plain text in UTF-8."
        return Finding(title=_PYTHON, kind="problem", message=message, hint="Save it as UTF-8.")
    hint = next((hint for words, hint in _HINTS.items() if error.msg.startswith(words)), "")
    return Finding(
        title=_PYTHON,
        kind="problem",
        message=f"Python does not understand this line: {error.msg}.",
        where=f"{path.name}, line {error.lineno}",
        hint=hint or "Look at this line and the one above for a bracket, a quote or a colon that is missing.",
        detail=(error.text or "").rstrip(),
    )


def _models(tree: ast.Module) -> list[ast.ClassDef]:
    """Return the classes that derive from Model, also over another class of the file."""
    found: list[ast.ClassDef] = []
    names = {"Model"}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and {_last(base) for base in node.bases} & names:
            found.append(node)
            names.add(node.name)
    return found


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _inherits(model: ast.ClassDef) -> bool:
    return any(_last(base) != "Model" for base in model.bases)


def _no_model(path: Path, tree: ast.Module, *, models: Sequence[ast.ClassDef], class_name: str) -> Finding:
    if models and not class_name:
        names = ", ".join(model.name for model in models)
        message = f"There are several models: {names}."
        hint = f'Say in gesso.toml which one is meant: class = "{models[-1].name}"'
        return Finding(title=_MODEL, kind="problem", message=message, where=place(path, models[-1]), hint=hint)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    if class_name:
        message, name = f"There is no class {class_name}(Model), which the declaration names.", class_name
    elif classes:
        message, name = f"{classes[-1].name} does not say that it is a model.", classes[-1].name
    else:
        message, name = "There is no class in it that is a model.", "MyModel"
    hint = f"Write `from gesso import Model` and `class {name}(Model):`."
    where = place(path, classes[-1]) if classes else path.name
    return Finding(title=_MODEL, kind="problem", message=message, where=where, hint=hint)


def _no_command(path: Path, model: ast.ClassDef) -> Finding:
    return Finding(
        title=_MODEL,
        kind="problem",
        message=f"{model.name} has nothing to run.",
        where=place(path, model),
        hint="Give it a method: `def run(self, photo: Image) -> Image:`, or mark methods with @command.",
    )


def _commands(model: ast.ClassDef) -> list[Method]:
    """Return `run` and what is marked with @command."""
    methods = [node for node in model.body if isinstance(node, Method)]
    return [
        method
        for method in methods
        if method.name == "run" or "command" in {_last(mark) for mark in method.decorator_list}
    ]


def _look_at(method: Method, path: Path, *, known: set[str]) -> Iterator[Finding]:
    """Yield what is wrong with one command's first line, and whether it returns anything."""
    yield from _look_at_inputs(method, path)
    for annotation in _annotations(method):
        for name in ast.walk(annotation):
            if isinstance(name, ast.Name) and name.id not in known:
                yield _unknown(name, path, known=known)
    if method.returns is None or (isinstance(method.returns, ast.Constant) and method.returns.value is None):
        message = f"{method.name} does not say what it returns."
        yield _problem(method, path, message=message, hint="Write the type before the colon: `-> Image:`.")
    elif not _returns(method):
        message = f"{method.name} says that it returns {ast.unparse(method.returns)}, but nothing in it returns."
        yield _problem(method, path, message=message, hint="End it with `return` and the result.")


def _look_at_inputs(method: Method, path: Path) -> Iterator[Finding]:
    arguments = method.args
    inputs = [*arguments.posonlyargs, *arguments.args]
    if not inputs or inputs[0].arg != "self":
        hint = f"Write `def {method.name}(self, ...` before the inputs."
        yield _problem(method, path, message=f"{method.name} does not begin with self.", hint=hint)
    for argument in (*inputs, *arguments.kwonlyargs):
        if argument.annotation is None and argument.arg != "self":
            message = f"The input {argument.arg!r} of {method.name} has no type."
            hint = f"Write `{argument.arg}: Image`, or float, int, str, bool, ..."
            yield _problem(argument, path, message=message, hint=hint)
    for star in (arguments.vararg, arguments.kwarg):
        if star is not None:
            yield _problem(star, path, message=f"*{star.arg} cannot be an input.", hint="Name each input by itself.")


def _annotations(method: Method) -> Iterator[ast.expr]:
    arguments = method.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.annotation is not None:
            yield argument.annotation
    if method.returns is not None:
        yield method.returns


def _returns(method: Method) -> bool:
    """Say whether something comes back: a return with a value, a yield, or only an error that is raised."""
    ends = [node for node in ast.walk(method) if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom | ast.Raise)]
    return any(not isinstance(node, ast.Return) or node.value is not None for node in ends)


def _known_names(tree: ast.Module) -> set[str]:
    """Return the names that a file defines anywhere; those of a star import cannot be told, so all are known."""
    names = set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    if "*" in names:
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names


def _unknown(name: ast.Name, path: Path, *, known: set[str]) -> Finding:
    if name.id in gesso.__all__:
        hint = f"Write at the top: `from gesso import {name.id}`."
    else:
        near = difflib.get_close_matches(name.id, [*gesso.__all__, *known], n=1, cutoff=0.7)
        by_case = [word for word in gesso.__all__ if word.lower() == name.id.lower()]
        hint = f"Did you mean {(by_case or near)[0]}?" if by_case or near else "Is it imported, and spelt right?"
    return _problem(name, path, message=f"{name.id} is not known here.", hint=hint)


def _problem(node: ast.AST, path: Path, *, message: str, hint: str) -> Finding:
    return Finding(title=_PORTS, kind="problem", message=message, where=place(path, node), hint=hint)
