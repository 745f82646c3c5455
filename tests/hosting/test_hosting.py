"""Deployments end to end, but for HTTP: with real workers, on a home of their own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest
import sqlalchemy as sa

from gesso.app import App
from gesso.errors import (
    AccessError,
    ConflictError,
    FetchError,
    InputError,
    LimitError,
    ModelError,
    NotFoundError,
    QueueFullError,
    TrustError,
)
from gesso.hosting import admission
from gesso.hosting.entries import Entry
from gesso.hosting.hosting import Changes, Hosting, ReleaseOrder
from gesso.hosting.tokens import TokenOrder
from gesso.settings import Settings
from gesso.spec.runnable import Log, Request, Result
from gesso.storage.database import Connection
from gesso.storage.job_rows import digests_in_use
from gesso.storage.tables import DEPLOYMENT_LOG, DEPLOYMENT_MINUTES
from tests.hosting.models import add_poet, write_poet

_UNWELL = """
from pathlib import Path
from gesso import Model

class Poet(Model):
    def setup(self) -> None:
        {setup}

    def run(self, prompt: str = "", wait_s: float = 0.0) -> str:
        return "made"
"""


@pytest.fixture
async def app(warm_home: Path, tmp_path: Path) -> AsyncIterator[App]:
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        await app.start_jobs()
        add_poet(app, tmp_path / "poet")
        yield app


@pytest.fixture
def hosting(app: App) -> Hosting:
    return app.hosting


async def ask(hosting: Hosting, name: str, secret: str | None, *, wait_s: float = 0.0, prompt: str = "x") -> str:
    admission = hosting.admit(name, secret=secret, origin=None, client="test", protocol="gesso")
    async with admission:
        runnable = await hosting.awake(admission)
        request = Request(inputs={"prompt": prompt, "wait_s": wait_s}, command=admission.release.command)
        async for event in runnable.run(request):
            if isinstance(event, Result):
                admission.finish(event)
                return str(next(iter(event.outputs.values())))
            if isinstance(event, Log):
                hosting.hear(admission, event)
    raise AssertionError


async def test_a_model_is_hosted_at_once_and_wakes(hosting: Hosting) -> None:
    made = await hosting.create(ReleaseOrder(model="poet"))
    assert made.name == "poet"
    assert hosting.status("poet").state == "waking"
    _, secret = await hosting.make_token("poet", TokenOrder(name="bot"))
    assert await ask(hosting, "poet", secret) == "v1 plain x"
    status = hosting.status("poet")
    assert (status.state, status.ready, status.estimate_s) == ("awake", 1, 0.0)
    assert all(stage.usual_s is not None for stage in status.stages)
    await hosting.sleep("poet")
    status = hosting.status("poet")
    assert status.state == "asleep"
    assert status.estimate_s is not None
    assert await ask(hosting, "poet", secret) == "v1 plain x"


async def test_names_are_unique_and_one_is_found(hosting: Hosting) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="mine")
    with pytest.raises(ConflictError, match="already"):
        await hosting.create(ReleaseOrder(model="poet"), name="mine")
    with pytest.raises(InputError):
        await hosting.create(ReleaseOrder(model="poet"), name="No Name")
    assert (await hosting.create(ReleaseOrder(model="poet"))).name == "poet"
    assert (await hosting.create(ReleaseOrder(model="poet"))).name.startswith("poet-")
    assert [each.name for each in hosting.all()][:2] == ["mine", "poet"]


@pytest.mark.parametrize(
    "order",
    [
        ReleaseOrder(model="nobody"),
        ReleaseOrder(model="poet", command="none"),
        ReleaseOrder(model="poet", options={"mood": 7}),
        ReleaseOrder(model="poet", options={"nothing": 1}),
    ],
)
async def test_what_cannot_be_hosted_is_refused(hosting: Hosting, order: ReleaseOrder) -> None:
    with pytest.raises((NotFoundError, InputError)):
        await hosting.create(order)
    assert hosting.all() == []


async def test_a_model_that_nobody_trusts_is_not_hosted_until_somebody_does(
    hosting: Hosting, app: App, tmp_path: Path
) -> None:
    folder = write_poet(tmp_path / "stranger")
    with pytest.raises(TrustError):
        await hosting.create(ReleaseOrder(model=str(folder)))
    await hosting.create(ReleaseOrder(model=str(folder), is_trusted=True), is_public=True)
    assert await ask(hosting, "poet", None) == "v1 plain x"


async def test_without_the_right_token_nobody_comes_in(hosting: Hosting) -> None:
    for name in ("one", "two"):
        await hosting.create(ReleaseOrder(model="poet"), name=name)
    _, secret = await hosting.make_token("one", TokenOrder(name="bot"))
    _, gone = await hosting.make_token("one", TokenOrder(name="old", days=1e-9))
    await asyncio.sleep(1.1)  # times are told in seconds
    for name, given in (("one", None), ("one", "gesso_wrong"), ("two", secret), ("one", gone), ("one", "")):
        with pytest.raises(AccessError) as refused:
            await ask(hosting, name, given)
        assert refused.value.is_unknown
    with pytest.raises(NotFoundError):
        await ask(hosting, "three", secret)
    await hosting.change("one", Changes(is_active=False))
    assert hosting.status("one").state == "inactive"
    with pytest.raises(NotFoundError, match="switched off"):
        await ask(hosting, "one", secret)
    entries = [entry for _, entry in await hosting.log("one")]
    assert {entry.outcome for entry in entries} == {"refused"}


async def test_pages_need_a_token_of_their_own(hosting: Hosting) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one")
    order = TokenOrder(name="sketch", kind="browser", origins=("https://editor.p5js.org", "http://localhost:*"))
    _, browser = await hosting.make_token("one", order)
    _, secret = await hosting.make_token("one", TokenOrder(name="bot"))
    for given, origin in (
        (browser, None), (browser, "https://evil.example"), (secret, "https://editor.p5js.org"), (browser, "null"),
        (browser, "https://editor.p5js.org.evil.example"), (browser, "http://localhost:1@evil.example"),
    ):  # fmt: skip
        with pytest.raises(AccessError) as refused:
            hosting.admit("one", secret=given, origin=origin, client="a", protocol="gesso")
        assert not refused.value.is_unknown
    for origin in ("https://editor.p5js.org", "http://localhost:8001", "http://localhost"):
        async with hosting.admit("one", secret=browser, origin=origin, client="a", protocol="gesso"):
            pass
    assert hosting.door.may_be_asked_by(hosting.get("one"), "https://editor.p5js.org")
    assert not hosting.door.may_be_asked_by(hosting.get("one"), "https://evil.example")


async def test_a_public_one_asks_for_no_token_but_pages_are_listed(hosting: Hosting) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one", is_public=True)
    assert await ask(hosting, "one", None) == "v1 plain x"
    with pytest.raises(AccessError):
        hosting.admit("one", secret=None, origin="https://a.example", client="a", protocol="gesso")
    await hosting.change("one", Changes(origins=("https://a.example",), requests_per_minute=2))
    for _ in range(2):
        hosting.admit("one", secret=None, origin="https://a.example", client="a", protocol="gesso")
    with pytest.raises(LimitError, match="2 requests a minute"):
        hosting.admit("one", secret=None, origin="https://a.example", client="a", protocol="gesso")
    hosting.admit("one", secret=None, origin="https://a.example", client="b", protocol="gesso")


async def test_a_cap_holds_also_for_runs_side_by_side(hosting: Hosting) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one")
    _, secret = await hosting.make_token("one", TokenOrder(name="bot", max_requests=3))
    answers = await asyncio.gather(*(ask(hosting, "one", secret) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(answer, str) for answer in answers) == 3
    assert sum(isinstance(answer, LimitError) for answer in answers) == 2


async def test_what_a_token_has_spent_outlives_the_server(app: App, warm_home: Path) -> None:
    hosting = app.hosting
    await hosting.create(ReleaseOrder(model="poet"), name="one")
    token, secret = await hosting.make_token("one", TokenOrder(name="bot", max_requests=3))
    await ask(hosting, "one", secret, wait_s=0.05)
    with pytest.raises(ModelError):
        await ask(hosting, "one", secret, prompt="fail")
    await hosting.stop()
    again = Hosting(app.home.database, hosting._engine)
    await again.start()
    (purse,) = again.door.purses("one")
    assert (purse.token, purse.requests) == (token, 2)
    assert purse.compute_ms >= 50
    (minute,) = (await again.minutes("one", since=0)).values()
    assert (minute.requests, minute.errors) == (2, 1)
    lines = [entry for _, entry in await again.log("one")]
    assert [entry.outcome for entry in lines if entry.kind == "request"] == ["failed", "succeeded"]
    assert "asked with 4 letters" in [entry.text for entry in lines]
    assert not any("fail" in str(entry) for entry in lines if entry.kind == "line")
    assert await ask(again, "one", secret) == "v1 plain x"
    with pytest.raises(LimitError):
        await ask(again, "one", secret)
    await again.stop()


async def test_a_version_stays_as_it_was_deployed_and_one_rolls_back(
    hosting: Hosting, app: App, tmp_path: Path
) -> None:
    await hosting.create(ReleaseOrder(model="poet", options={"mood": "glad"}), name="one", is_public=True)
    assert await ask(hosting, "one", None) == "v1 glad x"
    write_poet(tmp_path / "poet", version=2)
    await hosting.sleep("one")
    assert await ask(hosting, "one", None) == "v1 glad x"
    deployed = await hosting.deploy("one", ReleaseOrder(model="poet"))
    assert (deployed.current, [each.number for each in deployed.releases]) == (1, [1, 2])
    assert await ask(hosting, "one", None) == "v1 glad x"
    slow = asyncio.create_task(ask(hosting, "one", None, wait_s=0.5))
    await asyncio.sleep(0.1)
    await hosting.switch("one", 2)
    assert await ask(hosting, "one", None) == "v2 plain x"
    assert await slow == "v1 glad x"
    shutil.rmtree(tmp_path / "poet")
    await hosting.switch("one", 1)
    assert await ask(hosting, "one", None) == "v1 glad x"
    with pytest.raises(NotFoundError):
        await hosting.switch("one", 9)


async def test_a_version_that_cannot_wake_never_answers(hosting: Hosting, tmp_path: Path) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one", is_public=True)
    broken = _UNWELL.format(setup="raise ValueError('no ink')")
    write_poet(tmp_path / "poet", code=broken)
    await hosting.deploy("one", ReleaseOrder(model="poet"))
    with pytest.raises(Exception, match="no ink"):
        await hosting.switch("one", 2)
    assert hosting.get("one").current == 1
    assert await ask(hosting, "one", None) == "v1 plain x"


async def test_one_that_fails_to_wake_says_why_and_tries_again(hosting: Hosting, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    code = _UNWELL.format(setup=f"assert Path({str(flag)!r}).exists(), 'no flag'")
    write_poet(tmp_path / "poet", code=code)
    await hosting.create(ReleaseOrder(model="poet"), name="one", is_public=True)
    with pytest.raises(Exception, match="no flag"):
        await ask(hosting, "one", None)
    status = hosting.status("one")
    assert status.state == "failed"
    assert "no flag" in str(status.error)
    flag.touch()
    assert await ask(hosting, "one", None) == "made"
    assert hosting.status("one").state == "awake"


async def test_a_revoked_token_ends_what_is_under_way(hosting: Hosting) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one")
    token, secret = await hosting.make_token("one", TokenOrder(name="bot"))
    _, other = await hosting.make_token("one", TokenOrder(name="other"))
    await ask(hosting, "one", other)
    running = asyncio.create_task(ask(hosting, "one", secret, wait_s=30))
    await asyncio.sleep(0.2)
    await hosting.revoke("one", token.id)
    with pytest.raises(AccessError, match="taken back"):
        await running
    with pytest.raises(AccessError):
        await ask(hosting, "one", secret)
    with pytest.raises(NotFoundError):
        await hosting.revoke("one", token.id)
    assert await ask(hosting, "one", other) == "v1 plain x"


def sweep(app: App) -> None:
    def in_use(digests: Collection[str]) -> Collection[str]:
        return app.home.database.call(lambda connection: digests_in_use(connection, digests))

    app.blobs.sweep(in_use, grace_s=-1)


async def test_a_deleted_one_is_gone_and_its_files_are_let_go(hosting: Hosting, app: App) -> None:
    made = await hosting.create(ReleaseOrder(model="poet"), name="one")
    _, secret = await hosting.make_token("one", TokenOrder(name="bot"))
    archive = made.release.archive
    sweep(app)
    assert archive in set(app.blobs.digests())
    await hosting.delete("one")
    with pytest.raises(NotFoundError):
        await ask(hosting, "one", secret)
    sweep(app)
    assert archive not in set(app.blobs.digests())
    await hosting.create(ReleaseOrder(model="poet"), name="one")
    with pytest.raises(AccessError):
        await ask(hosting, "one", secret)


async def test_what_is_refused_costs_nothing_and_figures_say_what_the_log_says(hosting: Hosting) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one")
    token, secret = await hosting.make_token("one", TokenOrder(name="bot", max_requests=2))
    for error in (InputError("a", "b"), QueueFullError("x"), FetchError("x"), ConflictError("x")):
        with pytest.raises(type(error)):
            async with hosting.admit("one", secret=secret, origin=None, client="a", protocol="gesso") as asked:
                asked.begin_work()
                raise error
    with pytest.raises(AccessError):
        hosting.expect("one", secret="gesso_wrong", origin=None, protocol="gesso")
    with pytest.raises(ModelError):
        await ask(hosting, "one", secret, prompt="fail")
    assert await ask(hosting, "one", secret) == "v1 plain x"
    (purse,) = hosting.door.purses("one")
    assert (purse.token, purse.requests) == (token, 2)
    (minute,) = (await hosting.minutes("one", since=0)).values()
    outcomes = [entry.outcome for _, entry in await hosting.log("one") if entry.kind == "request"]
    assert (minute.refused, minute.requests, minute.errors) == (5, 2, 1)
    assert (outcomes.count("refused"), outcomes.count("failed"), outcomes.count("succeeded")) == (5, 1, 1)
    assert sum(minute.latencies) == 2


async def test_strangers_do_not_push_out_the_log(hosting: Hosting) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one")
    _, secret = await hosting.make_token("one", TokenOrder(name="bot"))
    await ask(hosting, "one", secret)
    for _ in range(30):
        for _ in range(100):
            with pytest.raises(AccessError):
                hosting.admit("one", secret="wrong", origin=None, client="a", protocol="gesso")
        await hosting.book.save()
    entries: list[Entry] = []
    before = None
    while page := await hosting.log("one", before=before):
        entries += [entry for _, entry in page]
        before = page[-1][0]
    assert len(entries) <= 410
    assert [entry.outcome for entry in entries if entry.token] == ["succeeded"]
    (minute,) = (await hosting.minutes("one", since=0)).values()
    assert minute.refused == 3000


@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize("how", ["pause", "remove"])
async def test_one_that_is_switched_off_or_removed_ends_what_is_under_way(
    hosting: Hosting, *, is_public: bool, how: str
) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one", is_public=is_public)
    secret = None if is_public else (await hosting.make_token("one", TokenOrder(name="bot")))[1]
    await ask(hosting, "one", secret)

    async def as_owner() -> None:
        async with hosting.admit_owner("one", protocol="runway-local"):
            await asyncio.sleep(60)

    running = [asyncio.create_task(ask(hosting, "one", secret, wait_s=30)), asyncio.create_task(as_owner())]
    await asyncio.sleep(0.1)
    late = hosting.admit("one", secret=secret, origin=None, client="a", protocol="gesso")
    if how == "pause":
        await hosting.change("one", Changes(is_active=False))
    else:
        await hosting.delete("one")
    for each in running:
        with pytest.raises((NotFoundError, AccessError), match=r"switched off|removed|taken back"):
            await each
    with pytest.raises((NotFoundError, AccessError)):
        async with late:
            pass


async def test_a_cap_that_is_used_up_ends_what_else_is_under_way_with_it(hosting: Hosting) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one")
    _, secret = await hosting.make_token("one", TokenOrder(name="bot", max_compute_s=2.5))
    _, other = await hosting.make_token("one", TokenOrder(name="other"))
    await ask(hosting, "one", other)
    slow = [asyncio.create_task(ask(hosting, "one", secret, wait_s=3)) for _ in range(2)]
    free = asyncio.create_task(ask(hosting, "one", other, wait_s=0.1))
    first, second = await asyncio.gather(*slow, return_exceptions=True)
    assert first == "v1 plain x"  # what has used it up comes to its end
    assert isinstance(second, LimitError)
    assert await free == "v1 plain x"
    with pytest.raises(LimitError):
        hosting.expect("one", secret=secret, origin=None, protocol="gesso")
    hosting.expect("one", secret=other, origin=None, protocol="gesso")


async def test_rows_that_are_broken_keep_nobody_from_the_others(hosting: Hosting, app: App) -> None:
    await hosting.create(ReleaseOrder(model="poet"), name="one", is_public=True)
    await ask(hosting, "one", None)
    await hosting.stop()
    for table in (DEPLOYMENT_LOG, DEPLOYMENT_MINUTES):
        column = "document" if table is DEPLOYMENT_LOG else "latencies"
        broken = sa.update(table).values({column: "{"})

        def spoil(connection: Connection, broken: sa.Update = broken) -> None:
            connection.execute(broken)

        await app.home.database.run(spoil)
    again = Hosting(app.home.database, hosting._engine)
    await again.start()
    assert await ask(again, "one", None) == "v1 plain x"
    assert next(entry.outcome for _, entry in await again.log("one")) == "succeeded"
    (minute,) = (await again.minutes("one", since=0)).values()
    assert minute.requests == 2
    await again.stop()


async def test_what_the_model_refuses_late_has_cost_its_time(hosting: Hosting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "_AT_ONCE_S", 0.05)
    await hosting.create(ReleaseOrder(model="poet"), name="one")
    _, secret = await hosting.make_token("one", TokenOrder(name="bot"))
    with pytest.raises(InputError):
        async with hosting.admit("one", secret=secret, origin=None, client="a", protocol="gesso") as asked:
            asked.begin_work()
            await asyncio.sleep(0.1)
            raise InputError("a rhyme", "none")
    (purse,) = hosting.door.purses("one")
    assert purse.requests == 1
    assert purse.compute_ms >= 100
