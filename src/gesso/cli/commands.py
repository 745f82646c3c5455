"""All commands of `gesso`, and what happens when one of them fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, Final

import typer
from typer.core import TyperGroup

from gesso.cli import backup, datasets, doctor, host, init, jobs, models, recipes, run, serve, train
from gesso.cli.exits import CANCELED, OK, RUN_FAILED, code_of
from gesso.cli.shell import command_line
from gesso.cli.terminal import Terminal
from gesso.errors import GessoError
from gesso.version import VERSION

_DEBUG = "--debug"
_NEAR: Final = 0.75  # of 1: how much alike a word and an option must be for the one to be meant by the other
_EPILOG = f"With {_DEBUG}, every command shows all that is logged, and errors with their traceback."
_FIRST = "Examples: gesso studio, or, without a browser: gesso run pose --example"
_HINT_OF_A_FAULT = "This is a fault in Gesso. Run it again with --debug, and report what it says, please."


class _Commands(TyperGroup):
    """Ends a command that fails with words and an exit code instead of a traceback, and keeps our order in the help."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        terminal = ctx.ensure_object(Terminal)
        try:
            return super().invoke(ctx)
        except GessoError as error:
            terminal.fail(error)
            raise typer.Exit(code_of(error)) from error
        except KeyboardInterrupt as error:
            terminal.clear()
            terminal.say("Canceled.")
            raise typer.Exit(CANCELED) from error
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:  # the last resort: also a fault of ours is told in words
            if type(error).__module__.startswith(("typer", "click")):
                _advise(error)
                raise  # typer shows its own errors, about words that it could not understand
            if terminal.is_debug:
                raise
            terminal.fail(GessoError(f"{type(error).__name__}: {error}".rstrip(": "), hint=_HINT_OF_A_FAULT))
            raise typer.Exit(RUN_FAILED) from error
        finally:
            terminal.clear()

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; who says `gesso pose` is told how a model is run."""
        if args and args[0] not in self.commands and _is_model(args[0]):
            ctx.fail(f"{args[0]} is no command, but a model: {command_line('gesso', 'run', *args)}")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's own signature
        """Return the names of the commands in the order in which they were added."""
        return list(_COMMANDS)  # typer itself would put groups last


def _is_model(word: str) -> bool:
    """Say whether a word names a model, without looking further than at the list."""
    try:
        return word.startswith("./") or word in {model.name for model in models.registry().models()}
    except GessoError:
        return False


def _advise(error: Any) -> None:
    """Add to what typer says of an unknown option what was probably meant: another option, or an input of a model."""
    if not hasattr(error, "possibilities"):
        return
    near = get_close_matches(error.option_name, error.possibilities or (), n=1, cutoff=_NEAR)
    error.possibilities = None  # typer would list what is far from it, too
    if near:
        error.message += f". Did you mean {near[0]}?"
    elif error.ctx is not None and error.ctx.info_name == "run" and error.option_name.startswith("--"):
        name = error.option_name.removeprefix("--").replace("-", "_")
        error.message += f". An input of the model is given with -i: -i {name}=..., an option of it with --option."


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog=_FIRST,
    rich_markup_mode=None,  # plain help: in half the time, and nothing drawn around the words
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
"""The command `gesso`."""


@app.callback(invoke_without_command=True)
def gesso(ctx: typer.Context) -> None:
    """Find a machine-learning model, feed it, see what comes out."""
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


def version() -> None:
    """Show the version of Gesso."""
    print(f"gesso {VERSION}")


_COMMANDS: Final[dict[str, typer.Typer | Callable[..., None]]] = {  # in the order in which somebody meets them
    "studio": serve.studio,
    "run": run.run,
    "models": models.models,
    "show": models.show,
    "add": models.add,
    "remove": models.remove,
    "init": init.init,
    "doctor": doctor.doctor,
    "train": train.train,
    "datasets": datasets.datasets,
    "jobs": jobs.jobs,
    "host": host.host,
    "recipe": recipes.recipe,
    "backup": backup.backup,
    "restore": backup.restore,
    "serve": serve.serve,
    "version": version,
}
_EXAMPLES: Final = {
    "studio": "gesso studio",
    "run": "gesso run pose -i image=@photo.jpg -o drawing.png",
    "models": "gesso models",
    "show": "gesso show pose",
    "add": "gesso add ./my-model",
    "remove": "gesso remove my-model",
    "init": "gesso init my-model",
    "doctor": "gesso doctor ./my-model",
    "train": "gesso train text book.txt --name my-poet",
    "datasets": "gesso datasets add book.txt",
    "jobs": "gesso jobs --search fox --status failed",
    "host": "gesso host pose",
    "recipe": "gesso recipe drawing.png",
    "backup": "gesso backup before-the-show.zip",
    "restore": "gesso restore before-the-show.zip",
    "serve": "gesso serve --port 8000",
    "version": "gesso version",
}
_LONE: Final = {"allow_extra_args": True}  # words that `run` has something better to say of than typer has

for _name, _command in _COMMANDS.items():
    _epilog = f"Example: {_EXAMPLES[_name]}\n\n{_EPILOG}"
    if isinstance(_command, typer.Typer):
        app.add_typer(_command, name=_name, epilog=_epilog)
    else:
        app.command(_name, epilog=_epilog, context_settings=_LONE if _name == "run" else None)(_command)


def invoke(words: Sequence[str]) -> int:
    """Run the command that the words after `gesso` name. Returns its exit code."""
    words, terminal = list(words), Terminal(words)
    if _DEBUG in words:  # every command takes it
        words.remove(_DEBUG)
        terminal.is_debug = True
    try:
        if words in (["version"], ["--version"]):  # typer takes longer to begin with a command than this one takes
            version()
            return OK
        app(words, prog_name="gesso", obj=terminal)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else RUN_FAILED
    except typer.Exit as end:  # outside of any command, as in the help
        return end.exit_code
    except GessoError as error:
        terminal.fail(error)
        return code_of(error)
    return OK
