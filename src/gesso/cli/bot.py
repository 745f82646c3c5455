"""`gesso bot`: a model speaks on Discord, Slack or X, or in rehearsal, here in the terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

import typer
from typer.core import TyperGroup

from gesso.cli.options import JsonOption, TrustOption
from gesso.cli.terminal import Terminal

if TYPE_CHECKING:
    from gesso.bots.bot import NetworkName

NameArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="[NAME]", show_default=False, help="What the bot is called here: the model's name.")
]
"""The name of a bot that may be left out."""
KnownArgument: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="As `gesso bot` lists it.")]
"""The name of a bot."""
ModelOption: TypeAlias = Annotated[
    str, typer.Option("--model", metavar="MODEL", help="What it speaks through: a model, or a deployment's URL.")
]
"""The model of a persona."""
PersonaOption: TypeAlias = Annotated[
    Path | None, typer.Option("--persona", metavar="FILE", help="Who it is, as TOML or JSON; see docs/bots.md.")
]
"""The file of a persona."""
CalledOption: TypeAlias = Annotated[
    str, typer.Option("--called", metavar="NAME", help="What it is called in a conversation.")
]
"""The name of a persona."""
KeywordOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--keyword", metavar="WORD", help="A word that it answers to. Several times.")
]
"""Keywords of a persona."""
ChanceOption: TypeAlias = Annotated[
    float | None, typer.Option(metavar="0..1", min=0.0, max=1.0, help="How likely it answers what is not for it.")
]
"""The chance of a persona."""
NewKeysOption: TypeAlias = Annotated[
    bool, typer.Option("--new-token", help="Ask for its tokens anew, though there are some.")
]
"""Whether keys are asked for anew."""
ApiOption: TypeAlias = Annotated[
    str, typer.Option("--api-url", metavar="URL", help="Another address of the network's interface.")
]
"""Where a network is reached."""

_NETWORKS: Final = "discord, slack, x or rehearse"


class _Bots(TyperGroup):
    """Says what may stand after `gesso bot`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; a word that is none is most likely a model."""
        if args and args[0] not in self.commands:
            ctx.fail(f"After `gesso bot` comes {_NETWORKS}: gesso bot rehearse --model {args[0]}")
        return super().resolve_command(ctx, args)


bot = typer.Typer(cls=_Bots, invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)
"""The commands below `gesso bot`."""


@bot.callback()
def list_bots(ctx: typer.Context, *, is_json: JsonOption = False) -> None:
    """Let a model speak: gesso bot rehearse --model MODEL, then discord, slack or x. Without a word, list the bots."""
    if ctx.invoked_subcommand is None:
        from gesso.cli.bot_list import list_all

        asyncio.run(list_all(ctx.ensure_object(Terminal), is_json=is_json))


@bot.command(epilog="Example: gesso bot rehearse --model my-poet")
def rehearse(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    name: NameArgument = "",
    *,
    model: ModelOption = "",
    persona: PersonaOption = None,
    called: CalledOption = "",
    keywords: KeywordOption = None,
    chance: ChanceOption = None,
    manner: Annotated[
        Literal["direct", "mention", "overheard"],
        typer.Option(help="How you speak: to it alone, to it among others, or to others."),
    ] = "direct",
    token: Annotated[
        str, typer.Option(envvar="GESSO_TOKEN", metavar="TOKEN", help="Of the deployment, where it is at a URL.")
    ] = "",
    is_trusted: TrustOption = False,
) -> None:
    """Talk to a bot in the terminal: the same persona and rules, and no network at all. Ctrl-D or Ctrl-C ends it."""
    from gesso.cli.bot_rehearsal import rehearse

    wish = _wish(name, model, file=persona, called=called, keywords=keywords, chance=chance)
    terminal = ctx.ensure_object(Terminal)
    asyncio.run(rehearse(wish, terminal, manner=manner, token=token, is_trusted=is_trusted))


@bot.command(epilog="Example: gesso bot discord --model my-poet")
def discord(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    name: NameArgument = "",
    *,
    model: ModelOption = "",
    persona: PersonaOption = None,
    called: CalledOption = "",
    keywords: KeywordOption = None,
    chance: ChanceOption = None,
    is_with_new_keys: NewKeysOption = False,
    api_url: ApiOption = "",
    gateway_url: Annotated[str, typer.Option(metavar="URL", help="Another address of the gateway.")] = "",
    is_trusted: TrustOption = False,
) -> None:
    """Speak on Discord. The bot token is asked for once, and kept in the system's keyring."""
    from gesso.bots.bot import Connection

    told = _wish(name, model, file=persona, called=called, keywords=keywords, chance=chance)
    connection = Connection(api_url=api_url, gateway_url=gateway_url) if api_url or gateway_url else None
    _speak(ctx, told, network="discord", connection=connection, is_new=is_with_new_keys, is_trusted=is_trusted)


