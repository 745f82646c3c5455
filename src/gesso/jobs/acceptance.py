"""`Acceptance`: looks at an order before it is queued. What is wrong with it is refused here."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gesso.errors import InputError
from gesso.jobs.identity import new_id
from gesso.jobs.inputs import Inputs
from gesso.jobs.job import Job, JobOrder
from gesso.jobs.kinds import find_kind
from gesso.jobs.resolving import Resolve
from gesso.spec.model import Port, coerce_ports
from gesso.spec.runnable import MAX_SEED
from gesso.storage.blobs import Blobs
from gesso.types.base import Json

_LONGEST_KEY: Final = 255
_LONGEST_DEADLINE_S: Final = 30 * 24 * 3600.0


class Acceptance:
    """Makes jobs of orders. Inputs are kept in `blobs`; `runs` is a folder for files that are needed for a moment."""

    def __init__(self, resolve: Resolve, blobs: Blobs, *, runs: Path) -> None:
        self._resolve = resolve
        self._blobs = blobs
        self._runs = runs

    async def check(self, order: JobOrder, *, retry_of: str | None = None) -> Job:
        """Return the job that an order means: model found, inputs checked and kept, seed drawn. It is not queued yet.

        Raises `InputError`, `NotFoundError`, `TrustError` or `StorageError`.
        """
        _check(order)
        resolved = await self._resolve(order.model, options=order.options, device=order.device)
        spec = resolved.runnable.spec
        command = spec.command(order.command)
        job_id = new_id()
        return Job(
            id=job_id,
            kind=order.kind,
            model=order.model,
            model_title=spec.title or spec.name,
            model_digest=resolved.digest,
            command=command.name,
            inputs=await self._keep_inputs(job_id, command.inputs, given=order.inputs),
            options=await asyncio.to_thread(_wire, spec.options, order.options),
            device=order.device,
            seed=secrets.randbelow(MAX_SEED + 1) if order.seed is None else order.seed,
            priority=order.priority,
            idempotency_key=order.idempotency_key,
            deadline_s=order.deadline_s,
            parent_id=order.parent_id,
            retry_of=retry_of,
            created_at=datetime.now(UTC),
        )

    async def _keep_inputs(
        self, job_id: str, ports: tuple[Port, ...], *, given: Mapping[str, object]
    ) -> dict[str, Json]:
        folder = self._runs / job_id
        try:
            return await asyncio.to_thread(Inputs(self._blobs, folder).keep, ports, given)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _check(order: JobOrder) -> None:
    find_kind(order.kind)
    seed, key, deadline_s = order.seed, order.idempotency_key, order.deadline_s
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED):
        raise InputError(f"a whole number from 0 to {MAX_SEED}", repr(seed)[:80], where="seed")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        given = f"one of {len(key)}"
        raise InputError(f"a text of 1 to {_LONGEST_KEY} characters", given, where="idempotency_key")
    if deadline_s is not None and not 0 < deadline_s <= _LONGEST_DEADLINE_S:
        raise InputError("a number of seconds above 0, at most 30 days", repr(deadline_s), where="deadline_s")
    if order.priority not in ("interactive", "batch"):
        raise InputError("interactive or batch", repr(order.priority)[:80], where="priority")


def _wire(ports: tuple[Port, ...], options: Mapping[str, Json]) -> dict[str, Json]:
    """Check the options of the setup, and return them as they are kept and sent."""
    types = {port.name: port.data_type for port in ports}
    return {name: types[name].to_wire(value) for name, value in coerce_ports(ports, options).items()}
