"""The codes with which `gesso` ends, so that a script knows what happened."""

from __future__ import annotations

from typing import Final

from gesso.errors import (
    CanceledError,
    DeclarationError,
    FetchError,
    GessoError,
    InputError,
    InstallError,
    NotFoundError,
    SettingsError,
    TrustError,
)

OK: Final = 0
"""Everything was done."""
RUN_FAILED: Final = 1
"""A run ended without a result; also what nobody foresaw."""
FILES_FAILED: Final = 7
"""Some files of a folder failed, the others are done."""
DIFFERENT: Final = 10
"""A result was made again from its recipe, and is another one."""
CANCELED: Final = 130
"""Somebody pressed Ctrl-C: 128 and the number of the signal, as shells have it."""
READER_GONE: Final = 141
"""Nobody reads the results any more: 128 and the number of that signal. `gesso ... | head` does it."""

MEANINGS: Final = {
    OK: "done",
    RUN_FAILED: "the run failed: the model's code, its process, or its time was up; or a result could not be written; "
    "for `doctor`: something is wrong",
    2: "the command was not understood, or a setting is wrong",
    3: "an input is not what the model asks for",
    4: "there is no such model, command, output or file",
    5: "the model comes from outside and is not trusted yet",
    6: "the model's environment could not be made",
    FILES_FAILED: "some files of a folder failed; the others are done",
    8: "an address could not be fetched",
    9: "the model's own declaration is wrong: `gesso doctor` says where",
    DIFFERENT: "made again from its recipe, but the values are not the same",
    CANCELED: "canceled with Ctrl-C",
    READER_GONE: "nobody reads the results any more, as when `head` has enough",
}
"""What each code means, in words. `docs/cli.md` has the same table."""

_OF_ERRORS: Final[dict[type[GessoError], int]] = {
    SettingsError: 2,
    InputError: 3,
    NotFoundError: 4,
    TrustError: 5,
    InstallError: 6,
    FetchError: 8,
    DeclarationError: 9,
    CanceledError: CANCELED,
}


def code_of(error: GessoError) -> int:
    """Return the exit code for an error: that of its kind, or of the nearest kind above it."""
    return next((_OF_ERRORS[kind] for kind in type(error).__mro__ if kind in _OF_ERRORS), RUN_FAILED)
