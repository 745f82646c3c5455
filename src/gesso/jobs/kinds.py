"""The kinds of jobs, and what each does when Gesso ends in the middle of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from gesso.errors import InputError

Crash: TypeAlias = Literal["fail", "requeue"]
"""Fail with the code `interrupted`, to be run again with one press; or wait in the queue again, with what is done."""


@dataclass(frozen=True)
class Kind:
    """A kind of job by name, and what becomes of one that was running when Gesso ended.

    `most_running` of the kind run side by side; None: as many as the queue says. `is_one_by_one`: two of the same
    version of a model never run at once. `is_guest`: somebody else has asked for it, so that it stands in no list of
    the owner's unless they ask for the kind. `goes_on`: it has a folder that outlives its process, from which it is
    taken up again; such a job can be paused, and finished before its time.
    """

    name: str
    after_crash: Crash
    most_running: int | None = None
    is_one_by_one: bool = True
    is_guest: bool = False
    goes_on: bool = False


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("prediction", after_crash="fail"),
        # Guests wait in the model's own line, where what can run together does.
        Kind("hosted", after_crash="fail", most_running=32, is_one_by_one=False, is_guest=True),
        # With a number of its own, so that nobody's prediction waits behind it.
        Kind("training", after_crash="requeue", most_running=1, goes_on=True),
    )
}
"""Every kind by its name. Batches and workflows are added here."""
GO_ON: Final = frozenset(kind.name for kind in KINDS.values() if kind.goes_on)
"""The kinds that are taken up again where they were."""
GUESTS: Final = tuple(kind.name for kind in KINDS.values() if kind.is_guest)
"""The kinds that are not the owner's own."""


def find_kind(name: str) -> Kind:
    """Return the kind of that name, or raise `InputError`."""
    if name not in KINDS:
        raise InputError(f"one of the kinds of jobs ({', '.join(KINDS)})", repr(name), where="kind")
    return KINDS[name]
