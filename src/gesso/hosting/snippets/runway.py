"""With the client that people already have for Runway's hosted models."""

from __future__ import annotations

import json

from gesso.hosting.snippets.target import TOKEN, Target


def runway(target: Target) -> str:
    """Return code for `@runwayml/hosted-models`: only the address and the token are others."""
    token = "" if target.is_public else f', token: "{TOKEN}"'
    lines = [
        "// npm install @runwayml/hosted-models@0.3.0",
        'const { HostedModel } = require("@runwayml/hosted-models");',
        *(['const { readFileSync } = require("fs");'] if target.files else []),
        "",
        f'const model = new HostedModel({{ url: "{target.url}.runwayml.cloud/v1"{token} }});',
    ]
    given = [
        f'{name}: "data:application/octet-stream;base64," + readFileSync("{file}").toString("base64")'
        for name, file in target.files.items()
    ]
    given += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in target.values.items()]
    lines.append(f"model.query({{ {', '.join(given)} }}).then((outputs) => console.log(outputs));")
    return "\n".join(lines) + "\n"
