"""`gesso host`: models as URLs with tokens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer
from typer.core import TyperGroup

from gesso.cli.options import JsonOption, TrustOption
from gesso.cli.terminal import Terminal

if TYPE_CHECKING:
    from gesso.cli.deployments import Deployments

NameArgument: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="As `gesso host` lists it.")]
"""The name of a deployment."""
PagesOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--browser", metavar="ORIGIN", help="Make the token for web pages of this origin. Several times."),
]
"""The pages that a browser token is good for."""

_OWN_OPTIONS: Final = frozenset({"--json", "--help", "-h"})


class _Host(TyperGroup):
    """Takes `gesso host pose` for `gesso host deploy pose`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words."""
        if args and args[0] not in self.commands and args[0] not in _OWN_OPTIONS:
            args = ["deploy", *args]
        return super().parse_args(ctx, args)


host = typer.Typer(cls=_Host, invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)
"""The commands below `gesso host`."""


@host.callback()
def list_deployments(ctx: typer.Context, *, is_json: JsonOption = False) -> None:
    """Turn a model into a URL with a token: gesso host MODEL. Without a name, list what is hosted."""
    if ctx.invoked_subcommand is None:
        from gesso.cli.hosted import list_all

        asyncio.run(list_all(ctx.ensure_object(Terminal), is_json=is_json))


@host.command(epilog="Example: gesso host deploy pose --browser https://editor.p5js.org")
def deploy(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A name; with :COMMAND for one of several.")],
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What to call it in its address.")] = None,
    command: Annotated[str | None, typer.Option(metavar="COMMAND", help="One of the model's commands.")] = None,
    options: Annotated[
        list[str] | None, typer.Option("-O", "--option", metavar="NAME=VALUE", help="An option of the model's setup.")
    ] = None,
    device: Annotated[str, typer.Option(metavar="DEVICE", help="Where to compute: cuda, mps, cpu, auto.")] = "auto",
    is_public: Annotated[bool, typer.Option("--public", help="Whoever knows the address may use it.")] = False,
    pages: PagesOption = None,
    is_new_version: Annotated[
        bool, typer.Option("--new-version", help="Put it in the place of the version that answers at that name.")
    ] = False,
    is_without_token: Annotated[bool, typer.Option("--no-token", help="Make no token.")] = False,
    is_serving: Annotated[
        bool, typer.Option("--serve", help="If no Gesso runs, serve in this terminal until Ctrl-C.")
    ] = False,
    is_trusted: TrustOption = False,
    is_json: JsonOption = False,
) -> None:
    """Host a model: print its URL, a token (shown this once) and code to copy. The same as gesso host MODEL."""
    from gesso.cli.hosted import Wish, carry_out
    from gesso.hosting.tokens import check_origin

    wish = Wish(
        model=model,
        name=name,
        command=command,
        options=options or (),
        device=device,
        pages=tuple(check_origin(page, where="--browser") for page in pages or ()),  # before anything is hosted
        is_public=is_public,
        is_new_version=is_new_version,
        is_without_token=is_without_token,
        is_trusted=is_trusted,
        is_json=is_json,
    )
    asyncio.run(carry_out(wish, ctx.ensure_object(Terminal), is_serving=is_serving))


@host.command(epilog="Example: gesso host show pose")
def show(ctx: typer.Context, name: NameArgument, *, is_json: JsonOption = False) -> None:
    """Show how a deployment stands: its address, versions, tokens, and what was asked of it in the last day."""
    from gesso.cli.hosted import show_one

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
    per_minute: Annotated[int | None, typer.Option("--per-minute", metavar="NUMBER", min=1)] = None,
    revoke: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Take one back: its id, name or last letters.")
    ] = None,
    is_json: JsonOption = False,
) -> None:
    """List the tokens of a deployment; --make makes one, --revoke takes one back."""
    from gesso.cli.tokens import carry_out

    order = {
        "name": make,
        "kind": "browser" if pages else "secret",
        "origins": pages or [],
        "days": days,
        "max_requests": most_requests,
        "max_compute_s": most_compute_s,
        "requests_per_minute": per_minute,
    }
    terminal = ctx.ensure_object(Terminal)
    asyncio.run(carry_out(terminal, name, order=order if make else None, revoked=revoke or (), is_json=is_json))


@host.command(epilog="Example: gesso host log pose --limit 50")
def log(
    ctx: typer.Context,
    name: NameArgument,
    *,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=500, help="At most so many lines.")] = 30,
    is_json: JsonOption = False,
) -> None:
    """Show who asked a deployment and what came of it, the newest last. What was asked is not kept."""
    from gesso.cli.hosted import show_log

    asyncio.run(show_log(ctx.ensure_object(Terminal), name, limit=limit, is_json=is_json))


@host.command(epilog="Example: gesso host switch pose 2")
def switch(
    ctx: typer.Context, name: NameArgument, *, number: Annotated[int, typer.Argument(metavar="VERSION", min=1)]
) -> None:
    """Have another version answer, newer or older. No request is dropped."""

    async def work(deployments: Deployments) -> str:
        await deployments.switch(name, number)
        return f"Version {number} of {name} answers now."

    _do(ctx, work)


@host.command(epilog="Example: gesso host sleep pose")
def sleep(ctx: typer.Context, name: NameArgument) -> None:
    """Put a deployment to sleep, so that its memory is free. The next request wakes it."""

    async def work(deployments: Deployments) -> str:
        await deployments.sleep(name)
        return f"{name} sleeps."

    _do(ctx, work)


@host.command(epilog="Example: gesso host wake pose")
def wake(ctx: typer.Context, name: NameArgument) -> None:
    """Wake a deployment, and wait until it is awake."""
    terminal = ctx.ensure_object(Terminal)

    async def work(deployments: Deployments) -> str:
        found = await deployments.wake(name, terminal)
        terminal.clear()
        return f"{name} is {found['status']['state']}."

    _do(ctx, work)


@host.command(epilog="Example: gesso host pause pose")
def pause(ctx: typer.Context, name: NameArgument) -> None:
    """Switch a deployment off: it answers nobody until `gesso host resume`."""

    async def work(deployments: Deployments) -> str:
        await deployments.change(name, is_active=False)
        return f"{name} answers nobody. `gesso host resume {name}` switches it on."

    _do(ctx, work)


@host.command(epilog="Example: gesso host resume pose")
def resume(ctx: typer.Context, name: NameArgument) -> None:
    """Switch a deployment on again."""

    async def work(deployments: Deployments) -> str:
        await deployments.change(name, is_active=True)
        return f"{name} answers again."

    _do(ctx, work)


@host.command(epilog="Example: gesso host remove pose")
def remove(ctx: typer.Context, name: NameArgument) -> None:
    """Remove a deployment with its tokens, figures and log. The model itself stays."""

    async def work(deployments: Deployments) -> str:
        await deployments.remove(name)
        return f"{name} is removed. The model itself is where it was."

    _do(ctx, work)


@host.command(epilog="Example: gesso host code pose --as p5")
def code(
    ctx: typer.Context,
    name: NameArgument,
    *,
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="curl, python, javascript, p5, ...")] = "curl",
    token: Annotated[str, typer.Option(metavar="TOKEN", help="Written into the code where it needs one.")] = "",
) -> None:
    """Print code that uses a deployment, to copy."""
    from gesso.cli.hosted import show_code

    asyncio.run(show_code(ctx.ensure_object(Terminal), name, kind=kind, token=token))


def _do(ctx: typer.Context, work: Any) -> None:
    """Do something with the deployments, and say what was done."""
    from gesso.cli.deployments import Deployments

    terminal = ctx.ensure_object(Terminal)

    async def carry_out() -> None:
        terminal.say(await work(await Deployments.open(terminal)))

    asyncio.run(carry_out())
