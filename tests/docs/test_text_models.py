"""docs/text-models.md: its table is the speaker's, and what it has people type works with a hosted one."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gesso.app import App
from gesso.sdk.declaration import bind
from gesso.settings import Settings
from gesso.trainers.text.speaker.model import Speaker
from gesso.trainers.text.speaking import Labels, make_speaker
from tests.conftest import ROOT, SHARED_HOME
from tests.server.program import running
from tests.server.protocols.hosted import host_over_http
from tests.trainers.text.tiny import END, byte_tokenizer, write_parrot

PAGE = (ROOT / "docs" / "text-models.md").read_text(encoding="utf-8")
_GESSO = "import sys; from gesso.cli.main import main; main()"


def snippet(language: str, place: int = 0) -> str:
    return str(re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)[place])


def test_the_table_is_the_speakers() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE, flags=re.MULTILINE)
    ports = bind(Speaker)["run"].command.inputs
    assert {name for name, _ in rows} == {port.name for port in ports}
    usual = {port.name: "none" if port.default in (None, []) else str(port.default or "empty") for port in ports}
    assert dict(rows) == usual


@pytest.mark.timeout(600)
def test_what_it_has_people_type_works(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (SHARED_HOME / "environments").mkdir(parents=True, exist_ok=True)
    (home / "environments").symlink_to(SHARED_HOME / "environments", target_is_directory=True)
    write_parrot(tmp_path / "my-poet" / "weights", byte_tokenizer(257), ["The wd", "dow", "w.\n" + END], context=64)
    asyncio.run(_add(home, tmp_path / "my-poet"))
    env = os.environ | {"GESSO_HOME": str(home)}
    words = ["run", "my-poet", "-i", "prompt=The window was open and"]
    assert f'gesso run my-poet -i "{words[-1]}"' in snippet("console")
    said = subprocess.run([sys.executable, "-c", _GESSO, *words], env=env, check=True, capture_output=True, text=True)
    assert said.stdout.startswith("generated_text: The window was open and")
    with running(home) as server:
        poet = host_over_http(server, "my-poet")
        here = {
            language: snippet(language)
            .replace("http://127.0.0.1:5142", server.address)
            .replace("gesso_...", poet.token)
            for language in ("python", "sh")
        }
        told = subprocess.run([sys.executable, "-c", here["python"]], check=True, capture_output=True, text=True)
        assert re.search(r"^\d+ (stop|length)$", told.stdout, flags=re.MULTILINE)
        asked = subprocess.run(
            ["sh", "-c", here["sh"]], env=os.environ | {"TOKEN": poet.token}, check=True, capture_output=True
        )
        assert json.loads(asked.stdout)["generated_text"].startswith("The window was open and")


async def _add(home: Path, folder: Path) -> None:
    make_speaker(folder, Labels(name=folder.name))
    async with App(Settings(home=home), report=lambda _: None) as app:
        app.trust.trust(app.registry.add(str(folder)))
