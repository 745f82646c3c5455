"""The errors of Runway's SDK: each has a status for HTTP and says what to answer."""

from __future__ import annotations

import sys
import traceback
from typing import Any


class RunwayError(Exception):
    """What a client is told about. `message` and `code` (a status of HTTP) are for it."""

    def __init__(self) -> None:
        super().__init__()
        self.message = "An unknown error occurred."
        self.code = 500

    def __str__(self) -> str:
        return self.message

    def get_traceback(self) -> list[str]:
        """Return the traceback of the exception that is being handled, line by line."""
        return [line.strip() for line in traceback.format_tb(sys.exc_info()[2])]

    def print_exception(self) -> None:
        """Print the message and the traceback to standard error, in red."""
        lines = "\n".join([self.message, *self.get_traceback()])
        sys.stderr.write(f"\033[91m\n{lines}\n\033[0m\n")

    def to_response(self) -> dict[str, Any]:
        """Return what a client is answered."""
        return {"error": self.message, "traceback": self.get_traceback()}


class MissingOptionError(RunwayError):
    """An option of the setup was not given, and has no default."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.message = f"Missing option: {name}."
        self.code = 400


class MissingInputError(RunwayError):
    """An input of a command was not given."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.message = f"Missing input: {name}."
        self.code = 400


class InvalidArgumentError(RunwayError):
    """A value is not what its type asks for."""

    def __init__(self, name: str, message: str | None = None) -> None:
        super().__init__()
        self.message = f"Invalid argument: {name}." + ("" if message is None else f" {message}")
        self.code = 400


class InferenceError(RunwayError):
    """A command has raised an exception; `message` has its `repr`."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = f"Error during inference: {message}."
        self.code = 500


class UnknownCommandError(RunwayError):
    """There is no command of that name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.message = f"Unknown command: {name}."
        self.code = 404


class SetupError(RunwayError):
    """The setup has raised an exception; `message` has its `repr`."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = f"Error during setup: {message}."
        self.code = 500


class MissingArgumentError(RunwayError):
    """A data type was made without an argument that it needs."""

    def __init__(self, arg: str) -> None:
        super().__init__()
        self.message = f"Missing argument: {arg}."
        self.code = 500
