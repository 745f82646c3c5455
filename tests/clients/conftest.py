"""Original clients of other protocols, and what they speak to: a server of its own with models that are hosted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT, SHARED_HOME
from tests.server.program import Program, running
from tests.server.protocols.models import PAINTER, WRITER

PACKAGES = ROOT / "tests" / "clients" / "package.json"
NODE = ROOT / ".cache" / "clients"


@dataclass(frozen=True)
class Hosted:
    """A deployment: where it is, and a token of it."""

    address: str
    name: str
    token: str
    secret: str


def _write(folder: Path, name: str, code: str) -> None:
    folder.mkdir(parents=True)
    (folder / "gesso.toml").write_text(f'name = "{name}"\n')
    (folder / "model.py").write_text(code)


def _add(home: Path, folder: Path) -> None:
    """Put a model on the list as its owner would, before the server runs."""
    program = "import sys; from gesso.cli.main import main; sys.argv[1:] = {words}; main()"
    words = ["add", str(folder)]
    env = os.environ | {"GESSO_HOME": str(home)}
    code = program.format(words=words)
    subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A server with two models on its list. Its webhooks may go to this computer."""
    home = tmp_path_factory.mktemp("home")
    environments = SHARED_HOME / "environments"
    environments.mkdir(parents=True, exist_ok=True)
    (home / "environments").symlink_to(environments, target_is_directory=True)
    folder = tmp_path_factory.mktemp("models")
    for name, code in (("writer", WRITER), ("painter", PAINTER)):
        _write(folder / name, name, code)
        _add(home, folder / name)
    with running(home, GESSO_FETCH_PRIVATE="1") as program:
        yield program


def _host(server: Program, name: str, **wanted: Any) -> Hosted:
    api = f"{server.address}/api/v1/deployments"
    made = httpx.post(api, json={"model": name, "is_trusted": True, **wanted}, timeout=60)
    assert made.status_code == 201, made.text
    token = httpx.post(f"{api}/{made.json()['name']}/tokens", json={"name": "test"}).json()["token"]
    secret = httpx.post(f"{api}/{made.json()['name']}/webhook-secret").json()["secret"]
    return Hosted(server.address, made.json()["name"], token, secret)


@pytest.fixture(scope="session")
def writer(server: Program) -> Hosted:
    """A deployment that writes."""
    return _host(server, "writer")


@pytest.fixture(scope="session")
def painter(server: Program) -> Hosted:
    """A deployment that turns pictures."""
    return _host(server, "painter")


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The clients for JavaScript, installed in the versions that `package.json` names."""
    wanted = PACKAGES.read_text(encoding="utf-8")
    stamp = NODE / "package.json"
    names = json.loads(wanted)["dependencies"]
    is_there = all((NODE / "node_modules" / name).is_dir() for name in names)
    if not is_there or stamp.read_text(encoding="utf-8") != wanted:
        NODE.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted, encoding="utf-8")
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
        subprocess.run(install, cwd=NODE, check=True, timeout=300)
    return NODE / "node_modules"


def run_script(code: str, *, node_modules: Path, **env: str) -> Any:
    """Run a script in Node and return what it printed last, as JSON."""
    answer = subprocess.run(
        ["node", "--input-type=commonjs", "-e", code],
        env=os.environ | {"NODE_PATH": str(node_modules)} | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.strip().splitlines()[-1])
