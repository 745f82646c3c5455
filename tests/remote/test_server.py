from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gesso.errors import DamagedError, NotFoundError
from gesso.version import VERSION
from tests.remote.conftest import Served

DATA = b"a fox in the snow"
DIGEST = hashlib.sha256(DATA).hexdigest()


async def test_it_says_which_gesso_it_is(served: Served) -> None:
    assert await served.server.version() == VERSION


async def test_a_file_goes_there_once_and_comes_back(served: Served, tmp_path: Path) -> None:
    (tmp_path / "fox.txt").write_bytes(DATA)
    await served.server.keep(DIGEST, tmp_path / "fox.txt")
    await served.server.keep(DIGEST, tmp_path / "gone.txt")  # is there already, so that it is not even opened
    await served.server.fetch(DIGEST, tmp_path / "back.txt")
    assert (tmp_path / "back.txt").read_bytes() == DATA


async def test_a_file_that_has_changed_meanwhile_is_not_taken_for_another(served: Served) -> None:
    with pytest.raises(DamagedError):
        await served.server.keep(DIGEST, b"something else")


async def test_what_is_not_there_is_said_as_there(served: Served) -> None:
    with pytest.raises(NotFoundError, match="There is no job"):
        await served.server.cancel("0" * 26)
