from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from gesso.cli.terminal import Terminal
from gesso.cli.training_desk import Desk
from gesso.cli.training_run import begin_following
from gesso.errors import ConflictError

UNDER_WAY: dict[str, Any] = {
    "name": "poet",
    "status": "processing",
    "plan": None,
    "logs": [],
    "progress": 0.9,
    "progress_text": "x",
}


class Late:
    """A desk at which a training has ended when it is to pause."""

    is_here = True

    def __init__(self) -> None:
        self.status = "processing"
        self.looked_at = asyncio.Event()

    async def get(self, word: str) -> dict[str, Any]:
        self.looked_at.set()
        return {**UNDER_WAY, "status": self.status, "wanted": "go on", "memorised": None}

    async def part(self, word: str, part: str, *, after_step: int) -> list[dict[str, Any]]:
        return []

    async def act(self, word: str, act: str) -> dict[str, Any]:
        self.status = "succeeded"
        raise ConflictError("The job is succeeded already.")


async def test_who_leaves_a_training_that_has_just_ended_hears_what_came_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    desk = Late()
    following = asyncio.create_task(
        begin_following(cast("Desk", desk), {"id": "1", "name": "poet"}, terminal=Terminal(), is_detached=False)
    )
    await desk.looked_at.wait()
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    out, err = capsys.readouterr()
    assert out == "poet\n"
    assert "gesso run poet" in err
