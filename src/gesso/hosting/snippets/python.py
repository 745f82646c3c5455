"""With Gesso's own Python client."""

from __future__ import annotations

import json

from gesso.hosting.snippets.target import TOKEN, Target
from gesso.version import VERSION


def python(target: Target) -> str:
    """Return a Python program."""
    token = "" if target.is_public else f', "{TOKEN}"'
    head = [f"# pip install gesso=={VERSION}", *(["from pathlib import Path", ""] if target.files else [""])]
    given = [f'{name}=Path("{file}")' for name, file in target.files.items()]
    given += [f"{name}={literal(value)}" for name, value in target.values.items()]
    call = ", ".join(given)
    lines = [*head, "import gesso", "", f'model = gesso.connect("{target.url}"{token})']
    if target.is_telling:
        lines += [f"for piece in model.stream({call}):", '    print(piece, end="", flush=True)']
    else:
        lines += [f"made = model({call})", *_shown(target)]
    return "\n".join(lines) + "\n"


def literal(value: object) -> str:
    """Return a JSON value as Python writes it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _shown(target: Target) -> list[str]:
    is_only = len(target.command.outputs) == 1
    if target.picture is None:
        return ["print(made)"]
    made = "made" if is_only else f'made["{target.picture.name}"]'
    return [f'{made}.pil.save("out.png")']
