"""A server that speaks Slack's Web API, Socket Mode and Events API as Slack's documentation describes them.

https://docs.slack.dev/apis/events-api/using-socket-mode, .../using-http-request-urls, .../web-api/rate-limits and
.../authentication/verifying-requests-from-slack. Nothing here knows the adapter.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

ME = "U0BOT"
BOT = "B0BOT"
ADA = "U0ADA"
CHANNEL = "C0ART"
DIRECT = "D0ADA"


@dataclass
class SlackServer:
    """Slack for one app. What it has posted is in `posts`, which envelopes it has acknowledged in `acks`."""

    token: str = "xoxb-right"
    app_token: str = "xapp-right"
    secret: str = "signing-secret"
    posts: list[dict[str, Any]] = field(default_factory=list)
    acks: list[str] = field(default_factory=list)
    opened: int = 0
    has_names: bool = True
    refusals: deque[tuple[int, str, dict[str, str]]] = field(default_factory=deque)
    """What the next posts are answered with, before any is taken."""
    url: str = ""
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 0

    @property
    def api_url(self) -> str:
        """Where the Web API is."""
        return f"{self.url}/api"

    # -- what happens there -------------------------------------------------------------------------------------------

    def message(self, text: str, **more: Any) -> dict[str, Any]:
        """Return the event of a new message."""
        self._count += 1
        event = {
            "type": "message",
            "channel": CHANNEL,
            "channel_type": "channel",
            "user": ADA,
            "text": text,
            "ts": f"1700000000.{self._count:06}",
            "event_ts": f"1700000000.{self._count:06}",
        }
        return {name: value for name, value in {**event, **more}.items() if value is not None}

    def callback(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return an event as it is delivered."""
        self._count += 1
        return {
            "token": "old-verification-token",
            "team_id": "T0STUDIO",
            "api_app_id": "A0APP",
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{self._count}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": "T0STUDIO", "user_id": ME, "is_bot": True, "is_enterprise_install": False}],
        }

    async def tell(self, event: dict[str, Any], *, attempt: int = 0) -> str:
        """Deliver an event over the socket. Returns the id of its envelope."""
        self._count += 1
        envelope = {
            "envelope_id": f"envelope-{self._count}",
            "type": "events_api",
            "payload": self.callback(event),
            "accepts_response_payload": False,
            "retry_attempt": attempt,
            "retry_reason": "timeout" if attempt else "",
        }
        await self._sockets[-1].send_json(envelope)
        return str(envelope["envelope_id"])

    async def say(self, text: str, **more: Any) -> str:
        """Have somebody write a message."""
        return await self.tell(self.message(text, **more))

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Announce the end of the socket, and end it."""
        socket = self._sockets[-1]
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink"}})
        await socket.close()

    async def drop(self) -> None:
        """Break the socket off without a word."""
        request = self._sockets[-1]._req
        assert request is not None
        assert request.transport is not None
        request.transport.abort()

    async def until(self, *, posts: int = 0, sockets: int = 0, ack: str | None = None) -> None:
        """Wait until so much was posted, so many sockets were opened, or an envelope was acknowledged."""
        async with asyncio.timeout(30):
            while len(self.posts) < posts or len(self._sockets) < sockets or (ack is not None and ack not in self.acks):
                self._news.clear()
                await self._news.wait()

    def sign(self, body: bytes, *, at_s: float | None = None, secret: str | None = None) -> dict[str, str]:
        """Return the headers of a request that Slack has signed."""
        stamp = str(int(time.time() if at_s is None else at_s))
        base = b"v0:" + stamp.encode() + b":" + body
        signature = hmac.new((secret or self.secret).encode(), base, hashlib.sha256).hexdigest()
        return {
            "content-type": "application/json",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={signature}",
        }

    # -- the Web API --------------------------------------------------------------------------------------------------

    def _bearer(self, request: web.Request) -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")

    async def _form(self, request: web.Request) -> dict[str, Any]:
        if request.content_type == "application/json":
            return dict(await request.json())
        return {name: str(value) for name, value in (await request.post()).items()}

    async def auth_test(self, request: web.Request) -> web.Response:
        """`auth.test`."""
        if self._bearer(request) != self.token:
            return web.json_response({"ok": False, "error": "invalid_auth"})
        known = {"url": "https://studio.slack.com/", "team": "Studio", "user": "poet", "team_id": "T0STUDIO"}
        return web.json_response({"ok": True, **known, "user_id": ME, "bot_id": BOT})

    async def connections_open(self, request: web.Request) -> web.Response:
        """`apps.connections.open`, with the app-level token."""
        if self._bearer(request) != self.app_token:
            return web.json_response({"ok": False, "error": "invalid_auth"})
        self.opened += 1
        address = f"{self.url.replace('http', 'ws', 1)}/link?ticket={self.opened}&app_id=A0APP"
        return web.json_response({"ok": True, "url": address})

    async def users_info(self, request: web.Request) -> web.Response:
        """`users.info`."""
        if not self.has_names:
            return web.json_response({"ok": False, "error": "missing_scope", "needed": "users:read"})
        form = {**request.query, **await self._form(request)}
        name = {ADA: "Ada", "U0BO": "Bo"}.get(form["user"], "")
        user = {"id": form["user"], "name": name.lower(), "profile": {"display_name": name, "real_name": f"{name} X"}}
        return web.json_response({"ok": True, "user": user})

    async def post_message(self, request: web.Request) -> web.Response:
        """`chat.postMessage`."""
        if self._bearer(request) != self.token:
            return web.json_response({"ok": False, "error": "token_revoked"})
        if self.refusals:
            status, error, headers = self.refusals.popleft()
            return web.json_response({"ok": False, "error": error}, status=status, headers=headers)
        form = await self._form(request)
        if not form.get("text"):
            return web.json_response({"ok": False, "error": "no_text"})
        self.posts.append(form)
        self._news.set()
        return web.json_response({"ok": True, "channel": form["channel"], "ts": "1700000001.000001", "message": {}})

    # -- Socket Mode --------------------------------------------------------------------------------------------------

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """Speak with an app, from hello to the end. A ticket is good once."""
        assert int(request.query["ticket"]) == self.opened
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0APP"}, "debug_info": {}}
        await socket.send_json(hello)
        self._sockets.append(socket)
        self._news.set()
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self.acks.append(json.loads(message.data)["envelope_id"])
                self._news.set()
        return socket


def limited(retry_after_s: int) -> tuple[int, str, dict[str, str]]:
    """Return the answer to an app that posts too often."""
    return 429, "ratelimited", {"Retry-After": str(retry_after_s)}


@asynccontextmanager
async def running(server: SlackServer) -> AsyncIterator[SlackServer]:
    """Let it listen until the end of the block."""
    app = web.Application()
    app.add_routes(
        [
            web.post("/api/auth.test", server.auth_test),
            web.post("/api/apps.connections.open", server.connections_open),
            web.get("/api/users.info", server.users_info),
            web.post("/api/users.info", server.users_info),
            web.post("/api/chat.postMessage", server.post_message),
            web.get("/link", server.link),
        ]
    )
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    server.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]  # asyncio's own server has them
    try:
        yield server
    finally:
        for socket in server._sockets:
            await socket.close()
        await runner.cleanup()