@bot.command(epilog="Example: gesso bot slack --model my-poet")
def slack(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    name: NameArgument = "",
    *,
    model: ModelOption = "",
    persona: PersonaOption = None,
    called: CalledOption = "",
    keywords: KeywordOption = None,
    chance: ChanceOption = None,
    is_with_new_keys: NewKeysOption = False,
    api_url: ApiOption = "",
    is_events: Annotated[
        bool, typer.Option("--events", help="Slack sends what happens to this Gesso's public address; no socket.")
    ] = False,
    is_trusted: TrustOption = False,
) -> None:
    """Speak on Slack. Its tokens are asked for once, and kept in the system's keyring."""
    from gesso.bots.bot import Connection

    told = _wish(name, model, file=persona, called=called, keywords=keywords, chance=chance)
    connection = Connection(api_url=api_url, is_events=is_events) if api_url or is_events else None
    _speak(ctx, told, network="slack", connection=connection, is_new=is_with_new_keys, is_trusted=is_trusted)


@bot.command(epilog="Example: gesso bot x --model my-poet --every 180")
def x(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    name: NameArgument = "",
    *,
    model: ModelOption = "",
    persona: PersonaOption = None,
    called: CalledOption = "",
    every_minutes: Annotated[
        float | None, typer.Option("--every", metavar="MINUTES", min=0.0, help="Post by itself; 0 is never.")
    ] = None,
    is_with_new_keys: Annotated[
        bool, typer.Option("--sign-in", help="Let it in anew, though it was let in before.")
    ] = False,
    api_url: ApiOption = "",
    poll_s: Annotated[
        float | None, typer.Option("--poll", metavar="SECONDS", help="How often to look for mentions.")
    ] = None,
    is_trusted: TrustOption = False,
) -> None:
    """Speak on X: answer mentions, and post now and then. A page of X asks once whether it may."""
    from gesso.bots.bot import Connection

    told = _wish(name, model, file=persona, called=called, every_minutes=every_minutes)
    connection = Connection(api_url=api_url, poll_s=poll_s or 90.0) if api_url or poll_s else None
    _speak(ctx, told, network="x", connection=connection, is_new=is_with_new_keys, is_trusted=is_trusted)


@bot.command(epilog="Example: gesso bot start my-poet")
def start(ctx: typer.Context, name: KnownArgument) -> None:
    """Switch a bot on in the Gesso that serves: it goes on there, also after a restart."""
    from gesso.cli.bot_list import switch

    asyncio.run(switch(ctx.ensure_object(Terminal), name, is_on=True))


@bot.command(epilog="Example: gesso bot stop my-poet")
def stop(ctx: typer.Context, name: KnownArgument) -> None:
    """Switch a bot off in the Gesso that serves."""
    from gesso.cli.bot_list import switch

    asyncio.run(switch(ctx.ensure_object(Terminal), name, is_on=False))


@bot.command(epilog="Example: gesso bot remove my-poet")
def remove(ctx: typer.Context, name: KnownArgument) -> None:
    """Forget a bot and its tokens. What it has said stays where it said it."""
    from gesso.cli.bot_list import forget

    asyncio.run(forget(ctx.ensure_object(Terminal), name))


def _wish(name: str, model: str, **told: Any) -> Any:
    from gesso.cli.bot_order import Wish

    return Wish(name=name, model=model, **told)


def _speak(
    ctx: typer.Context, wish: Any, *, network: NetworkName, connection: Any, is_new: bool, is_trusted: bool
) -> None:
    from gesso.cli.bot_run import Speaking

    terminal = ctx.ensure_object(Terminal)
    speaking = Speaking(terminal, wish, network=network, connection=connection, is_new=is_new, is_trusted=is_trusted)
    asyncio.run(speaking.run())
