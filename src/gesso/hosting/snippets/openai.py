"""With the client that people already have for OpenAI's text models."""

from __future__ import annotations

import json

from gesso.hosting.snippets.target import TOKEN, Target


def openai(target: Target) -> str:
    """Return code for `openai` (Python): only the address and the token are others."""
    prompt = next((value for value in target.values.values() if isinstance(value, str)), "a fox in the snow")
    lines = [
        "# pip install openai==2.8.1",
        "from openai import OpenAI",
        "",
        f'client = OpenAI(base_url="{target.url}/v1", api_key="{TOKEN}")',
        f'made = client.completions.create(model="{target.name}", prompt={json.dumps(prompt, ensure_ascii=False)})',
        "print(made.choices[0].text)",
    ]
    return "\n".join(lines) + "\n"
