"""X: mentions are asked for now and then and answered; posts are made on a schedule."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote, urlencode

from gesso.bots.message import Heard
from gesso.bots.networks.network import Line
from gesso.bots.networks.posting import post_by_itself
from gesso.bots.networks.x_client import App, XClient
from gesso.bots.networks.x_text import fitting, without_callers
from gesso.bots.talk import Talk
from gesso.bots.wording import shorten
from gesso.errors import AccessError, FetchError, LimitError

_PAGE: Final = 100
_MOST_PAGES: Final = 8  # X tells of the last 800 mentions


class X:
    """A connection to X; a `Network`. The first look takes nothing but the place to begin: old mentions rest."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._seen = line.bot.seen
        self._client = XClient(
            App(line.keys["client_id"], line.keys["client_secret"]),
            line.keys["refresh_token"],
            way=line.door,
            keep=lambda token: line.keep_key("refresh_token", token),
            address=line.bot.connection.api_url,
            what_for=f"the bot {line.bot.name}",
        )
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, talk: Talk) -> None:
        """Look for mentions, and answer; see `Network`."""
        me = await self._client.me()
        self._line.connected(f"@{me['username']}")
        tasks = [
            asyncio.create_task(self._answer(talk, me)),
            asyncio.create_task(post_by_itself(talk, _Post(self, None))),
        ]
        try:
            done, _ = await asyncio.wait({*tasks, self._ended}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, talk: Talk, me: Mapping[str, Any]) -> None:
        while True:
            try:
                is_first = not self._seen
                for post, author in await self._mentions(me["id"]):
                    self._see(post["id"])  # first: after a crash, rather no answer than two
                    if not is_first:
                        await talk.hear(_heard(post, author, me=me), _Post(self, post["id"]))
                if is_first and not self._seen:
                    self._see("0")  # nobody has mentioned it yet: from here on everything is new
                self._line.connected(f"@{me['username']}")
            except LimitError as error:  # longer than one waits in one go
                self._line.lost(error.message)
                await asyncio.sleep(error.retry_after_s or 60.0)
            await asyncio.sleep(self._line.bot.connection.poll_s)

    async def _mentions(self, me: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return what is new, the oldest first, each with its author."""
        found: list[tuple[dict[str, Any], dict[str, Any]]] = []
        query = {
            "max_results": str(_PAGE if self._seen else 5),
            "tweet.fields": "author_id,conversation_id,created_at",
            "expansions": "author_id",
            "user.fields": "name,username",
            **({"since_id": self._seen} if self._seen not in {"", "0"} else {}),
        }
        for _ in range(_MOST_PAGES if self._seen else 1):
            page = await self._client.ask("GET", f"/2/users/{quote(me)}/mentions?{urlencode(query)}")
            authors = {user["id"]: user for user in page.get("includes", {}).get("users", ())}
            found += [(post, authors.get(post.get("author_id"), {})) for post in page.get("data", ())]
            following = page.get("meta", {}).get("next_token")
            if not following:
                break
            query["pagination_token"] = following
        return sorted(found, key=lambda each: int(each[0]["id"]))

    def _see(self, post_id: str) -> None:
        if int(post_id) > int(self._seen or -1):
            self._seen = post_id
            self._line.keep_seen(post_id)

    async def post(self, text: str, *, answers: str | None) -> None:
        """Post, as an answer to another post or by itself."""
        body: dict[str, Any] = {"text": fitting(text, shorten)}
        if answers is not None:
            body["reply"] = {"in_reply_to_tweet_id": answers}
        try:
            await self._client.ask("POST", "/2/tweets", body=body)
        except AccessError as error:
            if error.is_unknown and not self._ended.done():
                self._ended.set_exception(error)
            raise
        except FetchError as error:
            raise FetchError(f"It was not posted. {error.message}", is_passing=error.is_passing) from error


class _Post:
    """A post of somebody as a place: what is said there answers it."""

    def __init__(self, x: X, answers: str | None) -> None:
        self._x = x
        self._answers = answers

    async def say(self, text: str) -> None:
        """Say a text in one post."""
        await self._x.post(text, answers=self._answers)

    @asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        """Show nothing: X has no such sign."""
        yield


def _heard(post: Mapping[str, Any], author: Mapping[str, Any], *, me: Mapping[str, Any]) -> Heard:
    author_id = str(post.get("author_id", ""))
    return Heard(
        channel=str(post.get("conversation_id") or post["id"]),
        author_id=author_id,
        author=str(author.get("name") or author.get("username") or author_id),
        text=without_callers(str(post.get("text", "")), str(me["username"])),
        is_mention=True,
        is_own=author_id == str(me["id"]),
    )
