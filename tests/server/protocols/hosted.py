"""A server of its own with models that are hosted, for the original clients of other protocols."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.clients.npm import node_environment
from tests.conftest import SHARED_HOME
from tests.server.program import Program, running
from tests.server.protocols.models import CODES

_ADD = "import sys; from gesso.cli.main import main; main()"


@dataclass(frozen=True)
class Hosted:
    """A deployment: where it is, a token of it, and what signs its webhooks."""

    address: str
    name: str
    token: str
    secret: str


def make_home(folder: Path) -> Path:
    """Return a home with the models on its list, and the environments that all tests share."""
    home, environments = folder / "home", SHARED_HOME / "environments"
    environments.mkdir(parents=True, exist_ok=True)
    home.mkdir()
    (home / "environments").symlink_to(environments, target_is_directory=True)
    for name, code in CODES.items():
        (folder / name).mkdir()
        (folder / name / "gesso.toml").write_text(f'name = "{name}"\n')
        (folder / name / "model.py").write_text(code)
        added = [sys.executable, "-c", _ADD, "add", str(folder / name)]
        subprocess.run(added, env=os.environ | {"GESSO_HOME": str(home)}, check=True, capture_output=True)
    return home


@contextmanager
def hosting(folder: Path) -> Iterator[Program]:
    """Run a server with the models on its list. Its webhooks may go to this computer."""
    with running(make_home(folder), GESSO_FETCH_PRIVATE="1") as program:
        yield program


def host_over_http(server: Program, model: str, **wanted: Any) -> Hosted:
    """Host a model as its owner would."""
    api = "/api/v1/deployments"
    with httpx.Client(base_url=server.address, timeout=60) as owner:
        made = owner.post(api, json={"model": model, "is_trusted": True, **wanted})
        assert made.status_code == 201, made.text
        name = made.json()["name"]
        token = owner.post(f"{api}/{name}/tokens", json={"name": "test"}).json()["token"]
        secret = owner.post(f"{api}/{name}/webhook-secret").json()["secret"]
    return Hosted(server.address, name, token, secret)


def run_script(code: str, *, package: str, **env: str) -> Any:
    """Run a script in Node, with the packages of a folder in `tests/clients`. Return what it printed last, as JSON."""
    answer = subprocess.run(
        ["node", "--input-type=commonjs", "-e", code],
        env=node_environment(package) | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.strip().splitlines()[-1])
