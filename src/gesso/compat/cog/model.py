"""Make a Gesso `Model` of a predictor that was written for Cog. In the worker, once its file is imported."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from types import ModuleType
from typing import Any, ClassVar, Final

from cog.decorators import CONCURRENT_MARK
from cog.exceptions import CancelationException
from cog.predictor import BasePredictor, BaseRunner
from cog.types import Path as CogPath

from gesso.compat.cog.annotations import hints_of, innermost
from gesso.compat.cog.inputs import CogInput, read_inputs
from gesso.compat.cog.outputs import CogOutput, read_output
from gesso.compat.cog.prediction import Prediction, prediction
from gesso.errors import DeclarationError
from gesso.sdk.declaration import Binding, Declaration, attach
from gesso.sdk.model import Model
from gesso.spec.model import Command, Port

_FRAMEWORK: Final = (BasePredictor, BaseRunner, object)
_NAMES: Final = ("Runner", "Predictor")
"""What Cog looks for where `cog.yaml` names no class."""


class CogModel(Model):
    """A model of Cog's. Its subclasses, one for each predictor, are made by `read`."""

    canceled_by = CancelationException
    target: ClassVar[Any]
    """The predictor's class, or a function."""
    method: ClassVar[str]
    """The name of the method that runs, "" for a function."""
    inputs: ClassVar[tuple[CogInput, ...]]
    output: ClassVar[CogOutput]

    def setup(self, **options: Any) -> Any:
        """Make the predictor and let it get ready. An async `setup` gives what has to be waited for."""
        function = _function(self.target, self.method)
        most: int = getattr(function, CONCURRENT_MARK, 0) or getattr(innermost(function), CONCURRENT_MARK, 1)
        self._turn = asyncio.Semaphore(most)
        self._options = options  # a file that is made for one goes with it
        if not self.method:
            self._predict = self.target
            return None
        predictor = self.target()
        self._predict = getattr(predictor, self.method)
        if not hasattr(predictor, "setup"):
            return None
        return predictor.setup(**{name: CogPath(file.path) for name, file in options.items()})

    def _call(self, made: Prediction, given: dict[str, Any]) -> Any:
        return self._predict(**{each.port.name: each.value(made, given) for each in self.inputs})

    def run(self, **given: Any) -> Any:
        """Run once."""
        with prediction() as made:
            return self.output.give(made, self._call(made, given))

    def run_stream(self, **given: Any) -> Iterator[Any]:
        """Run once, piece by piece."""
        with prediction() as made:
            for piece in self._call(made, given):
                yield self.output.give(made, piece)

    async def run_async(self, **given: Any) -> Any:
        """Run once, and wait."""
        async with self._turn:
            with prediction() as made:
                return self.output.give(made, await self._call(made, given))

    async def run_stream_async(self, **given: Any) -> AsyncIterator[Any]:
        """Run once, and wait for piece after piece."""
        async with self._turn:
            with prediction() as made:
                async for piece in self._call(made, given):
                    yield self.output.give(made, piece)


def read(module: ModuleType, name: str) -> type[Model]:
    """Return the model that is made of the predictor called `name` ("": `Runner`, else `Predictor`).

    Raises `DeclarationError` if it is not there, or declares what no model can have.
    """
    target = _find(module, name)
    method = _method(target) if inspect.isclass(target) else ""
    function = _function(target, method)
    where = f"{target.__name__}.{method}" if method else target.__name__
    made = type(
        target.__name__,
        (CogModel,),
        {
            "__doc__": target.__doc__ if method else None,
            "__module__": module.__name__,
            "target": staticmethod(target) if not method else target,
            "method": method,
            "inputs": read_inputs(function, where, has_self=bool(method)),
            "output": read_output(hints_of(function, where).get("return"), where),
        },
    )
    attach(made, Declaration({"run": _binding(made, function)}, _options(target)))
    return made


def _find(module: ModuleType, name: str) -> Any:
    names = (name,) if name else _NAMES
    found = next((vars(module)[each] for each in names if callable(vars(module).get(each))), None)
    if found is None:
        file = str(module.__file__).replace("\\", "/").rpartition("/")[2]
        raise DeclarationError(
            f"{file} has no {' and no '.join(names)}.", hint=f'Say in cog.yaml which class it is: run: "{file}:Runner".'
        )
    return found


def _method(predictor: type) -> str:
    """Return which method runs: the one of `run` and `predict` that the model itself has."""
    own = [cls for cls in predictor.__mro__ if cls not in _FRAMEWORK]
    found = [name for name in ("run", "predict") if any(name in vars(cls) for cls in own)]
    if len(found) == 1:
        return found[0]
    problem = "has neither run nor predict" if not found else "has both run and predict"
    raise DeclarationError(f"{predictor.__name__} {problem}.", hint="Write one of them, `run` in new models.")


def _function(target: Any, method: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(target, method) if method else target
    return function


def _binding(model: type[CogModel], function: Callable[..., Any]) -> Binding:
    written = innermost(function)
    is_async = inspect.iscoroutinefunction(written) or inspect.isasyncgenfunction(written)
    streaming = "_stream" if model.output.is_streaming else ""
    return Binding(
        command=Command(
            name="run",
            description=inspect.cleandoc(function.__doc__ or ""),
            inputs=tuple(each.port for each in model.inputs),
            outputs=model.output.ports,
            is_streaming=model.output.is_streaming,
            is_async=is_async,
        ),
        method=f"run{streaming}{'_async' if is_async else ''}",
        states={},
        has_fields=model.output.has_fields,
    )


def _options(target: Any) -> tuple[Port, ...]:
    """Return the option of a `setup` that takes weights: the file that somebody trained for the model."""
    setup = getattr(target, "setup", None)
    owner = next((cls for cls in getattr(target, "__mro__", ()) if "setup" in vars(cls)), None)
    if setup is None or owner in _FRAMEWORK or "weights" not in inspect.signature(setup).parameters:
        return ()
    return (Port(name="weights", type="file", title="Weights", is_required=False),)
