"""`gesso train`: models of one's own, from one's own texts."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer
from typer.core import TyperGroup

from gesso.cli.options import JsonOption
from gesso.cli.terminal import Terminal

if TYPE_CHECKING:
    from gesso.spec.model import Port

TrainingArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="TRAINING", help="Its id, or the name of its model (then the newest of that name).")
]
"""A training."""
DetachedOption: TypeAlias = Annotated[
    bool, typer.Option("--detach", help="Do not wait for it. It needs a Gesso that runs: `gesso studio`.")
]
"""Begin, and go away."""


class _Train(TyperGroup):
    """Has a command for each trainer, with the options that its spec says: `gesso train text`."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command."""
        found = super().get_command(ctx, cmd_name)
        return found or (_command_of(cmd_name) if cmd_name in _trainers() else None)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands, those of the trainers first."""
        return [*_trainers(), *super().list_commands(ctx)]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; who leaves out the trainer is told."""
        if args and args[0] not in self.list_commands(ctx) and Path(args[0]).exists():
            ctx.fail(f"Which kind of training? gesso train {(_trainers() or ['text'])[0]} {args[0]}")
        return super().resolve_command(ctx, args)


train = typer.Typer(cls=_Train, invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)
"""The commands below `gesso train`."""


def _trainers() -> list[str]:
    from gesso.training.trainers import Trainers

    return Trainers().names()


def _command_of(trainer: str) -> Any:
    """Make the command of a trainer: what every training has, and the trainer's own options from its spec."""
    from gesso.training.trainers import Trainers

    ports = Trainers().options(trainer)
    spec = Trainers().spec(trainer)

    def begin(ctx: typer.Context, **given: Any) -> None:
        from gesso.cli.training_run import Wish, carry_out

        options = {port.name: given.pop(_parameter(port)) for port in ports}
        said = {name: value for name, value in options.items() if value is not None}
        wish = Wish(trainer=trainer, ports=ports, options=said, **given)
        asyncio.run(carry_out(wish, ctx.ensure_object(Terminal)))

    begin.__doc__ = f"{spec.description}\n\nWithout a Gesso that runs, it trains here; Ctrl-C then pauses it."
    shared = list(inspect.signature(_shared, eval_str=True).parameters.values())
    own = [inspect.Parameter(_parameter(port), inspect.Parameter.KEYWORD_ONLY, default=None,
                             annotation=_annotation(port)) for port in ports]  # fmt: skip
    begin.__signature__ = inspect.Signature([*shared, *own])  # type: ignore[attr-defined]  # what typer reads
    begin.__annotations__ = {}
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name=trainer, epilog=f"Example: gesso train {trainer} book.txt --name my-poet")(begin)
    return typer.main.get_command(alone)


def _parameter(port: Port) -> str:
    return f"option_{port.name}"  # so that none is called like a parameter of our own


def _annotation(port: Port) -> Any:
    """Return an option of the command line for an input of the trainer; it is read by its own type."""
    choices = port.constraints.get("choices")
    told = " ".join(
        part
        for part in (
            port.description or port.title,
            f"One of: {', '.join(map(str, choices))}." if isinstance(choices, list) else "",
            f"[{port.default}]" if port.default not in (None, "") else "",
        )
        if part
    )
    metavar = "WORD" if isinstance(choices, list) else port.type.upper()
    return Annotated[str | None, typer.Option(f"--{port.name.replace('_', '-')}", metavar=metavar, help=told)]


def _shared(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Texts (.txt, .md), tables (.csv, .jsonl), or folders with them."),
    ] = None,
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="What the model is to be called.")] = "",
    base: Annotated[
        str,
        typer.Option(
            metavar="BASE",
            help="Begin with storyteller, nothing, a trained model, a folder, gpt2, distilgpt2 or owner/name. "
            "Else with storyteller for short texts, with nothing for long ones.",
        ),
    ] = "",
    dataset: Annotated[str, typer.Option(metavar="NAME", help="Take a dataset that is there instead of files.")] = "",
    column: Annotated[str, typer.Option(metavar="NAME", help="Where a table has its texts.")] = "",
    recipe: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Repeat a training: the training.json of a model, or a list of texts in TOML."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="NUMBER", min=0, help="Where chance starts.")] = None,
    is_estimate: Annotated[
        bool, typer.Option("--estimate", help="Only try for a moment, and say how long it would take.")
    ] = False,
    is_detached: DetachedOption = False,
    is_json: JsonOption = False,
) -> None:
    """Stand for what every trainer's command has."""


