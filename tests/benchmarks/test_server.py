from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import psutil
import pytest

from benchmarks.peers.peer import Command, Home, Peer, Workload
from benchmarks.race.environment import NotInstalledError, python_of
from benchmarks.race.server import NotStartedError, Server

SERVES = "import http.server as h; h.HTTPServer(('127.0.0.1', {port}), h.SimpleHTTPRequestHandler).serve_forever()"
LEAVES_ONE = (
    "import subprocess, sys\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
)


def peer(code: str, **more: object) -> Peer:
    def command(home: Home) -> Command:
        return Command((home.python, "-c", code.replace("{port}", str(home.port))), {"PEER_SAYS": "hello"})

    plain = Peer(name="test", title="Test", command=command, asks={}, ready="/")
    return dataclasses.replace(plain, **more)  # type: ignore[arg-type] # whichever fields a test sets


def test_a_server_runs_in_a_folder_of_its_own_and_is_gone_afterwards() -> None:
    with Server(peer(SERVES), Workload.DATA) as server:
        assert server.address.port
        assert server.start_s > 0
        assert server.processes == 1
        assert server.memory_mb > 1
    assert server.processes == 0
    assert server.left_behind == 0


def test_what_a_server_leaves_running_is_counted_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.race.server._STOP_S", 0.5)
    with Server(peer(LEAVES_ONE + SERVES), Workload.DATA) as server:
        assert server.processes == 2
    assert server.left_behind == 1
    assert server.processes == 0


def test_a_server_that_ends_says_why() -> None:
    before = {process.pid for process in psutil.Process().children()}
    with (
        pytest.raises(NotStartedError, match="no such model"),
        Server(peer("raise SystemExit('no such model')"), Workload.DATA),
    ):
        pass
    assert {process.pid for process in psutil.Process().children()} <= before


def test_its_litter_is_removed_unless_it_was_there_before(tmp_path: Path) -> None:
    mine, others = tmp_path / "mine", tmp_path / "others"
    others.mkdir()
    code = f"import os; os.mkdir({os.fspath(mine)!r})\n{SERVES}"
    with Server(peer(code, litter=(mine, others)), Workload.DATA):
        assert mine.is_dir()
    assert not mine.exists()
    assert others.is_dir()


def test_a_key_is_not_repeated() -> None:
    with pytest.raises(NotStartedError) as told:
        Server(peer("raise SystemExit('http://127.0.0.1/?key=secret')"), Workload.DATA).__enter__()
    assert "key=..." in str(told.value)
    assert "secret" not in str(told.value)


def test_a_peer_that_cannot_be_installed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.race.environment._CACHE", tmp_path)
    with pytest.raises(NotInstalledError, match=r"ERROR: Invalid requirement"):
        python_of(peer(SERVES, requirements=("no name at all",)))
    assert not (tmp_path / "test" / "installed.txt").exists()
