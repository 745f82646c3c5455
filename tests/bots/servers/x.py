"""A server that speaks X's API, version 2, as X's documentation describes it.

https://docs.x.com/x-api/posts/timelines/introduction (mentions, pagination, since_id), .../posts/create-post,
.../fundamentals/rate-limits (x-rate-limit-* headers) and .../authentication/oauth-2-0/authorization-code (PKCE, refresh
tokens that are good once). It blocks in threads of its own; nothing here knows the client.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ME = {"id": "900", "name": "Poet", "username": "poet"}
ADA = {"id": "1", "name": "Ada", "username": "ada"}
_LONGEST = 280


@dataclass
class XServer:
    """X for one account and one app. What it has posted is in `posts`; `refusals` come before anything else.

    `codes` are what people have allowed: a code, the challenge that came with it, and where it leads back.
    """

    client_id: str = "the-client"
    client_secret: str = "the-secret"
    refresh: str = "refresh-0"
    mentions: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    refusals: deque[tuple[str, int, dict[str, Any], dict[str, str]]] = field(default_factory=deque)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    page: int = 100
    url: str = ""
    _access: str = ""
    _count: int = 5000
    _renewed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def mention(self, text: str, *, author: dict[str, str] = ADA, conversation: str = "") -> str:
        """Have somebody mention the account. Returns the id of the post."""
        self._count += 1
        post = {
            "id": str(self._count),
            "text": text,
            "author_id": author["id"],
            "conversation_id": conversation or str(self._count),
            "created_at": "2026-11-22T10:00:00.000Z",
            "edit_history_tweet_ids": [str(self._count)],
            "_author": author,
        }
        self.mentions.append(post)
        return str(self._count)

    def end_access(self) -> None:
        """Let the access token end, as it does after two hours."""
        self._access = ""

    def take_back(self) -> None:
        """Take the app's rights back, as a person can."""
        self._access, self.refresh = "", "another"

    # -- what is asked ------------------------------------------------------------------------------------------------

    def answer(
        self, method: str, target: str, *, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Answer one request."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self._lock:
            self.asked.append(f"{method} {target}")
            if parts.path == "/2/oauth2/token" and method == "POST":
                return self._token(headers, {name: values[0] for name, values in parse_qs(body.decode()).items()})
            if not self._access or headers.get("authorization") != f"Bearer {self._access}":
                return (
                    401,
                    {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"},
                    {},
                )
            if self.refusals and self.refusals[0][0] in {"", parts.path}:
                _, status, refusal, more = self.refusals.popleft()
                return status, refusal, more
            if parts.path == "/2/users/me":
                return 200, {"data": ME}, {}
            if parts.path == f"/2/users/{ME['id']}/mentions" and method == "GET":
                return self._mentions(query)
            if parts.path == "/2/tweets" and method == "POST":
                return self._post(json.loads(body))
        return 404, {"title": "Not Found", "detail": "Not Found", "status": 404}, {}

    def _token(self, headers: dict[str, str], form: dict[str, str]) -> tuple[int, dict[str, Any], dict[str, str]]:
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        is_known = headers.get("authorization") == f"Basic {pair}" if self.client_secret else True
        if not is_known or (not self.client_secret and form.get("client_id") != self.client_id):
            return 401, {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}, {}
        if headers.get("content-type") != "application/x-www-form-urlencoded":
            return 400, {"error": "invalid_request", "error_description": "Wrong content type"}, {}
        refusal = {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}
        if form.get("grant_type") == "refresh_token":
            if form.get("refresh_token") != self.refresh:
                return 400, refusal, {}
        elif form.get("grant_type") == "authorization_code":
            challenge, redirect = self.codes.pop(form.get("code", ""), ("", ""))
            made = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            if not challenge or made.decode().rstrip("=") != challenge or form.get("redirect_uri") != redirect:
                return 400, {**refusal, "error_description": "Value passed for the authorization code was invalid."}, {}
        else:
            return 400, {"error": "unsupported_grant_type"}, {}
        self._renewed += 1
        self.refresh, self._access = f"refresh-{self._renewed}", f"access-{self._renewed}"
        return 200, {
            "token_type": "bearer",
            "expires_in": 7200,
            "access_token": self._access,
            "scope": "tweet.read tweet.write users.read offline.access",
            "refresh_token": self.refresh,
        }, {}  # fmt: skip

    def _mentions(self, query: dict[str, str]) -> tuple[int, dict[str, Any], dict[str, str]]:
        most = int(query.get("max_results", 10))
        if not 5 <= most <= 100:
            return 400, {"title": "Invalid Request", "detail": "max_results must be between 5 and 100"}, {}
        since = int(query.get("since_id", 0))
        found = [post for post in reversed(self.mentions) if int(post["id"]) > since]
        begin = int(query.get("pagination_token", "t0")[1:])
        shown = found[begin : begin + min(most, self.page)]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        if begin + len(shown) < len(found):
            meta["next_token"] = f"t{begin + len(shown)}"
        data = [{name: value for name, value in post.items() if name != "_author"} for post in shown]
        users = list({post["_author"]["id"]: post["_author"] for post in shown}.values())
        limits = {
            "x-rate-limit-limit": "300",
            "x-rate-limit-remaining": "299",
            "x-rate-limit-reset": str(int(time.time()) + 900),
        }
        return 200, {"meta": meta, **({"data": data, "includes": {"users": users}} if data else {})}, limits

    def _post(self, body: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
        text = body.get("text", "")
        if not text or len(text) > _LONGEST:
            return 400, {"title": "Invalid Request", "detail": "Your Tweet text is too long."}, {}
        if any(post["text"] == text and post.get("reply") == body.get("reply") for post in self.posts):
            return (
                403,
                {"title": "Forbidden", "detail": "You are not allowed to create a Tweet with duplicate content."},
                {},
            )
        self._count += 1
        self.posts.append(body)
        return 201, {"data": {"id": str(self._count), "text": text, "edit_history_tweet_ids": [str(self._count)]}}, {}


def limited(path: str, *, reset_s: float) -> tuple[str, int, dict[str, Any], dict[str, str]]:
    """Return the answer to an app that asks too often."""
    headers = {"x-rate-limit-limit": "1", "x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(reset_s))}
    return path, 429, {"title": "Too Many Requests", "detail": "Too Many Requests", "status": 429}, headers


@contextmanager
def running(server: XServer) -> Iterator[XServer]:
    """Let it listen until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, data, more = server.answer(self.command, self.path, headers=headers, body=body)
            payload = json.dumps(data).encode()
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": str(len(payload)),
                **more,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = _answer  # noqa: N815 - as the library calls them

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the library calls it
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server.url = f"http://127.0.0.1:{listening.server_address[1]}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
