"""Discord, by discord.py: its gateway, its REST interface, and what a message is there."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route

from gesso.bots.bot import Connection
from gesso.bots.message import Heard
from gesso.bots.networks.kinds import DISCORD
from gesso.bots.networks.network import Line, contact
from gesso.bots.networks.posting import post_by_itself
from gesso.bots.talk import Talk
from gesso.bots.wording import pieces
from gesso.errors import AccessError, FetchError, GessoError, LimitError, SettingsError

_HOST: Final = "discord.com"
_LONGEST_LIMIT_S: Final = 60.0  # of a rate limit that is waited for; a longer one is told
_SPOKEN: Final = frozenset({discord.MessageType.default, discord.MessageType.reply})
_EMOJI: Final = re.compile(r"<a?(:\w+:)\d+>")
_LEAVING_S: Final = 5.0
_WRONG_TOKEN: Final = 4004  # how the gateway closes then
_NEW_TOKEN: Final = (
    "Make a new one (discord.com/developers/applications > your app > Bot > Reset Token) and give it to the bot."
)
_INTENTS: Final = (
    "Switch on Message Content Intent: discord.com/developers/applications > your app > Bot > "
    "Privileged Gateway Intents."
)


class Discord:
    """A connection to Discord. discord.py comes back by itself when it is lost, and waits where Discord says so."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def run(self, talk: Talk) -> None:
        """Listen and answer; see `Network`."""
        client = _Client(self._line, talk)
        with contact(self._line, _HOST), _explained():
            async with client:
                posting = asyncio.create_task(client.post())
                living = asyncio.create_task(client.start(self._line.keys["token"]))
                try:
                    done, _ = await asyncio.wait({living, posting, client.ended}, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
                finally:
                    posting.cancel()
                    await client.close()  # first: a cancel alone may be lost inside of discord.py
                    living.cancel()
                    await asyncio.wait({living, posting}, timeout=_LEAVING_S)


class _Client(discord.Client):
    """discord.py's client: tells `talk` of messages, and answers them."""

    def __init__(self, line: Line, talk: Talk) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=_LONGEST_LIMIT_S,
            enable_debug_events=False,
        )
        self._line = line
        self._talk = talk
        self._is_ready = asyncio.Event()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        _reach(self, line.bot.connection)

    # -- what discord.py calls ----------------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        """Hear that it is connected."""
        self._line.connected(str(self.user))

    async def on_ready(self) -> None:
        """Hear that all channels are known."""
        self._is_ready.set()

    async def on_resumed(self) -> None:
        """Hear that it is connected again, and has missed nothing."""
        self._line.connected(str(self.user))

    async def on_disconnect(self) -> None:
        """Hear that the connection is lost; discord.py tries again."""
        self._line.lost("The connection to Discord was lost.")

    async def on_message(self, message: discord.Message) -> None:
        """Hear a message."""
        if self.user is not None and message.type in _SPOKEN:
            await self._talk.hear(_heard(message, self.user), _Channel(message.channel, self.ended))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Hear of a fault in one of the above: one message must not end the bot."""
        await super().on_error(event_method, *args, **kwargs)

    async def post(self) -> None:
        """Post by itself, where that is wanted."""
        await self._is_ready.wait()
        wanted = self._talk.persona.posts.channel
        found = [each for each in self.get_all_channels() if wanted in {str(each.id), each.name}]
        channel = next((each for each in found if isinstance(each, discord.TextChannel)), None)
        if self._talk.persona.posts.every_minutes and channel is None:
            raise SettingsError(
                f"The bot sees no channel {wanted!r} to post in.", hint="Name one that it may read and write."
            )
        await post_by_itself(self._talk, _Channel(channel, self.ended))


class _Channel:
    """A channel of Discord as a place."""

    def __init__(self, channel: Any, ended: asyncio.Future[None]) -> None:
        self._channel = channel
        self._ended = ended

    async def say(self, text: str) -> None:
        """Say a text, in several messages if it is too long for one."""
        try:
            with _explained():
                for piece in pieces(text, DISCORD.most_characters):
                    await self._channel.send(piece, allowed_mentions=discord.AllowedMentions.none())
        except AccessError as error:
            if error.is_unknown and not self._ended.done():  # the token was taken back
                self._ended.set_exception(error)
            raise

    @asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        """Show that it writes."""
        async with contextlib.AsyncExitStack() as stack:
            with _explained():
                await stack.enter_async_context(self._channel.typing())
            yield


def _heard(message: discord.Message, me: discord.ClientUser) -> Heard:
    resolved = message.reference.resolved if message.reference is not None else None
    is_answer = isinstance(resolved, discord.Message) and resolved.author.id == me.id
    own_roles = [role for role in message.role_mentions if role.tags is not None and role.tags.bot_id == me.id]
    return Heard(
        channel=str(message.channel.id),
        channel_name=getattr(message.channel, "name", None) or "",
        author_id=str(message.author.id),
        author=message.author.display_name,
        text=_text(message, me, roles=own_roles),
        is_direct=isinstance(message.channel, discord.DMChannel),
        is_mention=is_answer or me in message.mentions or bool(own_roles),
        is_bot=message.author.bot or message.webhook_id is not None,
        is_own=message.author.id == me.id,
    )


def _text(message: discord.Message, me: discord.ClientUser, *, roles: list[discord.Role]) -> str:
    """Return what was written, with names in the place of numbers and without the bot's own."""
    text = re.sub(rf"<@!?{me.id}>", "", message.content)
    for role in roles:
        text = text.replace(role.mention, "")
    for user in message.mentions:
        text = re.sub(rf"<@!?{user.id}>", lambda _, name=user.display_name: f"@{name}", text)  # type: ignore[misc]  # a name bound now
    for other in message.role_mentions:
        text = text.replace(other.mention, f"@{other.name}")
    for channel in message.channel_mentions:
        text = text.replace(channel.mention, f"#{channel.name}")
    return _EMOJI.sub(r"\1", text).strip()


