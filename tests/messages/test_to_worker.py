"""The messages to a worker, held by what they look like on the line."""

from __future__ import annotations

import typing

import msgspec
import pytest

from gesso.messages.to_worker import Batch, Cancel, Describe, EndSession, Load, Release, Run, Stop, ToWorker
from gesso.messages.value import Slot, Value

PASSED = Slot(0, 0, 8192, 9, memory="7:/proc/1/fd/5", number=-1)
RUN = Run(run=1, command="run", inputs={"x": Value(header=3, buffers=[b"ab", Slot(0, 65536, 4096, 3), PASSED])}, seed=7)
RUN_ON_THE_LINE = {
    "t": "run",
    "run": 1,
    "command": "run",
    "inputs": {
        "x": {"header": 3, "buffers": [b"ab", [0, 65536, 4096, 3, "", 0], [0, 0, 8192, 9, "7:/proc/1/fd/5", -1]]}
    },
    "seed": 7,
    "session": None,
    "scratch": "",
    "is_seed_given": False,
    "checkpoints": "",
}

SNAPSHOTS = [
    (Describe("model.py"), {"t": "describe", "entry": "model.py", "class_name": "", "kind": ""}),
    (
        Load("model.py", weights={"a.onnx": "/home/ada/a.onnx"}, cache="/home/ada/cache"),
        {
            "t": "load",
            "entry": "model.py",
            "class_name": "",
            "options": {},
            "device": "auto",
            "weights": {"a.onnx": "/home/ada/a.onnx"},
            "distributions": [],
            "memory": "",
            "kind": "",
            "cache": "/home/ada/cache",
        },
    ),
    (RUN, RUN_ON_THE_LINE),
    (Batch([RUN]), {"t": "batch", "runs": [RUN_ON_THE_LINE]}),
    (Cancel(1), {"t": "cancel", "run": 1}),
    (EndSession("camera"), {"t": "endsession", "session": "camera"}),
    (Release([0, 65536]), {"t": "release", "offsets": [0, 65536]}),
    (Stop(), {"t": "stop"}),
]


@pytest.mark.parametrize(("message", "on_the_line"), SNAPSHOTS, ids=lambda value: type(value).__name__)
def test_what_it_looks_like(message: ToWorker, on_the_line: dict[str, object]) -> None:
    sent = msgspec.msgpack.encode(message)
    assert msgspec.msgpack.decode(sent) == on_the_line
    assert msgspec.msgpack.decode(sent, type=ToWorker) == message


def test_every_message_has_a_snapshot() -> None:
    assert {type(message) for message, _ in SNAPSHOTS} == set(typing.get_args(ToWorker))
