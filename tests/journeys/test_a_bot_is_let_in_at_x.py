"""`gesso bot x` for the first time: a person allows the app, copies an address back, and the bot answers a mention."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from gesso.app import App
from gesso.settings import Settings
from tests.bots.poet import add_poet
from tests.bots.servers.x import XServer, running
from tests.cli.serving import GESSO
from tests.conftest import ROOT


@pytest.mark.timeout(400)  # the first time, an environment is made
async def test_a_person_lets_a_bot_in_and_it_goes_on_the_next_time(warm_home: Path, tmp_path: Path) -> None:
    add_poet(App(Settings(home=warm_home), report=lambda _: None), tmp_path / "poet")
    paths = [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = os.environ | {
        "GESSO_HOME": str(warm_home),
        "GESSO_BOT_POET_CLIENT_ID": "the-client",
        "GESSO_BOT_POET_CLIENT_SECRET": "the-secret",
        "KEYRING_FILE": str(tmp_path / "keyring.json"),
        "PYTHON_KEYRING_BACKEND": "tests.bots.filed_keyring.FiledKeyring",
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    with running(XServer()) as server:
        for attempt in range(2):
            words = ["bot", "x", "--model", "poet", "--api-url", server.url, "--poll", "0.1"]
            process = await asyncio.create_subprocess_exec(
                *GESSO, *words, env=environment, stdin=PIPE, stdout=PIPE, stderr=STDOUT
            )
            assert process.stdin is not None
            assert process.stdout is not None
            said = ""
            async with asyncio.timeout(200):
                while "Connected as @poet" not in said:
                    line = (await process.stdout.readline()).decode()
                    assert line, said
                    said += line
                    if "x.com/i/oauth2/authorize" in line:
                        assert attempt == 0
                        process.stdin.write(f"{_allow(server, line.strip())}\n".encode())
                while not server.asked or "mentions" not in server.asked[-1]:
                    await asyncio.sleep(0.05)
                await asyncio.sleep(0.5)  # the first look takes only the place to begin
                server.mention(f"@poet hello {attempt}")
                while len(server.posts) <= attempt:
                    await asyncio.sleep(0.05)
            process.send_signal(signal.SIGINT)
            rest, _ = await asyncio.wait_for(process.communicate(), 60)
            assert process.returncode == 0, rest
        assert json.loads((tmp_path / "keyring.json").read_text()) == {"gesso bot poet refresh_token": server.refresh}
        kept = (warm_home / "bots" / "poet.json").read_text()
        assert not any(secret in kept for secret in ("refresh-", "the-secret"))


def _allow(server: XServer, url: str) -> str:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    server.codes["a-code"] = (asked["code_challenge"], asked["redirect_uri"])
    return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], 'code': 'a-code'})}"
