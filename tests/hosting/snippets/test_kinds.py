"""Code to copy, for models of many shapes: whole, and with every input that must be given. Journeys run some of it."""

from __future__ import annotations

import ast
import shutil
import subprocess
from pathlib import Path

import pytest

from gesso.hosting.snippets.kinds import KINDS, Kind
from gesso.hosting.snippets.target import TOKEN, Target
from gesso.spec.model import Command, ModelSpec, Port
from gesso.types import catalogue
from tests.conftest import ROOT

TEXT = Port(name="prompt", type="text")
OUT = Port(name="output", type="text")
COMMANDS = {
    "poet": Command(name="run", inputs=(TEXT,), outputs=(OUT,)),
    "teller": Command(name="run", inputs=(TEXT,), outputs=(OUT,), is_streaming=True),
    "nothing": Command(name="run", inputs=(), outputs=(Port(name="n", type="number"),)),
    "quotes": Command(
        name="run",
        inputs=(Port(name="words", type="text", default='it\'s "so" $HOME `id` \\ ünï\n'),),
        outputs=(OUT,),
    ),
    "many": Command(
        name="run",
        inputs=(
            Port(name="photo", type="image"),
            Port(name="sound", type="audio"),
            Port(name="words", type="text"),
            Port(name="count", type="number", constraints={"is_integer": True}),
            Port(name="is_on", type="boolean"),
            Port(name="z", type="vector", constraints={"length": 3}),
            Port(name="data", type="json"),
        ),
        outputs=(Port(name="picture", type="image"), Port(name="mask", type="mask")),
    ),
}
for _path in sorted((ROOT / "src/gesso/models").glob("*/spec.json")):
    for _command in ModelSpec.from_json(_path.read_text(encoding="utf-8")).commands:
        COMMANDS[f"{_path.parent.name}:{_command.name}"] = _command

CASES = [
    pytest.param(kind, command, is_public, id=f"{kind.name}-{name}-{'public' if is_public else 'private'}")
    for kind in KINDS
    for name, command in COMMANDS.items()
    for is_public in (False, True)
]


def target_of(command: Command, *, is_public: bool) -> Target:
    return Target(base="https://gesso.example.org", name="it", model="it", command=command, is_public=is_public)


@pytest.mark.parametrize(("kind", "command", "is_public"), CASES)
def test_code_is_whole(kind: Kind, command: Command, is_public: bool, tmp_path: Path) -> None:
    target = target_of(command, is_public=is_public)
    if not kind.fits(target):
        return
    code = kind.make(target)
    assert code.endswith("\n")
    if kind.name == "replicate":  # whose client takes files at the protocol's own address
        assert '"https://gesso.example.org/replicate"' in code
    elif kind.name != "osc":
        assert "https://gesso.example.org/m/it" in code
    missing = [port.name for port in command.inputs if port.is_required and port.name not in code]
    assert not missing or kind.name in {"openai", "p5"}  # these take but a text, or a camera
    if is_public and kind.name in {"curl", "python", "javascript", "p5", "processing", "runway"}:
        assert TOKEN not in code
    if not is_public and kind.name != "osc":
        assert TOKEN in code
    check(kind, code, tmp_path)


def check(kind: Kind, code: str, folder: Path) -> None:
    """Have the language itself read it."""
    if kind.language == "python":
        ast.parse(code)
    elif kind.language == "sh":
        subprocess.run(["sh", "-n", "-c", code], check=True)
    elif kind.language == "js" and (node := shutil.which("node")):
        path = folder / ("code.cjs" if kind.name in {"runway", "p5"} else "code.mjs")
        path.write_text(code, encoding="utf-8")
        subprocess.run([node, "--check", str(path)], check=True, timeout=30)


def test_there_is_code_for_every_type_of_input() -> None:
    for name in catalogue.names():
        try:
            port = Port(name="given", type=name)
            port.data_type.sample()
        except Exception:  # noqa: BLE001 - of a type that must be told more, such as the labels of a segmentation
            continue
        target = target_of(Command(name="run", inputs=(port,), outputs=(OUT,)), is_public=False)
        assert all(kind.make(target) for kind in KINDS if kind.fits(target))
