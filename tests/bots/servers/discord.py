"""A server that speaks Discord's gateway and REST, version 10, as Discord's documentation describes them.

https://discord.com/developers/docs/events/gateway and .../docs/resources/message. Opcodes, close codes and the order
of the handshake are from there; nothing here knows the adapter.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
AUTHENTICATION_FAILED, DISALLOWED_INTENTS = 4004, 4014
MESSAGE_CONTENT = 1 << 15
ME = {"id": "900", "username": "poet", "discriminator": "0", "global_name": None, "avatar": None, "bot": True}
ADA = {"id": "1", "username": "ada", "discriminator": "0", "global_name": "Ada", "avatar": None}
GUILD = "500000000000000500"
CHANNEL = "600000000000000600"
DIRECT = "700"


@dataclass
class _Connection:
    """One WebSocket: each message is a part of one zlib stream, where the client has asked for that."""

    socket: web.WebSocketResponse
    packer: Any

    async def send(self, message: dict[str, Any]) -> None:
        text = json.dumps(message).encode()
        if self.packer is None:
            await self.socket.send_str(text.decode())
        else:
            await self.socket.send_bytes(self.packer.compress(text) + self.packer.flush(zlib.Z_SYNC_FLUSH))


@dataclass
class DiscordServer:
    """Discord for one bot. What the bot has said is in `posts`, what it has done at the gateway in `heard`."""

    token: str = "right-token"
    heartbeat_ms: int = 41_250
    allowed_intents: int = ~0
    posts: list[dict[str, Any]] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    answers: deque[tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=deque)
    """What the next posts are answered with, before any is taken."""
    typed: int = 0
    is_acknowledging: bool = True
    url: str = ""
    _sent: list[dict[str, Any]] = field(default_factory=list)
    _sessions: set[str] = field(default_factory=set)
    _now: _Connection | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 1000

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return f"{self.url.replace('http', 'ws', 1)}/gateway"

    @property
    def api_url(self) -> str:
        """Where REST is."""
        return f"{self.url}/api/v10"

    # -- what happens there -------------------------------------------------------------------------------------------

    async def say(self, text: str, *, author: dict[str, Any] = ADA, channel: str = CHANNEL, **more: Any) -> None:
        """Have somebody write a message."""
        self._count += 1
        message = {
            "id": str(self._count),
            "channel_id": channel,
            "author": author,
            "content": text,
            "timestamp": "2026-11-22T10:00:00.000000+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": "@everyone" in text,
            "mentions": [who for who in (ME, ADA) if f"<@{who['id']}>" in text],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            **({} if channel == DIRECT else {"guild_id": GUILD, "member": _member(author)}),
            **more,
        }
        await self.dispatch("MESSAGE_CREATE", message)

    async def dispatch(self, name: str, data: dict[str, Any]) -> None:
        """Tell the bot something, or keep it for when it resumes."""
        message = {"op": DISPATCH, "t": name, "s": len(self._sent) + 1, "d": data}
        self._sent.append(message)
        if self._now is not None and not self._now.socket.closed:
            with suppress(ConnectionError):
                await self._now.send(message)

    async def drop(self, code: int = 1006) -> None:
        """Break the connection off; 1006 is one that simply ends."""
        connection, self._now = self._now, None
        assert connection is not None
        if code == 1006:
            transport = connection.socket._req.transport if connection.socket._req is not None else None
            assert transport is not None
            transport.abort()
        else:
            await connection.socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """Tell the bot to come again (opcode 7)."""
        assert self._now is not None
        await self._now.send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, is_resumable: bool = False) -> None:
        """Tell the bot that its session is no more (opcode 9)."""
        assert self._now is not None
        self._sessions.clear()
        await self._now.send({"op": INVALID_SESSION, "d": is_resumable})

    async def until(self, *, op: int | None = None, count: int = 1, posts: int = 0) -> None:
        """Wait until the bot has sent something so many times, or posted so much."""
        async with asyncio.timeout(30):
            while len(self.all_of(op)) < (count if op is not None else 0) or len(self.posts) < posts:
                self._news.clear()
                await self._news.wait()

    def all_of(self, op: int | None) -> list[dict[str, Any]]:
        """Return what the bot has sent with an opcode."""
        return [message for message in self.heard if message["op"] == op]

    # -- the gateway --------------------------------------------------------------------------------------------------

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        """Speak with a bot, from Hello to the end."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        packer = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        assert request.query["v"] == "10"
        assert request.query["encoding"] == "json"
        connection = _Connection(socket, packer)
        await connection.send({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}, "s": None, "t": None})
        async for message in socket:
            if message.type != WSMsgType.TEXT:
                break
            data = json.loads(message.data)
            await self._take(connection, data)
            self.heard.append(data)
            self._news.set()
        return socket

    async def _take(self, connection: _Connection, message: dict[str, Any]) -> None:
        if message["op"] == HEARTBEAT and self.is_acknowledging:
            await connection.send({"op": ACK})
        elif message["op"] == IDENTIFY:
            await self._identify(connection, message["d"])
        elif message["op"] == RESUME:
            await self._resume(connection, message["d"])

    async def _identify(self, connection: _Connection, data: dict[str, Any]) -> None:
        assert {"token", "properties", "intents"} <= set(data)
        if data["token"] != self.token:
            await connection.socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
        elif data["intents"] & ~self.allowed_intents:
            await connection.socket.close(code=DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
        else:
            self._sent, self._now = [], connection
            session = f"session-{len(self._sessions) + 1}-{self._count}"
            self._sessions.add(session)
            ready = {
                "v": 10,
                "user": ME,
                "guilds": [{"id": GUILD, "unavailable": True}],
                "session_id": session,
                "resume_gateway_url": self.gateway_url,
                "application": {"id": "900", "flags": 1 << 18},
                "private_channels": [],
            }
            await self.dispatch("READY", ready)
            await self.dispatch("GUILD_CREATE", _guild())

    async def _resume(self, connection: _Connection, data: dict[str, Any]) -> None:
        assert data["token"] == self.token
        if data["session_id"] not in self._sessions:
            await connection.send({"op": INVALID_SESSION, "d": False})
            return
        self._now = connection
        for message in self._sent[data["seq"] :]:
            await connection.send(message)
        await self.dispatch("RESUMED", {})

    # -- REST ---------------------------------------------------------------------------------------------------------

    @web.middleware
    async def authorized(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Refuse whoever has not the token, as Discord does; its answers pass a proxy that says `Via`."""
        if request.path.startswith("/api") and request.headers.get("Authorization") != f"Bot {self.token}":
            response: web.StreamResponse = web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        else:
            response = await handler(request)
        if not isinstance(response, web.WebSocketResponse):
            response.headers["Via"] = "1.1 google"
            if response.content_type == "application/json":
                response.headers["Content-Type"] = "application/json"  # with nothing behind it, as Discord sends it
        return response

    async def me(self, _: web.Request) -> web.Response:
        """`GET /users/@me`."""
        return web.json_response(ME)

    async def application(self, _: web.Request) -> web.Response:
        """`GET /oauth2/applications/@me`."""
        owner = {**ADA, "bot": False}
        described = {
            "id": "900",
            "name": "poet",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": owner,
            "verify_key": "00",
            "team": None,
            "flags": 1 << 18,
        }
        return web.json_response(described)

    async def typing(self, _: web.Request) -> web.Response:
        """`POST /channels/{id}/typing`."""
        self.typed += 1
        return web.Response(status=204)

    async def post(self, request: web.Request) -> web.Response:
        """`POST /channels/{id}/messages`."""
        body = await request.json()
        if self.answers:
            status, refusal, headers = self.answers.popleft()
            return web.json_response(refusal, status=status, headers=headers)
        if not 0 < len(body.get("content") or "") <= 2000:
            refusal = {"message": "Invalid Form Body", "code": 50035, "errors": {"content": {}}}
            return web.json_response(refusal, status=400)
        self._count += 1
        self.posts.append({"channel": request.match_info["channel"], **body})
        self._news.set()
        message = {
            "id": str(self._count),
            "channel_id": request.match_info["channel"],
            "author": ME,
            "content": body["content"],
            "timestamp": "2026-11-22T10:00:00.000000+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
        }
        return web.json_response(message)


def limited(retry_after_s: float, *, is_global: bool = False) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return the answer to a bot that posts too often."""
    headers = {
        "Retry-After": str(max(1, round(retry_after_s))),
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": str(retry_after_s),
        "X-RateLimit-Bucket": "abcd1234",
        "X-RateLimit-Scope": "global" if is_global else "user",
    }
    return 429, {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": is_global}, headers


def _member(user: dict[str, Any]) -> dict[str, Any]:
    return {
        "user": user,
        "roles": [],
        "joined_at": "2026-01-01T00:00:00.000000+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def _guild() -> dict[str, Any]:
    channel = {
        "id": CHANNEL,
        "type": 0,
        "guild_id": GUILD,
        "position": 0,
        "permission_overwrites": [],
        "name": "art",
        "topic": None,
        "nsfw": False,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "parent_id": None,
    }
    everyone = {
        "id": GUILD,
        "name": "@everyone",
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "permissions": "2147483647",
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    return {
        "id": GUILD,
        "name": "A studio",
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": "1",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [everyone],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
        "joined_at": "2026-01-01T00:00:00.000000+00:00",
        "large": False,
        "unavailable": False,
        "member_count": 2,
        "voice_states": [],
        "members": [_member(ADA), _member(ME)],
        "channels": [channel],
        "threads": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
    }


def direct_channel() -> dict[str, Any]:
    """Return the channel of one person and the bot."""
    return {"id": DIRECT, "type": 1, "last_message_id": None, "recipients": [ADA], "flags": 0}


@asynccontextmanager
async def running(server: DiscordServer, *, port: int = 0) -> AsyncIterator[DiscordServer]:
    """Let it listen until the end of the block."""
    app = web.Application(middlewares=[server.authorized])
    app.add_routes(
        [
            web.get("/gateway/", server.gateway),
            web.get("/gateway", server.gateway),
            web.get("/api/v10/users/@me", server.me),
            web.get("/api/v10/oauth2/applications/@me", server.application),
            web.post("/api/v10/channels/{channel}/messages", server.post),
            web.post("/api/v10/channels/{channel}/typing", server.typing),
        ]
    )
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    assert site._server is not None
    server.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]  # asyncio's own server has them
    try:
        yield server
    finally:
        if server._now is not None and not server._now.socket.closed:
            await server._now.socket.close(code=WSCloseCode.GOING_AWAY)
        await runner.cleanup()
