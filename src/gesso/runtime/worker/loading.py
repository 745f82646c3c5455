"""Import a model's file and find the class in it."""

from __future__ import annotations

import importlib.util
import linecache
import sys
import traceback
from pathlib import Path
from types import ModuleType

from gesso.errors import DeclarationError, SetupError
from gesso.sdk.distributions import package_of
from gesso.sdk.model import Model

MODULE_NAME = "gesso_model"
"""The name under which a model's file is imported."""


def load_class(entry: Path, class_name: str = "") -> type[Model]:
    """Import the file `entry` and return its subclass of `Model`, the one called `class_name` if there are several.

    Files beside it can be imported by it. Raises `DeclarationError` if there is no such class and `SetupError` if the
    import fails.
    """
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


def import_model(entry: str) -> ModuleType:
    """Import a model's file in a process that the model started."""
    return _import(Path(entry))


def _import(entry: Path) -> ModuleType:
    sys.path.insert(0, str(entry.parent))
    spec = importlib.util.spec_from_file_location(MODULE_NAME, entry)
    assert spec is not None and spec.loader is not None, entry
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE_NAME] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        place = f"line {error.lineno} of {Path(error.filename or entry).name}"
        raise SetupError(f"Python cannot read {place}: {error.msg}.", detail=own_traceback(error)) from error
    except ModuleNotFoundError as error:
        raise SetupError(
            f"{entry.name} imports {error.name!r}, which is not in the model's environment.",
            hint=f"Add {package_of(error.name or '')!r} to the model's `dependencies`.",
            detail=own_traceback(error),
        ) from error
    except (Exception, SystemExit) as error:
        message = f"{entry.name} could not be imported: {type(error).__name__}: {error}."
        raise SetupError(message, detail=own_traceback(error)) from error
    return module


def own_traceback(error: BaseException) -> str:
    """Return the traceback from the model's own first line on, without the worker's frames above it."""
    linecache.checkcache()
    ours = (str(Path(__file__).parent), "<frozen importlib")
    frames = traceback.extract_tb(error.__traceback__)
    while frames and frames[0].filename.startswith(ours):
        frames.pop(0)
    return "".join([*traceback.format_list(frames), *traceback.format_exception_only(error)])
