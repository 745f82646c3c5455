"""`gesso backup | restore`: all that is yours, as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gesso.cli.terminal import Terminal


def backup(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A new file; or one is named by the day.")
    ] = None,
) -> None:
    """Write your jobs, their files and your settings into one file."""
    from datetime import UTC, datetime

    from gesso import settings
    from gesso.cli.results import new_path
    from gesso.cli.shell import command_line
    from gesso.storage.backup import backup as write
    from gesso.types.given import size

    file = file or new_path(Path(f"gesso-{datetime.now(UTC).astimezone():%Y-%m-%d}.zip"))
    made, terminal = write(settings.load().home, file), ctx.ensure_object(Terminal)
    again = command_line("gesso", "restore", file)
    terminal.result(str(file))
    terminal.say(f"It holds {made.files} files of jobs, {size(made.size_bytes)}. Back again: {again}")
    if made.damaged:
        terminal.warn(f"{len(made.damaged)} files are damaged and were left out: {', '.join(made.damaged)}")


def restore(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `gesso backup` wrote.")]
) -> None:
    """Bring back what a backup holds. What is there now is put aside, never deleted."""
    from gesso import settings
    from gesso.errors import NotFoundError
    from gesso.storage.backup import restore as read

    if not file.exists():
        raise NotFoundError(f"There is no file {file}.")
    restored, terminal = read(file, settings.load().home), ctx.ensure_object(Terminal)
    terminal.say(f"{restored.files} files of jobs are back, with their jobs and your settings.")
    if restored.aside is not None:
        terminal.say(f"What was there before lies in {restored.aside}.")