def _reach(client: discord.Client, connection: Connection) -> None:
    """Lead a client to other addresses than Discord's own, where some are named."""
    http: Any = client.http
    request, ws_connect = http.request, http.ws_connect
    api, gateway = connection.api_url.rstrip("/"), connection.gateway_url.rstrip("/")
    default = str(DiscordWebSocket.DEFAULT_GATEWAY).rstrip("/")

    async def request_there(route: Route, **kwargs: Any) -> Any:
        route.url = api + route.url.removeprefix(Route.BASE)
        return await request(route, **kwargs)

    async def connect_there(url: str, **kwargs: Any) -> Any:
        return await ws_connect(gateway + url.removeprefix(default) if url.startswith(default) else url, **kwargs)

    http.request = request_there if api else request
    http.ws_connect = connect_there if gateway else ws_connect


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Raise what discord.py says in the house's words."""
    try:
        yield
    except discord.LoginFailure as error:
        raise AccessError("Discord does not know the token.", hint=_NEW_TOKEN, is_unknown=True) from error
    except discord.PrivilegedIntentsRequired as error:
        raise SettingsError("Discord does not let the bot read messages.", hint=_INTENTS) from error
    except discord.ConnectionClosed as error:
        raise _closed(error) from error
    except discord.RateLimited as error:
        words = f"Discord wants a pause of {error.retry_after:.0f} seconds."
        raise LimitError(words, retry_after_s=error.retry_after) from error
    except discord.HTTPException as error:
        raise _refused(error) from error
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise FetchError(
            f"Discord cannot be reached: {str(error) or type(error).__name__}.", is_passing=True
        ) from error


def _closed(error: discord.ConnectionClosed) -> GessoError:
    if error.code == _WRONG_TOKEN:
        return AccessError("Discord no longer knows the token.", hint=_NEW_TOKEN, is_unknown=True)
    return FetchError(f"Discord has closed the connection ({error.code}).", is_passing=True)


def _refused(error: discord.HTTPException) -> GessoError:
    if error.status == 401:
        return AccessError("Discord no longer knows the token.", hint=_NEW_TOKEN, is_unknown=True)
    if error.status == 403:
        hint = "Give the bot's role the rights to see the channel and to send messages there."
        return AccessError(f"Discord does not let the bot do that: {error.text or 'Forbidden'}.", hint=hint)
    return FetchError(f"Discord has answered {error.status}: {error.text}.", is_passing=error.status >= 500)
