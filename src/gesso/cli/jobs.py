"""`gesso jobs`: what was asked of Gesso, and what became of it."""

from __future__ import annotations

import asyncio
import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, cast

import typer

from gesso.cli.options import JsonOption
from gesso.cli.terminal import Terminal

if TYPE_CHECKING:
    from gesso.jobs.job import Job, Output, Status

JobArgument: TypeAlias = Annotated[str, typer.Argument(metavar="JOB", help="Its id, as `gesso jobs` shows it.")]
"""The id of a job."""
JobArguments: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="JOB...", help="Ids, as `gesso jobs` shows them.")
]
"""The ids of some jobs."""

_LONGEST: Final = 200  # characters of an output: all of it is in --json

jobs = typer.Typer(invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)
"""The commands below `gesso jobs`."""


@jobs.callback()
def list_jobs(
    ctx: typer.Context,
    *,
    search: Annotated[str, typer.Option(metavar="WORDS", help="Only with these words: model, prompt, file.")] = "",
    status: Annotated[
        list[str] | None, typer.Option(metavar="STATUS", help="Only queued, processing, succeeded, failed, ...")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=200, help="At most so many.")] = 20,
    is_json: JsonOption = False,
) -> None:
    """List the jobs, the newest first; or do something with one of them."""
    if ctx.invoked_subcommand is None:
        terminal = ctx.ensure_object(Terminal)
        asyncio.run(_list(terminal, search, statuses=tuple(status or ()), limit=limit, is_json=is_json))


@jobs.command(epilog="Example: gesso jobs show ID")
def show(ctx: typer.Context, job: JobArgument, *, is_json: JsonOption = False) -> None:
    """Show all of a job: inputs, outputs, times, log, what went wrong."""
    asyncio.run(_show(ctx.ensure_object(Terminal), job, is_json=is_json))


@jobs.command(epilog="Example: gesso jobs cancel ID")
def cancel(ctx: typer.Context, job_ids: JobArguments) -> None:
    """Cancel jobs that wait or run."""
    asyncio.run(_cancel(ctx.ensure_object(Terminal), job_ids))


@jobs.command(epilog="Example: gesso jobs retry ID")
def retry(ctx: typer.Context, job: JobArgument) -> None:
    """Run a job once more, with the same inputs and seed. Prints the id of the new one."""
    asyncio.run(_retry(ctx.ensure_object(Terminal), job))


@jobs.command(epilog="Example: gesso jobs delete ID")
def delete(ctx: typer.Context, job_ids: JobArguments) -> None:
    """Forget jobs, and the files that no other job needs."""
    asyncio.run(_delete(ctx.ensure_object(Terminal), job_ids))


async def _list(
    terminal: Terminal, search: str, *, statuses: tuple[str, ...], limit: int, is_json: bool
) -> None:  # fmt: skip
    from gesso.cli.queue import open_queue

    _check(statuses)
    async with open_queue(terminal) as queue:
        found = await queue.find(search, statuses=cast("tuple[Status, ...]", statuses), limit=limit)
    if is_json:
        terminal.json([_plain(job) for job in found])
    elif found:
        terminal.table(["Job", "Status", "Model", "When", "Took"], [_line(job) for job in found])
    else:
        terminal.say("There are no jobs." if not (search or statuses) else "There are no such jobs.")


async def _show(terminal: Terminal, job_id: str, *, is_json: bool) -> None:
    from gesso.cli.queue import open_queue

    async with open_queue(terminal) as queue:
        job = await queue.get(job_id)
    if is_json:
        terminal.json(_plain(job))
    else:
        terminal.result("\n".join(f"{name:9} {text}" for name, text in _facts(job) if text))


async def _cancel(terminal: Terminal, job_ids: Sequence[str]) -> None:
    from gesso.cli.queue import open_queue

    async with open_queue(terminal) as queue:
        for job_id in job_ids:
            job = await queue.cancel(job_id)
            terminal.say(f"{job.id} is {job.status}.")


async def _retry(terminal: Terminal, job_id: str) -> None:
    from gesso.cli.queue import open_queue

    async with open_queue(terminal) as queue:
        job = await queue.retry(job_id)
    terminal.result(job.id)
    terminal.say(f"How it goes: gesso jobs show {job.id}", style="dim")


async def _delete(terminal: Terminal, job_ids: Sequence[str]) -> None:
    from gesso.cli.queue import open_queue

    async with open_queue(terminal) as queue:
        for job_id in job_ids:
            await queue.delete(job_id)
            terminal.say(f"{job_id} is deleted.")


def _check(statuses: Sequence[str]) -> None:
    from typing import get_args

    from gesso.errors import SettingsError
    from gesso.jobs.job import Status

    known = get_args(Status)
    for status in statuses:
        if status not in known:
            raise SettingsError(f"There is no status {status!r}.", hint=f"There are: {', '.join(known)}.")


def _plain(job: Job) -> Any:
    import msgspec

    return msgspec.to_builtins(job)


def _line(job: Job) -> list[str]:
    return [job.id, job.status, f"{job.model}:{job.command}", _when(job), _took(job)]


def _when(job: Job) -> str:
    return f"{job.created_at.astimezone():%Y-%m-%d %H:%M}"


def _took(job: Job) -> str:
    return "" if job.metrics.run_s is None else f"{job.metrics.run_s:.1f} s"


def _facts(job: Job) -> Iterator[tuple[str, str]]:
    from gesso.cli.recipes import shown_input

    yield "Job", job.id
    yield "Status", job.status + (f", number {job.queue_position} in the queue" if job.queue_position else "")
    yield "Model", f"{job.model}:{job.command}"
    yield "When", _when(job)
    yield "Took", _took(job)
    yield "Seed", str(job.seed)
    for name, value in job.inputs.items():
        yield "Input", f"{name} = {shown_input(value)}"
    for output in job.outputs:
        yield "Output", f"{output.name} = {_shown(output)}"
    for line in job.logs:
        yield "Log", line.text
    if job.error is not None:
        yield "Error", job.error.message
        yield "", job.error.hint


def _shown(output: Output) -> str:
    if output.files:
        return ", ".join(file.name for file in output.files)
    text = output.value if isinstance(output.value, str) else json.dumps(output.value, ensure_ascii=False)
    return textwrap.shorten(text, _LONGEST, placeholder=" …")
