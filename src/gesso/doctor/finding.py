"""`Finding`: what one look at a model has shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from gesso.errors import GessoError

Kind: TypeAlias = Literal["good", "remark", "problem"]
"""A remark may stay as it is; a problem has to be mended before the model runs."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one look has shown.

    `title` is what was looked at; `message` what is wrong, `where` in which file and line, `hint` what
    to do; `detail` is for those who want to know more (a traceback, an installer's words).
    """

    title: str
    kind: Kind = "good"
    message: str = ""
    where: str = ""
    hint: str = ""
    detail: str = ""


def problem_of(title: str, error: GessoError, *, where: str = "") -> Finding:
    """Return the finding that an error is."""
    return Finding(
        title=title, kind="problem", message=error.message, where=where, hint=error.hint, detail=error.detail
    )
