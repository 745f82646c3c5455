"""With the client that people already have for Replicate."""

from __future__ import annotations

from gesso.hosting.snippets.python import literal
from gesso.hosting.snippets.target import TOKEN, Target


def replicate(target: Target) -> str:
    """Return code for `replicate` (Python): only the address and the token are others."""
    given = [f'"{name}": open("{file}", "rb")' for name, file in target.files.items()]
    given += [f'"{name}": {literal(value)}' for name, value in target.values.items()]
    lines = [
        "# pip install replicate==1.0.7",
        "import replicate",
        "",
        f'client = replicate.Client(api_token="{TOKEN}", base_url="{target.base}/replicate")',
        f'made = client.run("me/{target.name}", input={{{", ".join(given)}}})',
        "print(made)",
    ]
    return "\n".join(lines) + "\n"
