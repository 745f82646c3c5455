"""`gesso host`: models as URLs with tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer
from typer.core import TyperGroup

from gesso.cli.models import registry
from gesso.cli.options import JsonOption, TrustOption
from gesso.cli.terminal import Terminal

if TYPE_CHECKING:
    from gesso.cli.changes import Changing

NameArgument: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="As `gesso host` lists it.")]
"""The name of a deployment."""
PagesOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--browser", metavar="ORIGIN", help="Make the token for web pages of this origin. Several times."),
]
"""The pages that a browser token is good for."""

_OWN_OPTIONS: Final = frozenset({"--json", "--help", "-h"})
_LISTING: Final = frozenset({"list", "ls"})
_OTHERS: Final = {  # what people try, and what does it here
    "delete": "remove NAME",
    "rm": "remove NAME",
    "stop": "pause NAME",
    "start": "resume NAME",
    "logs": "log NAME",
    "info": "show NAME",
    "status": "show NAME",
    "token": "tokens NAME",
    "update": "NAME --new-version",
    "rollback": "switch NAME VERSION",
    "snippet": "code NAME",
}


class _Host(TyperGroup):
    """Takes `gesso host pose` for `gesso host deploy pose`, and `gesso host list` for `gesso host`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words."""
        first = args[0] if args else ""
        if first in _LISTING:
            args = args[1:]
        elif first in _OTHERS and first not in {model.name for model in registry().models()}:
            name = args[1] if len(args) > 1 else "NAME"
            ctx.fail(f"gesso host has no {first!r}. Write: gesso host {_OTHERS[first].replace('NAME', name)}")
        elif args and first not in self.commands and first not in _OWN_OPTIONS:
            args = ["deploy", *args]
        return super().parse_args(ctx, args)


host = typer.Typer(cls=_Host, invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)
"""The commands below `gesso host`."""


@host.callback()
def list_deployments(ctx: typer.Context, *, is_json: JsonOption = False) -> None:
    """Turn a model into a URL with a token: gesso host MODEL. Without a name, list what is hosted."""
    if ctx.invoked_subcommand is None:
        from gesso.cli.hosted_shown import list_all

        asyncio.run(list_all(ctx.ensure_object(Terminal), is_json=is_json))


@host.command(epilog="Example: gesso host deploy pose --browser https://editor.p5js.org")
def deploy(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A name, ./folder or ./file.py; with :COMMAND for one of several.")
    ],
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What to call it in its address.")] = None,
    command: Annotated[str | None, typer.Option(metavar="COMMAND", help="One of the model's commands.")] = None,
    options: Annotated[
        list[str] | None, typer.Option("-O", "--option", metavar="NAME=VALUE", help="An option of the model's setup.")
    ] = None,
    device: Annotated[
        str | None, typer.Option(metavar="DEVICE", help="Where to compute: cuda, mps, cpu, auto.", show_default="auto")
    ] = None,
    is_public: Annotated[bool, typer.Option("--public", help="Whoever knows the address may use it.")] = False,
    has_page: Annotated[bool, typer.Option("--page", help="With a form, for people, at the same address.")] = False,
    pages: PagesOption = None,
    is_new_version: Annotated[
        bool, typer.Option("--new-version", help="Put it in the place of the version that answers at that name.")
    ] = False,
    is_without_token: Annotated[bool, typer.Option("--no-token", help="Make no token.")] = False,
    is_without_waiting: Annotated[
        bool, typer.Option("--no-wait", help="Do not wait until the model is ready for the first time.")
    ] = False,
    is_serving: Annotated[
        bool, typer.Option("--serve", help="If no Gesso runs, serve in this terminal until Ctrl-C.")
    ] = False,
    is_trusted: TrustOption = False,
    is_json: JsonOption = False,
) -> None:
    """Host a model: print its URL, a token (shown this once) and code to copy. The same as gesso host MODEL."""
    from gesso.cli.hosted import carry_out
    from gesso.cli.meant_hosted import Wish
    from gesso.hosting.tokens import check_origin

    wish = Wish(
        model=model,
        name=name,
        command=command,
        options=options or (),
        device=device,
        pages=tuple(check_origin(page, where="--browser") for page in pages or ()),  # before anything is hosted
        is_public=is_public,
        has_page=has_page,
        is_new_version=is_new_version,
        is_without_token=is_without_token,
        is_without_waiting=is_without_waiting,
        is_trusted=is_trusted,
        is_json=is_json,
    )
    asyncio.run(carry_out(wish, ctx.ensure_object(Terminal), is_serving=is_serving))


@host.command(epilog="Example: gesso host show pose")
def show(ctx: typer.Context, name: NameArgument, *, is_json: JsonOption = False) -> None:
    """Show how a deployment stands: its address, versions, tokens, and what was asked of it in the last day."""
    from gesso.cli.hosted_shown import show_one

    asyncio.run(show_one(ctx.ensure_object(Terminal), name, is_json=is_json))


@host.command(epilog='Example: gesso host tokens pose --make "a sketch" --browser https://editor.p5js.org')
def tokens(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    name: NameArgument,
    *,
    make: Annotated[str | None, typer.Option(metavar="NAME", help="Make one, and call it so.")] = None,
    pages: PagesOption = None,
    days: Annotated[float | None, typer.Option(metavar="NUMBER", help="How long it is good.")] = None,
    most_requests: Annotated[
        int | None, typer.Option("--max-requests", metavar="NUMBER", min=1, help="How many requests in all.")
    ] = None,
    most_compute_s: Annotated[
        float | None, typer.Option("--max-compute", metavar="SECONDS", help="How much of the model's time in all.")
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option("--per-minute", metavar="NUMBER", min=1, help="How many requests a minute.")
    ] = None,
    revoke: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Take one back: its id, name or last letters.")
    ] = None,
    is_json: JsonOption = False,
) -> None:
    """List the tokens of a deployment; --make makes one, --revoke takes one back."""
    from gesso.cli.tokens import carry_out, token_order

    limits = {
        "days": days,
        "max_requests": most_requests,
        "max_compute_s": most_compute_s,
        "requests_per_minute": per_minute,
    }
    terminal = ctx.ensure_object(Terminal)
    order = token_order(name, make, pages=pages or (), limits=limits)
    asyncio.run(carry_out(terminal, name, order=order, revoked=revoke or (), is_json=is_json))


@host.command("set", epilog="Example: gesso host set pose --page --per-minute 60")
def set_(
    ctx: typer.Context,
    name: NameArgument,
    *,
    is_public: Annotated[
        bool | None, typer.Option("--public/--private", help="Whether it asks for a token.", show_default=False)
    ] = None,
    has_page: Annotated[
        bool | None,
        typer.Option("--page/--no-page", help="Whether it has a page with a form, for people.", show_default=False),
    ] = None,
    per_minute: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", min=0, help="Requests a minute, for each token or computer; 0 is no limit."),
    ] = None,
    pages: Annotated[
        list[str] | None,
        typer.Option("--browser", metavar="ORIGIN", help="A public one: web pages that may use it. Several times."),
    ] = None,
    most_requests: Annotated[int | None, typer.Option("--max-requests", hidden=True)] = None,
) -> None:
    """Change what holds for a deployment: who may use it, how often, whether it has a page for people."""
    from gesso.cli.changes import carry_out, check

    changes = {
        "is_public": is_public,
        "has_page": has_page,
        "requests_per_minute": per_minute,
        "origins": pages,
    }
    said = {word: value for word, value in changes.items() if value is not None}
    check(name, said, most_requests=most_requests)
    asyncio.run(carry_out(ctx.ensure_object(Terminal), name, changes=said))


@host.command(epilog="Example: gesso host log pose --limit 50")
def log(
    ctx: typer.Context,
    name: NameArgument,
    *,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=500, help="At most so many lines.")] = 30,
    is_json: JsonOption = False,
) -> None:
    """Show who asked a deployment and what came of it, the newest last. What was asked is not kept."""
    from gesso.cli.hosted_shown import show_log

    asyncio.run(show_log(ctx.ensure_object(Terminal), name, limit=limit, is_json=is_json))


@host.command(epilog="Example: gesso host switch pose 2")
def switch(
    ctx: typer.Context, name: NameArgument, *, number: Annotated[int, typer.Argument(metavar="VERSION", min=1)]
) -> None:
    """Have another version answer, newer or older. No request is dropped."""
    _do(ctx, name, work=lambda changing: changing.switch(number))


@host.command(epilog="Example: gesso host sleep pose")
def sleep(ctx: typer.Context, name: NameArgument) -> None:
    """Put a deployment to sleep, so that its memory is free. The next request wakes it."""
    _do(ctx, name, work=lambda changing: changing.sleep())


@host.command(epilog="Example: gesso host wake pose")
def wake(ctx: typer.Context, name: NameArgument) -> None:
    """Wake a deployment, and wait until it is awake."""
    _do(ctx, name, work=lambda changing: changing.wake())


@host.command(epilog="Example: gesso host pause pose")
def pause(ctx: typer.Context, name: NameArgument) -> None:
    """Switch a deployment off: it answers nobody until `gesso host resume`."""
    _do(ctx, name, work=lambda changing: changing.pause())


@host.command(epilog="Example: gesso host resume pose")
def resume(ctx: typer.Context, name: NameArgument) -> None:
    """Switch a deployment on again."""
    _do(ctx, name, work=lambda changing: changing.resume())


@host.command(epilog="Example: gesso host remove pose")
def remove(ctx: typer.Context, name: NameArgument) -> None:
    """Remove a deployment with its tokens, figures and log. The model itself stays."""
    _do(ctx, name, work=lambda changing: changing.remove())


@host.command(epilog="Example: gesso host code pose --as p5")
def code(
    ctx: typer.Context,
    name: NameArgument,
    *,
    kind: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="KIND",
            help="One of: curl, python, javascript, p5, processing, osc, runway, replicate, openai.",
        ),
    ] = "curl",
    token: Annotated[str, typer.Option(metavar="TOKEN", help="Written into the code where it needs one.")] = "",
) -> None:
    """Print code that uses a deployment, to copy."""
    from gesso.cli.hosted_shown import show_code

    asyncio.run(show_code(ctx.ensure_object(Terminal), name, kind=kind, token=token))


def _do(ctx: typer.Context, name: str, *, work: Callable[[Changing], Coroutine[Any, Any, str]]) -> None:
    """Do something with a deployment, and say what was done."""
    from gesso.cli.changes import Changing

    terminal = ctx.ensure_object(Terminal)

    async def carry_out() -> None:
        terminal.say(await work(await Changing.open(name, terminal)))

    asyncio.run(carry_out())
