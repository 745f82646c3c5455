"""Slack, by slack-bolt: over a socket that is opened from here, or by events that Slack sends to this server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from gesso.bots.message import Heard
from gesso.bots.networks import slack_text
from gesso.bots.networks.kinds import SLACK
from gesso.bots.networks.network import Line, contact
from gesso.bots.networks.posting import post_by_itself
from gesso.bots.talk import Talk
from gesso.bots.wording import pieces
from gesso.errors import AccessError, FetchError, GessoError, LimitError, SettingsError

PING_S: Final = 5.0
"""How often the socket is looked after."""
_HOST: Final = "slack.com"
_API: Final = "https://slack.com/api/"
_LOST_S: Final = 30.0  # after so long without a socket all begins anew, with a look at the token
_MOST_SEEN: Final = 1000
_MOST_NAMES: Final = 5000
_SPOKEN: Final = frozenset({None, "bot_message", "thread_broadcast", "file_share", "me_message"})
_TOKEN: Final = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)
_SCOPE: Final = frozenset({"missing_scope", "no_permission", "not_in_channel", "restricted_action", "is_archived"})
_NEW_TOKEN: Final = "Look at api.slack.com/apps > your app: install it anew, and give the bot its tokens again."
_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Me:
    user: str
    bot: str
    name: str
    team: str


class Slack:
    """A connection to Slack; a `Network`, and one that takes events."""

    def __init__(self, line: Line) -> None:
        self._line = line
        api = line.bot.connection.api_url
        self._web = AsyncWebClient(
            token=line.keys["token"], base_url=f"{api.rstrip('/')}/" if api else _API, logger=_logger
        )
        self._web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
        self._app: AsyncApp | None = None
        self._names: OrderedDict[str, str] = OrderedDict()
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, talk: Talk) -> None:
        """Listen and answer; see `Network`."""
        with contact(self._line, _HOST), explained():
            me = await self._who()
            self._app = self._listening(talk, me)
            posting = asyncio.create_task(self._post(talk))
            living = asyncio.create_task(self._wait(me) if self._line.bot.connection.is_events else self._socket(me))
            try:
                done, _ = await asyncio.wait({posting, living, self._ended}, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                self._app = None
                for task in (posting, living):
                    task.cancel()
                await asyncio.gather(posting, living, return_exceptions=True)

    async def take(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes, Mapping[str, str]]:
        """Take an event, if Slack has signed it, and not long ago; see `TakesEvents`."""
        if self._app is None:
            return 503, b"", {"Retry-After": "5"}
        if not all(value.isascii() for name, value in headers.items() if name.lower().startswith("x-slack-")):
            return 401, b"", {}  # slack-sdk compares nothing else with a signature
        request = AsyncBoltRequest(body=body.decode("utf-8", "replace"), headers=dict(headers))
        answer = await self._app.async_dispatch(request)
        kept = {name: values[0] for name, values in answer.headers.items()}
        return answer.status, (answer.body or "").encode(), kept

    # -- its life -----------------------------------------------------------------------------------------------------

    async def _who(self) -> _Me:
        found = await self._web.auth_test()
        return _Me(*(str(found.get(word) or "") for word in ("user_id", "bot_id", "user", "team_id")))

    async def _wait(self, me: _Me) -> None:
        self._line.connected(me.name)
        await asyncio.Event().wait()

    async def _socket(self, me: _Me) -> None:
        """Keep the socket; slack-sdk opens it anew when Slack says so, or when it is lost."""
        assert self._app is not None
        opened = await self._web.apps_connections_open(app_token=self._line.keys["app_token"])
        handler = AsyncSocketModeHandler(self._app, self._line.keys["app_token"], ping_interval=PING_S)
        handler.client.wss_uri = opened["url"]
        try:
            await handler.connect_async()  # type: ignore[no-untyped-call]  # slack-bolt types only a part of itself
            await self._look_after(handler, me)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # as above

    async def _look_after(self, handler: AsyncSocketModeHandler, me: _Me) -> None:
        clock = asyncio.get_running_loop().time
        well_s = clock()
        while clock() - well_s < _LOST_S:
            if await handler.client.is_connected():
                well_s = clock()
                self._line.connected(me.name)
            elif clock() - well_s > 2 * PING_S:
                self._line.lost("The connection to Slack was lost.")
            await asyncio.sleep(PING_S / 5)
        raise FetchError("The connection to Slack was lost.", is_passing=True)

    async def _post(self, talk: Talk) -> None:
        posts = talk.persona.posts
        if posts.every_minutes and not posts.channel:
            raise SettingsError("There is no channel to post in.", hint="posts.channel is the id of one: C0123456789.")
        await post_by_itself(talk, _Channel(self, posts.channel, None))

    # -- listening ----------------------------------------------------------------------------------------------------

    def _listening(self, talk: Talk, me: _Me) -> AsyncApp:
        async def authorize() -> AuthorizeResult:  # it was asked for already, and is not to be asked for each event
            return AuthorizeResult(
                enterprise_id=None, team_id=me.team, bot_user_id=me.user, bot_id=me.bot, bot_token=self._web.token
            )

        app = AsyncApp(
            client=self._web,
            authorize=authorize,
            signing_secret=self._line.keys["signing_secret"] or "none: nothing comes over HTTP",
            request_verification_enabled=True,
            ignoring_self_events_enabled=False,  # `talk` knows its own
            logger=_logger,
        )

        async def hear(event: dict[str, Any]) -> None:
            await self._hear(event, talk=talk, me=me)

        async def end(event: dict[str, Any]) -> None:
            _end(self._ended, AccessError(f"Slack has taken the token back ({event['type']}).", hint=_NEW_TOKEN))

        for name in ("message", "app_mention"):
            app.event({"type": name} if name == "app_mention" else name)(hear)
        for name in ("tokens_revoked", "app_uninstalled"):
            app.event(name)(end)
        return app

    async def _hear(self, event: Mapping[str, Any], *, talk: Talk, me: _Me) -> None:
        if event.get("subtype") not in _SPOKEN or not self._is_new(event):
            return
        heard = await self._heard(event, me)
        place = _Channel(self, event["channel"], event.get("thread_ts"))
        await talk.hear(heard, place)

    def _is_new(self, event: Mapping[str, Any]) -> bool:
        """Say whether a message is met for the first time: Slack tells some twice, and repeats what was not heard."""
        key = (str(event.get("channel")), str(event.get("ts")))
        if key in self._seen:
            return False
        self._seen[key] = None
        while len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)
        return True

    async def _heard(self, event: Mapping[str, Any], me: _Me) -> Heard:
        text, author = str(event.get("text") or ""), str(event.get("user") or event.get("bot_id") or "")
        people = slack_text.people_in(text)
        is_own = author in {me.user, me.bot} or (bool(me.bot) and event.get("bot_id") == me.bot)
        names = {} if is_own else {each: await self._name(each) for each in people if each != me.user}
        return Heard(
            channel=str(event["channel"]),
            author_id=author,
            author=author if is_own else str(event.get("username") or await self._name(author)),
            text=slack_text.read(text, me=me.user, names=names),
            is_direct=event.get("channel_type") == "im",
            is_mention=me.user in people or event.get("type") == "app_mention",
            is_bot=bool(event.get("bot_id")) or event.get("subtype") == "bot_message",
            is_own=is_own,
        )

    async def _name(self, user: str) -> str:
        """Return what somebody is called; the id where Slack does not tell."""
        if user not in self._names:
            name = ""
            with contextlib.suppress(SlackApiError, aiohttp.ClientError, TimeoutError):  # the scope may be missing
                found = await self._web.users_info(user=user)
                profile = found["user"].get("profile", {})
                name = profile.get("display_name") or profile.get("real_name") or found["user"].get("name", "")
            self._names[user] = name or user
            while len(self._names) > _MOST_NAMES:
                self._names.popitem(last=False)
        return self._names[user]

    async def say(self, text: str, *, channel: str, thread: str | None) -> None:
        """Say a text in a channel, in several messages if it is too long for one."""
        try:
            with explained():
                for piece in pieces(text, SLACK.most_characters):
                    await self._web.chat_postMessage(
                        channel=channel,
                        text=slack_text.write(piece),
                        thread_ts=thread,
                        link_names=False,
                        parse="none",
                        unfurl_links=False,
                    )
        except AccessError as error:
            if error.is_unknown:
                _end(self._ended, error)
            raise


class _Channel:
    """A channel of Slack as a place, or a thread in it."""

    def __init__(self, slack: Slack, channel: str, thread: str | None) -> None:  # noqa: PLR0917 - all three say where
        self._slack = slack
        self._channel = channel
        self._thread = thread

    async def say(self, text: str) -> None:
        """Say a text."""
        await self._slack.say(text, channel=self._channel, thread=self._thread)

    @asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        """Show nothing: Slack has no such sign for apps."""
        yield


def _end(ended: asyncio.Future[None], error: GessoError) -> None:
    if not ended.done():
        ended.set_exception(error)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Raise what slack-sdk says in the house's words."""
    try:
        yield
    except SlackApiError as error:
        raise _refused(error) from error
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise FetchError(f"Slack cannot be reached: {str(error) or type(error).__name__}.", is_passing=True) from error


def _refused(error: SlackApiError) -> GessoError:
    code = str(error.response.get("error", ""))
    if code in _TOKEN:
        return AccessError(f"Slack does not know the token ({code}).", hint=_NEW_TOKEN, is_unknown=True)
    if code in _SCOPE:
        needed = error.response.get("needed")
        hint = (
            f"It needs the scope {needed}."
            if needed
            else "Invite it: /invite @its-name. docs/bots.md lists its scopes."
        )
        return AccessError(f"Slack does not let the bot do that ({code}).", hint=hint)
    if code == "ratelimited":
        wait_s = float(error.response.headers.get("Retry-After", 30))
        return LimitError(f"Slack wants a pause of {wait_s:.0f} seconds.", retry_after_s=wait_s)
    return FetchError(f"Slack has refused it: {code or error}.", is_passing=True)
