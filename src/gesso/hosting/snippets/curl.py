"""With curl, in a terminal."""

from __future__ import annotations

import json
import shlex

from gesso.hosting.snippets.target import TOKEN, Target


def curl(target: Target) -> str:
    """Return a command for a terminal: a form where a file is sent, else JSON."""
    words = ["curl -sS --fail-with-body"]
    if not target.is_public:
        words.append(f"-H 'Authorization: Bearer {TOKEN}'")
    if target.files:
        words += [f"-F {name}=@{file}" for name, file in target.files.items()]
        words += [f"--form-string {shlex.quote(f'{name}={_typed(value)}')}" for name, value in target.values.items()]
    else:
        body = json.dumps({"inputs": target.values}, ensure_ascii=False)
        words += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(body)}"]
    if target.is_telling:
        words.append("-H 'Accept: text/event-stream' -N")
    elif target.picture is not None:
        words.append("-H 'Accept: image/png' -o out.png")
    address = f"{target.url}/run" + (_output(target) if target.picture is not None else "")
    return " \\\n  ".join([*words, shlex.quote(address)]) + "\n"


def _output(target: Target) -> str:
    pictures = [port for port in target.command.outputs if port.type in ("image", "mask", "segmentation")]
    return f"?output={pictures[0].name}" if len(pictures) > 1 else ""


def _typed(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
