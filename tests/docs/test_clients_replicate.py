"""docs/clients/replicate.md: what it has people type is run against a server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import PIL.Image
import pytest

from tests.clients.npm import node_environment
from tests.conftest import ROOT
from tests.server.protocols.hosted import Hosted, host_over_http, hosting

PAGE = (ROOT / "docs" / "clients" / "replicate.md").read_text(encoding="utf-8")


def snippet(language: str, hosted: Hosted) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)[0]
    return str(found).replace("http://127.0.0.1:5142", hosted.address).replace("gesso_...", hosted.token)


@pytest.mark.timeout(300)
def test_the_snippets_do_what_the_page_says(tmp_path: Path) -> None:
    with hosting(tmp_path) as server:
        writer, painter = host_over_http(server, "writer"), host_over_http(server, "painter")
        PIL.Image.new("RGB", (6, 4), (10, 120, 60)).save(tmp_path / "photo.png")
        subprocess.run([sys.executable, "-c", snippet("python", painter)], cwd=tmp_path, check=True, timeout=120)
        with PIL.Image.open(tmp_path / "turned.png") as turned:
            assert turned.size == (4, 6)
        said = subprocess.run(
            ["node", "-e", snippet("javascript", writer)],
            env=node_environment("replicate"), check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        assert said.stdout.decode() == " fox a fox a fox\n"
        told = subprocess.run(
            ["sh", "-c", snippet("sh", writer)],
            env=os.environ | {"TOKEN": writer.token}, check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        assert json.loads(told.stdout)["status"] == "succeeded"
