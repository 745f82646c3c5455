"""Import a model's file and find the class in it."""

from __future__ import annotations

import contextlib
import importlib.util
import linecache
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from gesso.compat import kinds
from gesso.compat.kinds import Kind
from gesso.errors import DeclarationError, SetupError
from gesso.sdk.distributions import package_of
from gesso.sdk.model import Model

MODULE_NAME = "gesso_model"
"""The name under which a model's file is imported."""


def load_class(entry: Path, class_name: str = "", *, kind: str = "") -> type[Model]:
    """Import the file `entry` and return its subclass of `Model`, the one called `class_name` if there are several.

    Files beside it can be imported by it. Of a model for another platform, `kind` says which, and the class is made
    here. Raises `DeclarationError` if there is no such class and `SetupError` if the import fails.
    """
    if kind:
        return kinds.read_model(kinds.KINDS[kind], import_model(str(entry), kind), class_name=class_name)
    module = _import(entry)
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Model) and value.__module__ == MODULE_NAME
    ]
    if class_name:
        found = [cls for cls in found if cls.__name__ == class_name]
    if len(found) == 1:
        return found[0]
    if not found:
        wanted = f"class {class_name}(Model)" if class_name else "class that derives from gesso.Model"
        raise DeclarationError(f"{entry.name} has no {wanted}.", hint="Write `class MyModel(Model):` in it.")
    names = ", ".join(cls.__name__ for cls in found)
    raise DeclarationError(
        f"{entry.name} has several models: {names}.", hint='Name one: class = "..." in gesso.toml or [tool.gesso].'
    )


def import_model(entry: str, kind: str = "") -> ModuleType:
    """Import a model's file, also in a process that the model started."""
    if not kind:
        return _import(Path(entry))
    known = kinds.KINDS[kind]
    kinds.prepare(known)
    return _import(Path(entry), known)


def _import(entry: Path, kind: Kind | None = None) -> ModuleType:
    name = MODULE_NAME if kind is None else kind.module_name or entry.stem
    sys.path.insert(0, str(entry.parent))
    spec = importlib.util.spec_from_file_location(name, entry)
    assert spec is not None and spec.loader is not None, entry
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with _as_script(module) if name == "__main__" else contextlib.nullcontext():
            spec.loader.exec_module(module)
    except SyntaxError as error:
        place = f"line {error.lineno} of {Path(error.filename or entry).name}"
        raise SetupError(f"Python cannot read {place}: {error.msg}.", detail=own_traceback(error)) from error
    except ModuleNotFoundError as error:
        raise SetupError(
            f"{entry.name} imports {error.name!r}, which is not in the model's environment.",
            hint=f"Add {package_of(error.name or '')!r} to {_dependencies(kind)}.",
            detail=own_traceback(error),
        ) from error
    except (Exception, SystemExit) as error:
        message = f"{entry.name} could not be imported: {type(error).__name__}: {error}."
        raise SetupError(message, detail=own_traceback(error)) from error
    return module


def _dependencies(kind: Kind | None) -> str:
    return "the model's `dependencies`" if kind is None else kind.requirements


@contextlib.contextmanager
def _as_script(module: ModuleType) -> Iterator[None]:
    """Let a file run as Python runs a script: with its own arguments, and a `sys.exit()` at its end is no failure.

    A process that it starts ("spawn" of multiprocessing) then looks for the script and not for the worker's own file.
    """
    module.__spec__ = None
    before, sys.argv = sys.argv, [str(module.__file__)]
    try:
        yield
    except SystemExit as error:
        if error.code not in (None, 0):
            raise
    finally:
        sys.argv = before


def own_traceback(error: BaseException) -> str:
    """Return the traceback from the model's own first line on, without the worker's frames above it."""
    linecache.checkcache()
    ours = (str(Path(__file__).parent), str(Path(kinds.__file__).parent), "<frozen importlib")
    frames = traceback.extract_tb(error.__traceback__)
    while frames and frames[0].filename.startswith(ours):
        frames.pop(0)
    return "".join([*traceback.format_list(frames), *traceback.format_exception_only(error)])
