"""All commands of `gesso`, and what happens when one of them fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import typer
from typer.core import TyperGroup

from gesso.cli import backup, doctor, init, jobs, models, recipes, run, serve
from gesso.cli.exits import CANCELED, OK, RUN_FAILED, code_of
from gesso.cli.terminal import Terminal
from gesso.errors import GessoError
from gesso.version import VERSION

_DEBUG = "--debug"
_EPILOG = f"With {_DEBUG}, every command shows all that is logged, and errors with their traceback."
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
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as error:  # the last resort: also a fault of ours is told in words
            if terminal.is_debug or type(error).__module__.startswith(("typer", "click")):
                raise  # typer shows its own errors, about words that it could not understand
            terminal.fail(GessoError(f"{type(error).__name__}: {error}".rstrip(": "), hint=_HINT_OF_A_FAULT))
            raise typer.Exit(RUN_FAILED) from error
        finally:
            terminal.clear()

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's own signature
        """Return the names of the commands in the order in which they were added."""
        return list(_COMMANDS)  # typer itself would put groups last


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    pretty_exceptions_enable=False,
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
    "jobs": jobs.jobs,
    "recipe": recipes.recipe,
    "backup": backup.backup,
    "restore": backup.restore,
    "serve": serve.serve,
    "version": version,
}
for _name, _command in _COMMANDS.items():
    if isinstance(_command, typer.Typer):
        app.add_typer(_command, name=_name, epilog=_EPILOG)
    else:
        app.command(_name, epilog=_EPILOG)(_command)


def invoke(words: Sequence[str]) -> int:
    """Run the command that the words after `gesso` name. Returns its exit code."""
    words = list(words)
    if words in (["version"], ["--version"]):  # typer takes longer to begin with a command than this one takes
        version()
        return OK
    terminal = Terminal()
    if _DEBUG in words:  # every command takes it
        words.remove(_DEBUG)
        terminal.is_debug = True
    try:
        app(words, prog_name="gesso", obj=terminal)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else RUN_FAILED
    return OK
