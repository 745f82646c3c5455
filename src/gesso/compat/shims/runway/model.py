"""`RunwayModel`: collects what a model declares, runs it, and serves it when it runs by itself."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, overload

from runway.data_types import *  # noqa: F403 - models find the types here too
from runway.exceptions import (
    InferenceError,
    MissingOptionError,
    RunwayError,
    SetupError,
    UnknownCommandError,
)
from runway.habits import help_old_habits
from runway.utils import (
    argspec,
    cast_to_obj,
    deserialize_data,
    serialize_command,
    serialize_data,
    timestamp_millis,
)

if TYPE_CHECKING:
    from flask import Flask

_Function = TypeVar("_Function", bound=Callable[..., Any])

collected: list[RunwayModel] | None = None
"""The models of this process if they are only to be collected, as Gesso's worker does: then `run` serves nothing."""


class RunwayModel:
    """A model: its setup, its commands, and the server for them. `import runway` makes one that most models use."""

    def __init__(self) -> None:
        self.millis_run_started_at: int | None = None
        self.millis_last_command: int | None = None
        self.options: list[Any] = []
        self.setup_fn: Callable[..., Any] | None = None
        self.commands: dict[str, dict[str, Any]] = {}
        self.command_fns: dict[str, Callable[..., Any]] = {}
        self.model: Any = None
        self.model_options: Mapping[str, Any] = {}
        self.running_status = "STARTING"
        self.turn = threading.Lock()  # models were never asked two things at once
        if collected is not None:
            collected.append(self)

    @cached_property
    def app(self) -> Flask:
        """The application of Flask that serves the model; it is made when it is first asked for."""
        from runway.serving import make_app

        return make_app(self)

    # -- declaring ----------------------------------------------------------------------------------------------------

    @overload
    def setup(self, decorated_fn: _Function) -> _Function: ...

    @overload
    def setup(
        self, decorated_fn: None = None, options: Mapping[str, Any] | None = None
    ) -> Callable[[_Function], _Function]: ...

    def setup(self, decorated_fn: _Function | None = None, options: Mapping[str, Any] | None = None) -> Any:
        """Mark the function that makes the model, with or without options: `@runway.setup(options={name: type})`."""

        def decorator(function: _Function) -> _Function:
            self.options = _named(options or {})
            self.setup_fn = function
            return function

        return decorator if decorated_fn is None else decorator(decorated_fn)

    def command(
        self,
        name: str,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        description: str | None = None,
    ) -> Callable[[_Function], _Function]:
        """Mark a function as a command: `@runway.command(name, inputs={name: type}, outputs={name: type})`."""
        if not inputs or not outputs:
            message = "You need to provide at least one input and output for the command"
            raise Exception(message)
        declared = {
            "name": name,
            "description": description,
            "inputs": _named(inputs),
            "outputs": _named(outputs),
        }
        self.commands[name] = declared

        def decorator(function: _Function) -> _Function:
            self.command_fns[name] = function
            return function

        return decorator

    def meta(self) -> dict[str, Any]:
        """Return what the model declares, as JSON."""
        return {
            "options": [option.to_dict() for option in self.options],
            "commands": [serialize_command(command) for command in self.commands.values()],
        }

    def command_named(self, name: str) -> tuple[dict[str, Any], Callable[..., Any]]:
        """Return a command's declaration and its function, or raise `UnknownCommandError`."""
        if name not in self.command_fns:
            raise UnknownCommandError(name)
        return self.commands[name], self.command_fns[name]

    # -- running ------------------------------------------------------------------------------------------------------

    def setup_model(self, opts: Mapping[str, Any]) -> None:
        """Make the model with these options (JSON). Whatever goes wrong in its setup is a `SetupError`."""
        self.running_status = "STARTING"
        values = {}
        for option in self.options:
            if option.name in opts:
                values[option.name] = option.deserialize(opts[option.name])
            elif hasattr(option, "default"):
                values[option.name] = option.default
            else:
                raise MissingOptionError(option.name)
        self.set_up(values)
        self.running_status = "RUNNING"

    def set_up(self, values: Mapping[str, Any]) -> None:
        """Call the setup with the values of its options."""
        if self.setup_fn is None:
            return
        try:
            takes_none = not self.options and not argspec(self.setup_fn).args
            self.model = self.setup_fn() if takes_none else self.setup_fn(dict(values))
        except Exception as error:
            raise SetupError(repr(error)).with_traceback(error.__traceback__) from error

    def infer(self, name: str, values: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
        """Run a command with the values of its inputs. Yields each output that it gives, with its progress or None."""
        _, function = self.command_named(name)
        result = function(self.model, values)
        if not inspect.isgenerator(result):
            yield _with_progress(result)
            return
        while True:
            try:
                output = next(result)
            except StopIteration as end:
                if end.value is not None:  # what a generator returns counts as its last output
                    yield _with_progress(end.value)
                return
            yield _with_progress(output)

    def answer(self, name: str, data: Any, output_formats: Mapping[str, str]) -> dict[str, Any]:
        """Run a command with JSON for JSON; of several outputs the last counts, and progress is dropped."""
        command, _ = self.command_named(name)
        values = deserialize_data(data, command["inputs"])
        self.millis_last_command = timestamp_millis()
        given = None
        try:
            for given in self.infer(name, values):  # noqa: B007 - the last one is wanted
                pass
            if given is None:
                raise RuntimeError("the command gave no output")
        except Exception as error:
            raise InferenceError(repr(error)).with_traceback(error.__traceback__) from error
        return serialize_data(given[0], command["outputs"], output_formats=output_formats)

    def millis_running(self) -> int | None:
        """Return since when it is ready."""
        return None if self.millis_run_started_at is None else timestamp_millis() - self.millis_run_started_at

    def millis_since_last_command(self) -> int | None:
        """Return since when nothing was asked."""
        return None if self.millis_last_command is None else timestamp_millis() - self.millis_last_command

    # -- serving ------------------------------------------------------------------------------------------------------

    def run(
        self,
        host: str = "0.0.0.0",
        port: int = 9000,
        model_options: Mapping[str, Any] | None = None,
        debug: bool = False,
        meta: bool = False,
        no_serve: bool = False,
    ) -> None:
        """Set the model up and serve it until it is stopped. The variables RW_* go before the arguments.

        `meta`: print the declaration as JSON instead. `no_serve`: only set it up. `debug`: begin anew when its files
        change. A setup that fails is printed, and ends the program. In Gesso's worker it only keeps the options.
        """
        self.model_options = model_options or {}
        if collected is not None:
            return
        host, port = os.getenv("RW_HOST", host), int(os.getenv("RW_PORT", port))
        if _is_on("RW_META", meta):
            print(json.dumps(self.meta()))
            return
        is_serving = not _is_on("RW_NO_SERVE", no_serve)
        if is_serving:
            help_old_habits()
        self._initialize(json.loads(os.getenv("RW_MODEL_OPTIONS", "null")) or self.model_options)
        if not is_serving:
            print('Not starting model server because "no_serve" directive is present.')
            return
        from runway.serving import serve

        print(f"Starting model server at http://{host}:{port}...", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            serve(self, host, port, is_reloading=_is_on("RW_DEBUG", debug))

    def _initialize(self, model_options: Mapping[str, Any]) -> None:
        print("Initializing model...", flush=True)
        began = time.time()
        try:
            self.setup_model(model_options)
        except RunwayError as error:
            error.print_exception()
            sys.exit(1)
        took_s = time.time() - began
        colour = 92 if took_s < 5 else 93 if took_s < 10 else 91  # green, yellow, red
        print(f"Model initialized \033[{colour}m({took_s:.2f}s)\033[0m", flush=True)
        self.millis_run_started_at = timestamp_millis()


def _named(fields: Mapping[str, Any]) -> list[Any]:
    """Return types as objects that know the name of what they describe."""
    made = []
    for name, given in fields.items():
        field = cast_to_obj(given)
        field.name = name
        made.append(field)
    return made


def _with_progress(output: Any) -> tuple[Any, Any]:
    return output if isinstance(output, tuple) and len(output) == 2 else (output, None)


def _is_on(variable: str, given: bool) -> bool:
    return bool(int(os.getenv(variable, int(given))))
