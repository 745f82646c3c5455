"""docs/clients/openai.md: what it has people type is run against a server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.server.protocols.hosted import host_over_http, hosting

PAGE = (ROOT / "docs" / "clients" / "openai.md").read_text(encoding="utf-8")


def snippet(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    return str(found[0])


@pytest.mark.timeout(300)
def test_the_snippets_do_what_the_page_says(tmp_path: Path) -> None:
    with hosting(tmp_path) as server:
        writer = host_over_http(server, "writer")
        here = {
            language: snippet(language)
            .replace("http://127.0.0.1:5142", server.address)
            .replace("gesso_...", writer.token)
            for language in ("python", "sh")
        }
        said = subprocess.run([sys.executable, "-c", here["python"]], check=True, capture_output=True, timeout=120)
        assert said.stdout.decode().startswith(" time a upon Once time")
        assert "Assistant:" in said.stdout.decode()
        told = subprocess.run(
            ["sh", "-c", here["sh"]],
            env=os.environ | {"TOKEN": writer.token},
            check=True,
            capture_output=True,
            timeout=60,
        )
        assert json.loads(told.stdout)["usage"]["completion_tokens"] == 40
