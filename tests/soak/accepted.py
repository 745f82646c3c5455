"""What the server has accepted, as the clients have written it down. Whatever stands here must be found at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.soak.orders import Order


@dataclass(eq=False)
class Accepted:
    """A job that the server has answered for. Who works with it has set `is_taken`."""

    id: str
    order: Order
    retry_of: str | None = None
    is_taken: bool = False
    is_cancel_asked: bool = False
    is_delete_asked: bool = False
    is_deleted: bool = False


@dataclass
class Book:
    """All jobs of a soak. `unsure` counts by their notes what was sent and never answered: it may be there or not."""

    jobs: dict[str, Accepted] = field(default_factory=dict)
    unsure: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _by_key: dict[str, str] = field(default_factory=dict)

    def accept(self, job_id: str, order: Order, *, retry_of: str | None = None) -> Accepted:
        """Write down a job. The same key must always give the same one, and no other job its id."""
        known = self.jobs.get(job_id)
        if known is not None and known.order is not order:
            self.faults.append(f"the id {job_id} was given to {known.order.note} and to {order.note}")
        if known is None:
            known = self.jobs[job_id] = Accepted(job_id, order, retry_of)
        if order.key is not None and retry_of is None:
            first = self._by_key.setdefault(order.key, job_id)
            if first != job_id:
                self.faults.append(f"{order.key!r} was sent twice and made two jobs: {first} and {job_id}")
        return known

    def free(self) -> list[Accepted]:
        """Return the jobs that nobody works with and nobody wanted deleted."""
        return [job for job in self.jobs.values() if not job.is_taken and not job.is_delete_asked]
