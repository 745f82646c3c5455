"""A client for X's interface, version 2, over the house's own door: asks, waits where X says so, renews its token."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from gesso.errors import AccessError, FetchError, GessoError, InputError, LimitError
from gesso.net.distant import Distant, Way
from gesso.net.line import Line, Reply
from gesso.remote.address import line_to

API: Final = "https://api.x.com"
"""Where X answers programs."""
AUTHORIZE: Final = "https://x.com/i/oauth2/authorize"
"""Where X asks people whether an app may speak for them."""
SCOPES: Final = "tweet.read tweet.write users.read offline.access"
"""What a bot has to be allowed; the last lets it go on after two hours."""
_TIMEOUT_S: Final = 30.0
_LONGEST_WAIT_S: Final = 16 * 60.0  # the windows of X's limits are a quarter of an hour
_EARLY_S: Final = 60.0  # so long before its end a token is renewed
_AGAIN: Final = "Let the bot in anew: gesso bot x NAME --sign-in."


@dataclass(frozen=True)
class App:
    """An app at X. The secret is "" for one that is no confidential client."""

    client_id: str
    client_secret: str = ""


@dataclass(frozen=True)
class Tokens:
    """What X gives out: `access` is good until `ends_s` (of `time.time`), `refresh` once, for the next of both."""

    access: str
    refresh: str
    ends_s: float


class XClient:
    """X for one account. `keep` keeps each new refresh token before it is used: the one before is no longer good."""

    def __init__(
        self,
        app: App,
        refresh_token: str,
        *,
        way: Way,
        keep: Callable[[str], None],
        address: str = "",
        what_for: str = "a bot on X",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app = app
        self._line = open_line(address or API, way=way, what_for=what_for)
        self._tokens = Tokens("", refresh_token, 0.0)
        self._keep = keep
        self._sleep = sleep
        self._renewing = asyncio.Lock()

    async def me(self) -> dict[str, Any]:
        """Return the account: `id`, `name`, `username`."""
        found: dict[str, Any] = (await self.ask("GET", "/2/users/me"))["data"]
        return found

    async def ask(self, method: str, path: str, *, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask, and return what X answers. Raises `AccessError`, `LimitError` and `FetchError`.

        Where X says that it was asked too often, it is asked again at the time that it names.
        """
        data = None if body is None else json.dumps(body).encode()
        is_renewed = False
        while True:
            used = await self._access()
            reply = await _asked(replace(self._line, key=used), method=method, path=path, body=data)
            if reply.status == 401 and not is_renewed:
                await self._renew(used)
                is_renewed = True
            elif reply.status == 429 and (wait_s := _wait_s(reply)) <= _LONGEST_WAIT_S:
                await self._sleep(wait_s)
            else:
                return _read(reply)

    # -- tokens -------------------------------------------------------------------------------------------------------

    async def _access(self) -> str:
        if time.time() > self._tokens.ends_s - _EARLY_S:
            await self._renew(self._tokens.access)
        return self._tokens.access

    async def _renew(self, used: str) -> None:
        """Get another token, unless somebody else has done it since `used` was taken."""
        async with self._renewing:
            if self._tokens.access != used:
                return
            form = {"grant_type": "refresh_token", "refresh_token": self._tokens.refresh}
            tokens = await exchange(self._line, self._app, form=form)
            self._tokens = tokens = replace(tokens, refresh=tokens.refresh or self._tokens.refresh)
            await asyncio.to_thread(self._keep, tokens.refresh)


