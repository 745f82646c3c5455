"""`gesso.connect`: what does not need a server. What does is in tests/remote."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gesso
from gesso.errors import FetchError, InputError


def test_offline_nobody_is_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GESSO_OFFLINE", "1")
    with pytest.raises(FetchError, match="offline") as refused:
        gesso.connect("https://gesso.example.org/m/pose", "a token")
    assert "GESSO_OFFLINE=0" in refused.value.hint


@pytest.mark.parametrize("url", ["pose", "https://example.org/somewhere/else", "ftp://example.org/m/pose"])
def test_what_is_no_address_is_told(url: str, home: Path) -> None:
    with pytest.raises(InputError):
        gesso.connect(url)


PLAIN = """
import sys

class Missing:  # what a plain install does not have
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"pydantic", "pydantic_settings", "filelock", "httpx", "httpcore", "platformdirs"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
import gesso
try:
    gesso.connect("https://no-such-name.invalid/m/pose", "a token")
except gesso.GessoError as error:
    print(error)
"""


@pytest.mark.parametrize(("offline", "said"), [("", "cannot be reached"), ("1", "set to work offline")])
def test_the_plain_install_is_enough_and_has_the_same_switch(offline: str, said: str) -> None:
    env = os.environ | {"GESSO_OFFLINE": offline}
    done = subprocess.run(
        [sys.executable, "-c", PLAIN], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    assert said in done.stdout
