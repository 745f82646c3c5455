"""`gesso init`: begin a model of one's own."""

from __future__ import annotations

from typing import Annotated

import typer

from gesso.cli.terminal import Terminal


def init(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the folder and the model are called: my-model.")],
) -> None:
    """Write a small model that runs, to make your own from."""
    from pathlib import Path

    from gesso import settings
    from gesso.cli.shell import command_line
    from gesso.registry.starter import start_model
    from gesso.registry.trust import Trust

    source = start_model(Path(name))
    Trust(settings.load().home).trust(source)  # it is one's own: the first edit shall not need a question
    ctx.ensure_object(Terminal).result(
        f"{name} is there. Run it on a picture of yours:\n\n"
        f"  {command_line('gesso', 'run', source.reference)} -i photo=@photo.jpg -o out.png\n\n"
        f"Then open {Path(name) / 'model.py'} and change it. What is wrong with it says:\n\n"
        f"  {command_line('gesso', 'doctor', source.reference)}"
    )