# -- the way in: OAuth 2.0 with PKCE ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignIn:
    """A person is asked whether the app may speak for them: `url` is where, `finish` what they come back with."""

    app: App
    redirect: str
    state: str
    verifier: str
    page: str = AUTHORIZE

    @classmethod
    def begin(cls, app: App, redirect: str) -> SignIn:
        """Begin."""
        return cls(app, redirect, secrets.token_urlsafe(24), secrets.token_urlsafe(48))

    @property
    def url(self) -> str:
        """The page to open in a browser that is signed in to the account."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": self.redirect,
            "scope": SCOPES,
            "state": self.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.page}?{urlencode(query)}"

    async def finish(self, came_back: str, line: Line) -> Tokens:
        """Return the tokens for the address that the browser was led to. Raises `InputError` and `AccessError`."""
        given = parse_qs(came_back.strip().partition("?")[2])
        if "error" in given:
            raise AccessError(f"X was told no ({given['error'][0][:80]}).", hint="Try again, and allow it.")
        if given.get("state") != [self.state] or not given.get("code"):
            hint = "Copy all of it from the address bar, from http to the end, and only from this attempt."
            raise InputError("the address that X has led the browser to", "another one", hint=hint)
        form = {
            "grant_type": "authorization_code",
            "code": given["code"][0],
            "redirect_uri": self.redirect,
            "code_verifier": self.verifier,
        }
        tokens = await exchange(line, self.app, form=form)
        if not tokens.refresh:
            raise AccessError("X gave no refresh token.", hint="Is the scope offline.access allowed for the app?")
        return tokens


def open_line(address: str, *, way: Way, what_for: str) -> Line:
    """Return the line to X, or to what stands for it. Raises `InputError`."""
    line = line_to(address, "", way=way)
    return replace(line, what_for=what_for) if isinstance(line, Distant) else line


async def exchange(line: Line, app: App, *, form: Mapping[str, str]) -> Tokens:
    """Return tokens for what somebody has in hand. Raises `AccessError` where X no longer takes it."""
    more = {}
    if app.client_secret:
        pair = base64.b64encode(f"{app.client_id}:{app.client_secret}".encode()).decode()
        more["Authorization"] = f"Basic {pair}"
    body = urlencode(form if app.client_secret else {**form, "client_id": app.client_id}).encode()
    media_type = "application/x-www-form-urlencoded"
    reply = await _asked(line, method="POST", path="/2/oauth2/token", body=body, media_type=media_type, more=more)
    if reply.status in {400, 401, 403}:
        words = _json(reply).get("error_description") or _json(reply).get("error") or "no reason"
        raise AccessError(f"X no longer lets the bot in: {words}.", hint=_AGAIN, is_unknown=True)
    data = _read(reply)
    ends_s = time.time() + float(data.get("expires_in", 7200))
    return Tokens(str(data.get("access_token", "")), str(data.get("refresh_token", "")), ends_s)


# -- one question -----------------------------------------------------------------------------------------------------


async def _asked(
    line: Line,
    *,
    method: str,
    path: str,
    body: bytes | None = None,
    media_type: str = "application/json",
    more: Mapping[str, str] | None = None,
) -> Reply:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            return await line.ask(method, path, body=body, media_type=media_type, more=more)
    except TimeoutError as error:
        raise FetchError(f"X has said nothing for {_TIMEOUT_S:g} seconds.", is_passing=True) from error


def _wait_s(reply: Reply) -> float:
    """Return how long to wait: until the end of the window, with a second for clocks that differ."""
    try:
        return max(1.0, float(reply.headers["x-rate-limit-reset"]) - time.time() + 1.0)
    except (KeyError, ValueError):
        return 60.0


def _read(reply: Reply) -> dict[str, Any]:
    data = _json(reply)
    if 200 <= reply.status < 300:
        return data
    raise _refused(reply.status, str(data.get("detail") or data.get("title") or "no reason"), reply=reply)


def _refused(status: int, words: str, *, reply: Reply) -> GessoError:
    if status == 401:
        return AccessError(f"X does not know the bot: {words}.", hint=_AGAIN, is_unknown=True)
    if status == 403:
        hint = "Look at the app's rights (Read and write) and at what its plan allows."
        return AccessError(f"X does not allow that: {words}.", hint=hint)
    if status == 429:
        return LimitError(f"X wants a pause: {words}.", retry_after_s=_wait_s(reply))
    return FetchError(f"X has answered {status}: {words}.", is_passing=status >= 500)


def _json(reply: Reply) -> dict[str, Any]:
    try:
        data = json.loads(reply.body)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
