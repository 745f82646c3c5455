"""Files of guests: so many and no more, also at once, and gone from the disk when they are deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from gesso.app import App
from gesso.errors import DamagedError, LimitError, NotFoundError
from gesso.hosting import guest_files
from gesso.hosting.guest_files import GuestFiles
from gesso.hosting.hosting import ReleaseOrder
from gesso.settings import Settings
from gesso.storage.tables import GUEST_FILES
from tests.hosting.models import add_poet


@pytest.fixture
async def app(warm_home: Path, tmp_path: Path) -> AsyncIterator[App]:
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        await app.start_jobs()
        add_poet(app, tmp_path / "poet")
        await app.hosting.create(ReleaseOrder(model="poet"))
        yield app


@pytest.fixture
def files(app: App, monkeypatch: pytest.MonkeyPatch) -> GuestFiles:
    monkeypatch.setattr(guest_files, "MOST_FILES", 3)
    return app.predictions.files


async def send(app: App, files: GuestFiles, data: bytes, *, token_id: str = "t") -> guest_files.GuestFile:
    async with files.room(token_id):
        kept = await asyncio.to_thread(app.blobs.put, data, "a.txt")
        await asyncio.sleep(0.01)
        return await files.add(kept, deployment="poet", token_id=token_id)


async def test_there_is_room_for_so_many_also_if_they_come_at_once(app: App, files: GuestFiles) -> None:
    sent = await asyncio.gather(*(send(app, files, bytes([n])) for n in range(20)), return_exceptions=True)
    assert sum(not isinstance(each, LimitError) for each in sent) <= 3
    for number in range(3 - len(await files.of_token("t"))):
        await send(app, files, bytes([50 + number]))
    with pytest.raises(LimitError, match="3 files"):
        await send(app, files, b"more")
    assert len(await files.of_token("t")) == 3
    await send(app, files, b"another's", token_id="other")


async def test_who_is_refused_or_breaks_off_takes_no_room(files: GuestFiles) -> None:
    for _ in range(5):
        with pytest.raises(RuntimeError):
            async with files.room("t"):
                raise RuntimeError("broken off")
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(files.room("t"))
        with pytest.raises(LimitError):
            await stack.enter_async_context(files.room("t"))


async def test_a_deleted_file_is_gone_from_the_disk_unless_something_else_needs_it(app: App, files: GuestFiles) -> None:
    mine, same = await send(app, files, b"one"), await send(app, files, b"one", token_id="other")
    await files.delete(mine.id, token_id="t")
    assert await asyncio.to_thread(app.blobs.read, same.file.blob) == b"one"
    await files.delete(same.id, token_id="other")
    with pytest.raises(NotFoundError):
        await asyncio.to_thread(app.blobs.read, same.file.blob)


async def test_a_broken_one_is_left_out(app: App, files: GuestFiles) -> None:
    made = await send(app, files, b"one")
    await app.home.database.run(lambda connection: connection.execute(sa.update(GUEST_FILES).values(document="{")))
    assert await files.of_token("t") == []
    with pytest.raises(DamagedError):
        await files.get(made.id, token_id="t")
