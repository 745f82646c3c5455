"""What clients do. A new one gets its place in the list, and in the file with its noun."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tests.soak.acts import broken, direct, files, hosting, jobs, live, looks, workers
from tests.soak.stage import Stage


@dataclass(frozen=True)
class Act:
    """One thing that a client does, and how often beside the others. `needs` is a route; without it, it is left out."""

    do: Callable[[Stage], Awaitable[None]]
    weight: float
    needs: str = ""

    @property
    def name(self) -> str:
        """What it is called in the report."""
        return self.do.__name__.replace("_", " ")


ACTS: Final = (
    Act(jobs.make_and_wait, 8),
    Act(jobs.make_and_forget, 3),
    Act(jobs.make_twice, 2),
    Act(jobs.make_and_cancel, 4),
    Act(jobs.listen_and_leave, 2),
    Act(jobs.make_again, 1),
    Act(jobs.delete_one, 1),
    Act(looks.list_jobs, 2),
    Act(looks.search, 1),
    Act(looks.look_around, 1),
    Act(looks.see_small, 1),
    Act(files.send_and_get, 2),
    Act(files.send_in_parts, 1),
    Act(files.get_and_leave, 1),
    Act(broken.ask_wrongly, 4),
    Act(broken.order_wrongly, 3),
    Act(broken.order_too_much, 0.3),
    Act(broken.speak_no_http, 1),
    Act(direct.run_one, 3, needs=direct.ROUTE),
    Act(direct.run_together, 2, needs=direct.ROUTE),
    Act(direct.run_and_leave, 2, needs=direct.ROUTE),
    Act(hosting.host_and_use, 2, needs=hosting.ROUTE),
    Act(hosting.knock, 1, needs=hosting.ROUTE),
    Act(live.send_frames, 2, needs=live.ROUTE),
    Act(live.stall_and_leave, 1, needs=live.ROUTE),
)
"""What the clients do."""

NUISANCES: Final = (Act(workers.kill_one, 2), Act(workers.kill_a_guard, 1), Act(workers.stop_one, 1))
"""What somebody does to the workers meanwhile."""
