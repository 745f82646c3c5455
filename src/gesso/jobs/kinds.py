"""The kinds of jobs, and what each does when Gesso ends in the middle of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from gesso.errors import InputError

Crash: TypeAlias = Literal["fail", "requeue"]
"""Fail with the code `interrupted`, to be run again with one press; or wait in the queue again, with what is done."""


@dataclass(frozen=True)
class Kind:
    """A kind of job by name, and what becomes of one that was running when Gesso ended."""

    name: str
    after_crash: Crash


KINDS: Final = {kind.name: kind for kind in (Kind("prediction", after_crash="fail"),)}
"""Every kind by its name. Batches, workflows and trainings are added here."""


def find_kind(name: str) -> Kind:
    """Return the kind of that name, or raise `InputError`."""
    if name not in KINDS:
        raise InputError(f"one of the kinds of jobs ({', '.join(KINDS)})", repr(name), where="kind")
    return KINDS[name]
