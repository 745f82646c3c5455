from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gesso.errors import HomeInUseError, StorageError
from gesso.storage.home import SERVER, Home, find_server

HOLD = """
import sys
from pathlib import Path
from gesso.storage.home import Home

home = Home(Path(sys.argv[1])).own()
home.announce("http://127.0.0.1:5142")
print("mine", flush=True)
sys.stdin.read()
"""


def test_one_process_owns_a_home_and_others_find_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "mine\n"
        with pytest.raises(HomeInUseError, match=r"http://127\.0\.0\.1:5142"), Home(tmp_path):
            pass
        found = find_server(tmp_path)
        assert found is not None
        assert (found.address, found.pid) == ("http://127.0.0.1:5142", owner.pid)
        owner.kill()
    assert find_server(tmp_path) is None
    with Home(tmp_path) as home:  # the lock goes with its process
        assert home.announce("http://127.0.0.1:1").is_alive
    assert not (tmp_path / SERVER).exists()


def test_who_works_in_a_terminal_has_the_home_and_others_are_told_what_to_do(tmp_path: Path) -> None:
    with Home(tmp_path), pytest.raises(HomeInUseError, match="gesso train resume"), Home(tmp_path):
        pass


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        '{"address": 1}',
        json.dumps({"address": "x", "pid": 1, "started_at": "", "process_started_at": 5.0}),  # another's
        json.dumps({"address": "x", "pid": -5, "started_at": "", "process_started_at": 5.0}),
        json.dumps({"address": "x", "pid": 2**70, "started_at": "", "process_started_at": 5.0}),
    ],
    ids=range(7),
)
def test_what_a_dead_one_has_left_counts_as_none(text: str, tmp_path: Path) -> None:
    (tmp_path / SERVER).write_text(text, encoding="utf-8")
    assert find_server(tmp_path) is None


def test_a_home_that_cannot_be_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError), Home(tmp_path / "file"):
        pass


def test_a_home_is_for_its_owner_only(tmp_path: Path) -> None:
    with Home(tmp_path / "home") as home:
        home.database.path.stat()
        home.blobs.put(b"fox", "fox.txt")
        if sys.platform != "win32":
            modes = {path.stat().st_mode & 0o077 for path in (home.path, home.path / "blobs", home.database.path)}
            assert modes == {0}
