"""A model of one's own, `gesso bot discord`, an answer on the network, Ctrl-C; and the same in a Gesso that serves."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import pytest

from gesso.app import App
from gesso.settings import Settings
from tests.bots.poet import add_poet
from tests.bots.servers.discord import CHANNEL, DiscordServer, running
from tests.cli.serving import GESSO, run, serving

TOKEN = "a-token-of-the-story"


async def start(home: Path, server: DiscordServer, *words: str) -> Process:
    """Run `gesso bot discord` in a process of its own, with the token in its variable."""
    environment = os.environ | {"GESSO_HOME": str(home), "GESSO_BOT_POET_TOKEN": TOKEN}
    addresses = ["--api-url", server.api_url, "--gateway-url", server.gateway_url]
    return await asyncio.create_subprocess_exec(
        *GESSO, "bot", "discord", *words, *addresses, env=environment, stdout=PIPE, stderr=STDOUT
    )


async def said_until(process: Process, words: str) -> str:
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(200):
        while words not in said:
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    return said


@pytest.mark.timeout(400)  # the first time, an environment is made
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
async def test_a_bot_runs_in_a_terminal_until_it_is_ended(warm_home: Path, tmp_path: Path, end: int) -> None:
    add_poet(App(Settings(home=warm_home), report=lambda _: None), tmp_path / "poet")
    async with running(DiscordServer(token=TOKEN)) as server:
        process = await start(warm_home, server, "--model", "poet")
        await said_until(process, "Connected as poet")
        await server.say("<@900> hello")
        async with asyncio.timeout(200):
            while not server.posts:
                await asyncio.sleep(0.05)
        said = await said_until(process, "poet: ")
        assert server.posts[0]["channel"] == CHANNEL
        connection = server._now
        process.send_signal(end)
        rest, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, rest
        assert b"Traceback" not in rest
        assert TOKEN not in said + rest.decode()
        assert connection is not None
        async with asyncio.timeout(60):  # the server may hear of the end a moment later than we do
            while not connection.socket.closed:
                await asyncio.sleep(0.01)
    kept = "".join(path.read_text(errors="replace") for path in (warm_home / "bots").glob("*"))
    assert TOKEN not in kept
    assert not json.loads(kept)["is_on"]


@pytest.mark.timeout(400)  # as above
async def test_a_wrong_token_ends_it_with_what_to_do(warm_home: Path, tmp_path: Path) -> None:
    add_poet(App(Settings(home=warm_home), report=lambda _: None), tmp_path / "poet")
    async with running(DiscordServer(token="another")) as server:
        process = await start(warm_home, server, "--model", "poet")
        said, _ = await asyncio.wait_for(process.communicate(), 100)
        assert process.returncode not in {0, None}
        assert b"Reset Token" in said
        assert TOKEN.encode() not in said


@pytest.mark.timeout(400)  # as above
async def test_where_a_gesso_serves_it_keeps_the_bot_also_after_a_restart(warm_home: Path, tmp_path: Path) -> None:
    add_poet(App(Settings(home=warm_home), report=lambda _: None), tmp_path / "poet")
    async with running(DiscordServer(token=TOKEN)) as server:
        await asyncio.to_thread(_serve, warm_home, server)
        with await asyncio.to_thread(_enter, warm_home) as again:
            await server.until(op=2, count=2)
            await server.say("<@900> are you back?")
            async with asyncio.timeout(100):
                while not server.posts:
                    await asyncio.sleep(0.05)
            stopped = await asyncio.to_thread(run, "bot", "stop", "poet", GESSO_HOME=str(warm_home))
            assert "poet is off" in stopped.stderr, stopped.stderr
            assert again.process.poll() is None


class _Served:
    """`serving`, entered in a thread, so that the network can be spoken to meanwhile."""

    def __init__(self, home: Path) -> None:
        self._serving = serving(home, GESSO_BOT_POET_TOKEN=TOKEN)
        self.process = self._serving.__enter__().process

    def __enter__(self) -> _Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


def _enter(home: Path) -> _Served:
    return _Served(home)


def _serve(home: Path, server: DiscordServer) -> None:
    """Serve, hand the bot over, look away with Ctrl-C, and end the server while the bot is on."""
    with serving(home, GESSO_BOT_POET_TOKEN=TOKEN):
        asyncio.run(_hand_over(home, server))


async def _hand_over(home: Path, server: DiscordServer) -> None:
    process = await start(home, server, "--model", "poet")
    said = await said_until(process, "Connected as poet")
    assert "goes on there" in said
    process.send_signal(signal.SIGINT)
    await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    listed = await asyncio.to_thread(run, "bot", "--json", GESSO_HOME=str(home))
    assert json.loads(listed.stdout)[0]["status"]["state"] == "on"
