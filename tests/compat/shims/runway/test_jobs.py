"""A Runway model that runs by itself: a real process, asked over HTTP and WebSocket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from simple_websocket import Client

from gesso.compat.kinds import SHIMS

SCRIPT = """
import time
import runway
from runway.data_types import number, text

made = []

@runway.setup
def setup():
    return {"count": 0}

@runway.command("grow", inputs={"n": number}, outputs={"text": text})
def grow(model, inputs):
    for number in range(1, inputs["n"] + 1):
        yield "a" * number, number / inputs["n"]

@runway.command("count", inputs={"n": number}, outputs={"count": number})
def count(model, inputs):
    model["count"] += 1
    return model["count"]

@runway.command("wait", inputs={"n": number}, outputs={"text": text})
def wait(model, inputs):
    time.sleep(600)

@runway.command("fail", inputs={"n": text}, outputs={"text": text})
def fail(model, inputs):
    raise ValueError("nope")

@runway.command("die", inputs={"n": number}, outputs={"text": text})
def die(model, inputs):
    import os
    os._exit(3)

if __name__ == "__main__":
    runway.run(host="127.0.0.1", port=8000)
"""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run the script as its author would, and yield where it listens."""
    (folder / "runway_model.py").write_text(SCRIPT)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    variables = {"PYTHONPATH": os.pathsep.join([str(SHIMS), *filter(None, sys.path)]), "RW_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "runway_model.py"], cwd=folder, env=os.environ | variables, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Starting model server at"):
                break
        wait_for(port)
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def wait_for(port: int) -> None:
    """Wait until somebody listens at a port."""
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port)):
                return
        except ConnectionRefusedError:
            continue


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("model")) as found:
        yield found


class Line:
    """A WebSocket to the model."""

    def __init__(self, address: str) -> None:
        self._socket = Client.connect(f"ws://{address}/")

    def ask(self, command: str, n: Any = 1, **more: Any) -> None:
        self.send({"type": "submit", "command": command, "inputData": {"n": n}, **more})

    def send(self, message: Any) -> None:
        self._socket.send(message if isinstance(message, str) else json.dumps(message))

    def hear(self) -> Any:
        return json.loads(self._socket.receive(timeout=30))

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def line(address: str) -> Iterator[Line]:
    opened = Line(address)
    yield opened
    opened.close()


def ask(address: str, path: str, data: Any = None) -> Any:
    body = None if data is None else json.dumps(data).encode()
    with urllib.request.urlopen(f"http://{address}{path}", body, timeout=30) as answer:
        return json.loads(answer.read())


def test_it_answers_over_http(address: str) -> None:
    assert ask(address, "/healthcheck") == {"status": "RUNNING"}
    assert [command["name"] for command in ask(address, "/")["commands"]][:2] == ["grow", "count"]
    assert ask(address, "/grow", {"n": 3}) == {"text": "aaa"}


def test_a_job_tells_each_output_with_its_progress(line: Line) -> None:
    line.ask("grow", 2)
    told = [line.hear() for _ in range(4)]
    job_id = told[0]["id"]
    assert len(job_id) == 32
    assert told[0] == {"type": "started", "id": job_id}
    assert told[1] == {"type": "output", "id": job_id, "outputData": {"text": "a"}, "progress": 0.5}
    assert told[2] == {"type": "output", "id": job_id, "outputData": {"text": "aa"}, "progress": 1}
    assert (told[3]["type"], isinstance(told[3]["timeElapsed"], int)) == ("succeeded", True)


def test_progress_is_said_where_there_is_some(line: Line) -> None:
    line.ask("count")
    assert set([line.hear(), line.hear()][1]) == {"type", "id", "outputData"}


@pytest.mark.skipif(sys.platform != "linux", reason="a job is a process of its own on Linux alone")
def test_a_job_changes_nothing_for_the_next(line: Line) -> None:
    for _ in range(2):
        line.ask("count")
        assert [line.hear()["type"], line.hear()["outputData"], line.hear()["type"]] == [
            "started",
            {"count": 1},
            "succeeded",
        ]


def test_a_failed_job_says_why(line: Line) -> None:
    line.ask("fail", "x", id="mine")
    assert line.hear() == {"type": "started", "id": "mine"}
    failed = line.hear()
    assert (failed["type"], failed["id"]) == ("failed", "mine")
    assert failed["error"] == "Error during inference: ValueError('nope')."
    assert failed["traceback"]


def test_an_unknown_command_and_a_missing_input_fail(line: Line) -> None:
    line.ask("nothere")
    assert [line.hear()["type"], line.hear()["error"]] == ["started", "Unknown command: nothere."]


@pytest.mark.skipif(sys.platform != "linux", reason="a job is a process of its own on Linux alone")
def test_a_job_whose_process_dies_has_failed(line: Line) -> None:
    line.ask("die", id="mine")
    assert line.hear()["type"] == "started"
    assert line.hear() == {"type": "failed", "id": "mine", "error": "An unknown error occurred"}


def test_the_job_is_canceled_that_is_named(line: Line) -> None:
    """Not as in the original, which ends the last one whatever is named."""
    line.ask("wait", id="first")
    line.ask("wait", id="second")
    assert [line.hear()["id"], line.hear()["id"]] == ["first", "second"]
    line.send({"type": "cancel", "id": "first"})
    assert line.hear() == {"type": "cancelled", "id": "first"}
    line.send({"type": "cancel", "id": "first"})  # it has ended already
    line.send({"type": "cancel", "id": "second"})
    assert line.hear() == {"type": "cancelled", "id": "second"}


def test_what_is_no_message_is_passed_over(line: Line) -> None:
    for nonsense in (
        "",
        "no json",
        "[]",
        "3",
        '{"type": "dance"}',
        '{"type": "cancel"}',
        '{"type": "cancel", "id": 4}',
    ):
        line.send(nonsense)
    line.ask("grow", 1, id="mine")
    assert line.hear() == {"type": "started", "id": "mine"}


def test_an_id_that_was_used_is_passed_over(line: Line) -> None:
    line.ask("wait", id="mine")
    line.ask("grow", 1, id="mine")
    line.ask("grow", 1, id="other")
    assert [line.hear()["id"] for _ in range(2)] == ["mine", "other"]


def test_many_at_once_are_heard_apart(address: str) -> None:
    lines = [Line(address) for _ in range(3)]
    for number, each in enumerate(lines):
        each.ask("grow", 1, id=f"job {number}")
    assert [{each.hear()["id"] for _ in range(3)} for each in lines] == [{f"job {number}"} for number in range(3)]
    for each in lines:
        each.close()
