"""What starts quickly stays quick: each way in is opened in a process of its own and brings nothing heavy with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

DUMP = """
import atexit, sys
atexit.register(lambda: sys.stderr.write("\\nMODULES " + " ".join(sys.modules)))
"""
SERVER = {"torch", "av", "fastapi", "ray", "sqlalchemy", "typer", "rich", "httpx", "pydantic"}
FACE = SERVER | {"numpy", "PIL", "msgspec"}
HELP = {"numpy", "PIL", "httpx", "pydantic", "pydantic_settings", "torch", "av", "fastapi", "ray", "sqlalchemy"}


def modules_after(code: str) -> set[str]:
    """Run code in a fresh interpreter and return the top names of all that it imported."""
    done = subprocess.run([sys.executable, "-c", DUMP + code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stderr.rpartition("MODULES ")[2].split()}


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        pytest.param("import gesso", FACE, id="the public face"),
        pytest.param(
            "import sys; sys.argv = ['gesso', '--help']\nfrom gesso.cli.main import main; main()",
            HELP,
            id="gesso --help",
        ),
        pytest.param(
            "import sys; sys.argv = ['gesso', 'version']\nfrom gesso.cli.main import main; main()",
            HELP,
            id="gesso version",
        ),
        pytest.param("import gesso.app", {"sqlalchemy", "fastapi", "torch", "av"}, id="a run without a server"),
        pytest.param(
            "import gesso.cli.order", {"sqlalchemy", "fastapi", "httpx", "httpcore", "uvicorn"}, id="gesso run"
        ),
        pytest.param("import gesso.jobs.marks", {"sqlalchemy", "httpx", "pydantic"}, id="a recipe"),
        pytest.param("import gesso.runtime.worker.main", SERVER, id="the worker"),
        pytest.param("import gesso.runtime.transport, gesso.messages", SERVER, id="the transport"),
    ],
)
def test_brings_nothing_heavy(code: str, heavy: set[str]) -> None:
    assert not modules_after(code) & heavy