@train.callback()
def list_or_do(ctx: typer.Context, *, is_json: JsonOption = False) -> None:
    """Train a model on your own texts: gesso train text FILE... Without a word more, list the trainings."""
    if ctx.invoked_subcommand is None:
        _do(ctx, "list_all", is_json=is_json)


@train.command("list", epilog="Example: gesso train list")
def list_trainings(ctx: typer.Context, *, is_json: JsonOption = False) -> None:
    """List the trainings, the newest first."""
    _do(ctx, "list_all", is_json=is_json)


@train.command(epilog="Example: gesso train show my-poet")
def show(ctx: typer.Context, training: TrainingArgument, *, is_json: JsonOption = False) -> None:
    """Show how a training stands: loss, checkpoints, its last samples, its log."""
    _do(ctx, "show_one", training, is_json=is_json)


@train.command(epilog="Example: gesso train follow my-poet")
def follow(ctx: typer.Context, training: TrainingArgument, *, is_json: JsonOption = False) -> None:
    """Follow a training live."""
    _do(ctx, "follow_one", training, is_json=is_json)


@train.command(epilog="Example: gesso train pause my-poet")
def pause(ctx: typer.Context, training: TrainingArgument) -> None:
    """Have a training pause, at a checkpoint. It pauses until `gesso train resume`."""
    _do(ctx, "act", training, what="pause")


@train.command(epilog="Example: gesso train resume my-poet")
def resume(ctx: typer.Context, training: TrainingArgument, *, is_detached: DetachedOption = False) -> None:
    """Have a training go on: one that pauses, one that failed, one that was canceled."""
    _do(ctx, "resume_one", training, is_detached=is_detached)


@train.command(epilog="Example: gesso train stop my-poet")
def stop(
    ctx: typer.Context,
    training: TrainingArgument,
    *,
    is_discarding: Annotated[bool, typer.Option("--discard", help="Make no model of what it has.")] = False,
) -> None:
    """End a training early, with a model of the best that it has."""
    _do(ctx, "act", training, what="cancel" if is_discarding else "finish")


@train.command(epilog="Example: gesso train fork my-poet --step 400 -O learning_rate=0.0001")
def fork(
    ctx: typer.Context,
    training: TrainingArgument,
    *,
    step: Annotated[int | None, typer.Option(metavar="NUMBER", help="Of which checkpoint; else of the best.")] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="What the new model is to be called.")] = "",
    options: Annotated[
        list[str] | None, typer.Option("-O", "--option", metavar="NAME=VALUE", help="An option to be another way.")
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="NUMBER", min=0, help="Where chance starts.")] = None,
    is_detached: DetachedOption = False,
) -> None:
    """Begin another training with a checkpoint of this one."""
    _do(ctx, "fork_one", training, step=step, name=name, words=options or (), seed=seed, is_detached=is_detached)


@train.command(epilog="Example: gesso train checkpoints my-poet")
def checkpoints(ctx: typer.Context, training: TrainingArgument, *, is_json: JsonOption = False) -> None:
    """List the checkpoints of a training."""
    _do(ctx, "list_checkpoints", training, is_json=is_json)


@train.command(epilog="Example: gesso train delete my-poet")
def delete(ctx: typer.Context, training: TrainingArgument) -> None:
    """Forget a training and its checkpoints. Its model stays."""
    _do(ctx, "delete_one", training)


@train.command("export", epilog="Example: gesso train export my-poet -o my-poet")
def export_model(
    ctx: typer.Context,
    training: TrainingArgument,
    *,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FOLDER", help="A new folder.")] = None,
) -> None:
    """Write a trained model as a Hugging Face folder, as other programs read it."""
    _do(ctx, "export_one", training, output=output)


@train.command("import", epilog="Example: gesso train import ./my-gpt2 --name my-gpt2")
def import_model(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FOLDER", help="A folder, or a repository of the hub.")],
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="What the model is to be called.")] = "",
) -> None:
    """Make a model of a Hugging Face folder of GPT-2's shape."""
    _do(ctx, "import_one", source, name=name)


def _do(ctx: typer.Context, act: str, *words: Any, **more: Any) -> None:
    """Do something with trainings; what it takes is imported only now."""
    from gesso.cli import training_acts

    work: Callable[..., Any] = getattr(training_acts, act)
    asyncio.run(work(ctx.ensure_object(Terminal), *words, **more))
