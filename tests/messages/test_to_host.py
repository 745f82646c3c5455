"""The messages from a worker, held by what they look like on the line."""

from __future__ import annotations

import typing

import msgspec
import pytest

from gesso.messages.to_host import (
    Described,
    Done,
    Failed,
    Hello,
    Logged,
    PartMade,
    PreviewMade,
    ProgressMade,
    Ready,
    Released,
    ToHost,
)
from gesso.messages.value import Value
from gesso.spec.model import Command, Port

VALUE = Value(header="a")
VALUE_ON_THE_LINE = {"header": "a", "buffers": []}
PORT_ON_THE_LINE = {
    "name": "x",
    "type": "text",
    "title": "",
    "description": "",
    "is_required": True,
    "default": None,
    "constraints": {},
}
COMMAND_ON_THE_LINE = {
    "name": "run",
    "description": "",
    "inputs": [PORT_ON_THE_LINE],
    "outputs": [],
    "is_streaming": False,
    "max_batch": 1,
    "is_stateful": False,
    "is_async": False,
}
PORT = Port(name="x", type="text")

SNAPSHOTS = [
    (Hello(1, 42, "3.11"), {"t": "hello", "protocol": 1, "pid": 42, "python": "3.11"}),
    (
        Described("Blurs.", (Command(name="run", inputs=(PORT,)),), (PORT,)),
        {
            "t": "described",
            "description": "Blurs.",
            "commands": [COMMAND_ON_THE_LINE],
            "options": [PORT_ON_THE_LINE],
        },
    ),
    (
        Ready(0.5, {"python": "3.11.7"}),
        {"t": "ready", "setup_s": 0.5, "versions": {"python": "3.11.7"}, "sees_others": False},
    ),
    (ProgressMade(1, 0.5, "half"), {"t": "progressmade", "run": 1, "fraction": 0.5, "text": "half"}),
    (Logged(1, "line", "info"), {"t": "logged", "run": 1, "text": "line", "level": "info"}),
    (
        PreviewMade(1, "output", "text", {}, VALUE),
        {
            "t": "previewmade",
            "run": 1,
            "output": "output",
            "type": "text",
            "constraints": {},
            "value": VALUE_ON_THE_LINE,
        },
    ),
    (
        PartMade(1, "output", "text", {}, VALUE),
        {"t": "partmade", "run": 1, "output": "output", "type": "text", "constraints": {}, "value": VALUE_ON_THE_LINE},
    ),
    (Done(1, {"x": VALUE}, 0.1), {"t": "done", "run": 1, "outputs": {"x": VALUE_ON_THE_LINE}, "run_s": 0.1}),
    (Failed(1, {"code": "model"}), {"t": "failed", "run": 1, "error": {"code": "model"}}),
    (Released([0]), {"t": "released", "offsets": [0]}),
]


@pytest.mark.parametrize(("message", "on_the_line"), SNAPSHOTS, ids=lambda value: type(value).__name__)
def test_what_it_looks_like(message: ToHost, on_the_line: dict[str, object]) -> None:
    sent = msgspec.msgpack.encode(message)
    assert msgspec.msgpack.decode(sent) == on_the_line
    assert msgspec.msgpack.decode(sent, type=ToHost) == message


def test_every_message_has_a_snapshot() -> None:
    assert {type(message) for message, _ in SNAPSHOTS} == set(typing.get_args(ToHost))
