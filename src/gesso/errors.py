"""Every error that Gesso raises on purpose, in one tree.

    GessoError                     something went wrong that a person can be told about
    ├── InputError                 a value is not what was asked for
    ├── NotFoundError              a model, command or file of that name is not there
    ├── DeclarationError           a model's own declaration is wrong
    ├── TrustError                 a model from outside is not trusted yet
    ├── InstallError               a model's environment cannot be made
    ├── SettingsError              a setting or an option of the command is wrong
    ├── FetchError                 an address could not be fetched, or must not be
    ├── ConflictError              what is asked does not go with how things stand
    ├── QueueFullError             so much waits already that nothing more is taken
    ├── AccessError                who asks may not: no token, a wrong one, or from the wrong page
    ├── LimitError                 a rate or a cap is reached
    ├── StorageError               what Gesso keeps cannot be read or written
    │   ├── DamagedError           a file is not what was written, or a database is broken
    │   ├── DiskFullError          there is no room left
    │   ├── HomeInUseError         another Gesso works in the same home
    │   └── NewerHomeError         a newer Gesso has written it
    └── RunError                   a run ended without a result
        ├── ModelError             the model's own code failed
        ├── SetupError             the model could not get ready
        ├── WorkerDiedError        the model's process ended in the middle
        ├── DeadlineError          the run was not done in time
        ├── RunInterruptedError    Gesso itself ended in the middle of the run
        └── CanceledError          somebody canceled the run

An error has a `code` that programs can rely on, a message that says what was expected and what was given, and a
`hint` that says what to do. It crosses processes as plain data (`to_data`, `from_data`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

__all__ = [
    "AccessError",
    "CanceledError",
    "ConflictError",
    "DamagedError",
    "DeadlineError",
    "DeclarationError",
    "DiskFullError",
    "FetchError",
    "GessoError",
    "HomeInUseError",
    "InputError",
    "InstallError",
    "LimitError",
    "ModelError",
    "NewerHomeError",
    "NotFoundError",
    "QueueFullError",
    "RunError",
    "RunInterruptedError",
    "SettingsError",
    "SetupError",
    "StorageError",
    "TrustError",
    "WorkerDiedError",
    "from_data",
]


class GessoError(Exception):
    """Something went wrong that a person can be told about.

    `message` is one or two plain sentences, `hint` what to do about it (may be empty), `detail` text of several
    lines for those who want to know more (a traceback, an installer's own words; may be empty).
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def to_data(self) -> dict[str, str]:
        """Return the error as plain strings, from which `from_data` makes it again."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "detail": self.detail}

    @classmethod
    def _from_data(cls, data: Mapping[str, str]) -> GessoError:
        return cls(data["message"], hint=data.get("hint", ""), detail=data.get("detail", ""))


class InputError(GessoError):
    """A value is not what was asked for.

    `where` names the input ("photo", "points[2].x"), `expected` and `given` say in words what was wanted and what
    came, `hint` what to do. Types raise it without `where`; whoever knows the name adds it with `at`.
    """

    code = "input"

    def __init__(self, expected: str, given: str, *, hint: str = "", where: str = "") -> None:
        prefix = f"{where}: " if where else ""
        super().__init__(f"{prefix}expected {expected}, but got {given}.", hint=hint)
        self.expected = expected
        self.given = given
        self.where = where

    def at(self, part: str) -> InputError:
        """Return the same error one level further out: `at("[2]")` and then `at("points")` give "points[2]"."""
        joint = "" if not self.where or self.where.startswith("[") else "."
        return InputError(self.expected, self.given, hint=self.hint, where=f"{part}{joint}{self.where}")

    def to_data(self) -> dict[str, str]:
        """Return the error as plain strings, with `where`, `expected` and `given` beside the message."""
        return {**super().to_data(), "where": self.where, "expected": self.expected, "given": self.given}

    @classmethod
    def _from_data(cls, data: Mapping[str, str]) -> InputError:
        made = cls(data.get("expected", ""), data.get("given", ""), hint=data.get("hint", ""))
        made.where, made.message, made.detail = data.get("where", ""), data["message"], data.get("detail", "")
        return made


class NotFoundError(GessoError):
    """A model, command or file of that name is not there."""

    code = "not_found"


class DeclarationError(GessoError):
    """A model's own declaration is wrong: an annotation, its `gesso.toml`, its inline metadata."""

    code = "declaration"


class TrustError(GessoError):
    """A model from outside is not trusted yet, so none of its code was run."""

    code = "trust"


class InstallError(GessoError):
    """A model's environment cannot be made; `detail` has the installer's own words."""

    code = "install"


class SettingsError(GessoError):
    """A setting or an option of the command is wrong."""

    code = "settings"


class FetchError(GessoError):
    """An address could not be fetched, or must not be. `is_passing`: the same may well work a little later."""

    code = "fetch"

    def __init__(self, message: str, *, hint: str = "", detail: str = "", is_passing: bool = False) -> None:
        super().__init__(message, hint=hint, detail=detail)
        self.is_passing = is_passing


class ConflictError(GessoError):
    """What is asked does not go with how things stand: a job that has ended cannot wait, a key means something else."""

    code = "conflict"


class QueueFullError(GessoError):
    """So much waits already that nothing more is taken."""

    code = "queue_full"


class AccessError(GessoError):
    """Who asks may not. `is_unknown`: nobody knows who that is, because a token is missing or wrong."""

    code = "access"

    def __init__(self, message: str, *, hint: str = "", detail: str = "", is_unknown: bool = False) -> None:
        super().__init__(message, hint=hint, detail=detail)
        self.is_unknown = is_unknown


class LimitError(GessoError):
    """A rate or a cap is reached. `retry_after_s` says when a rate allows more; None for a cap, which stays reached."""

    code = "limit"

    def __init__(self, message: str, *, hint: str = "", detail: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, hint=hint, detail=detail)
        self.retry_after_s = retry_after_s


class StorageError(GessoError):
    """What Gesso keeps cannot be read or written."""

    code = "storage"


class DamagedError(StorageError):
    """A file is not what was written, or a database is broken."""

    code = "damaged"


class DiskFullError(StorageError):
    """There is no room left; nothing half-written stays."""

    code = "disk_full"


class HomeInUseError(StorageError):
    """Another Gesso works in the same home."""

    code = "home_in_use"


class NewerHomeError(StorageError):
    """A newer Gesso has written it, so this one leaves it alone."""

    code = "newer_home"


class RunError(GessoError):
    """A run ended without a result."""

    code = "run"


class ModelError(RunError):
    """The model's own code failed; `detail` has its traceback."""

    code = "model"


class SetupError(RunError):
    """The model could not get ready: its import or its `setup` failed."""

    code = "setup"


class WorkerDiedError(RunError):
    """The model's process ended in the middle of a run."""

    code = "worker_died"


class DeadlineError(RunError):
    """The run was not done in time."""

    code = "deadline"


class RunInterruptedError(RunError):
    """Gesso itself ended in the middle of the run."""

    code = "interrupted"


class CanceledError(RunError):
    """Somebody canceled the run."""

    code = "canceled"


def _tree(root: type[GessoError]) -> dict[str, type[GessoError]]:
    found = {root.code: root}
    for child in root.__subclasses__():
        found |= _tree(child)
    return found


def from_data(data: Mapping[str, str]) -> GessoError:
    """Make the error again that `to_data` described; an unknown code gives a plain `GessoError`."""
    return _tree(GessoError).get(data["code"], GessoError)._from_data(data)
