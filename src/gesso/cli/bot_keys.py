"""Ask for the keys of a bot, once, and let a person allow it to speak on X."""

from __future__ import annotations

import sys
from typing import Final

from gesso.app import App
from gesso.bots.bot import Bot
from gesso.bots.keys import Keys, variable
from gesso.bots.networks.kinds import KINDS, Key
from gesso.bots.networks.x_client import API, SignIn, open_line
from gesso.bots.networks.x_client import App as XApp
from gesso.bots.running import MODEL_KEY
from gesso.cli.browser import open_browser
from gesso.cli.terminal import Terminal, interruptible
from gesso.errors import AccessError, InputError
from gesso.remote.address import hosted_path, is_hosted, line_to
from gesso.remote.hosted import HostedModel
from gesso.settings import variable as read_variable

_REDIRECT: Final = "http://127.0.0.1:5142/x"
"""Where X leads the browser back. Nobody needs to listen there: the address itself is what is wanted."""


async def ask_for_keys(app: App, bot: Bot, *, terminal: Terminal, is_new: bool) -> None:
    """See that the keys of a bot are there: ask for those that are missing, or for all. Raises `AccessError`."""
    keys, kind = Keys(read_variable), KINDS[bot.network]
    needed = kind.keys_for(bot.connection)
    is_first = is_new or not all(keys.get(bot.name, key.name) for key in needed)
    for key in kind.keys:
        is_wanted = key in needed or (key.is_optional and is_first)
        if is_wanted and not key.is_made and (is_new or not keys.get(bot.name, key.name)):
            _ask(bot, key, keys=keys, terminal=terminal)
    await _ask_for_model_token(app, bot, keys=keys, terminal=terminal)
    if bot.network == "x" and (is_new or not keys.get(bot.name, "refresh_token")):
        await _sign_in(app, bot, keys=keys, terminal=terminal)


def _ask(bot: Bot, key: Key, *, keys: Keys, terminal: Terminal) -> None:
    kind = KINDS[bot.network]
    name = variable(bot.name, key.name)
    if keys.source(bot.name, key.name) == "variable":
        return
    if not key.is_optional:
        terminal.say(f"{kind.title}: {kind.url}")
    terminal.say(f"{key.title}: {key.help}")
    given = terminal.ask_secret(f"{key.title}{' (Enter if there is none)' if key.is_optional else ''}: ")
    if not given and not key.is_optional:
        raise AccessError(f"{bot.name} needs its {key.title} of {kind.title}.", hint=f"{key.help} Or set {name}.")
    if given and not given.startswith(key.begin):
        raise InputError(f"the {key.title}, which begins with {key.begin}", "another one", hint=key.help)
    if given:
        keys.put(bot.name, key.name, value=given)


async def _ask_for_model_token(app: App, bot: Bot, *, keys: Keys, terminal: Terminal) -> None:
    """Ask for the token of the deployment that the bot speaks through, if it is at an address that wants one."""
    model = bot.persona.model
    if not is_hosted(model):
        return
    try:
        await HostedModel.open(line_to(model, keys.get(bot.name, MODEL_KEY), way=app.door), hosted_path(model))
    except AccessError as error:
        given = terminal.ask_secret(f"Token for {model}: ")
        if not given:
            error.hint = f"Set {variable(bot.name, MODEL_KEY)}."
            raise
        keys.put(bot.name, MODEL_KEY, value=given)


async def _sign_in(app: App, bot: Bot, *, keys: Keys, terminal: Terminal) -> None:
    """Let a person allow the app to speak for the account: they copy back where X has led the browser."""
    x_app = XApp(keys.get(bot.name, "client_id"), keys.get(bot.name, "client_secret"))
    signing = SignIn.begin(x_app, _REDIRECT)
    terminal.say(f"In your app at X, {_REDIRECT} must be a callback URI. Then open this page, and allow it:")
    terminal.say(f"  {signing.url}")
    if sys.stdin.isatty():
        open_browser(signing.url, app.settings.home)
    terminal.say("The browser then shows an address that cannot be opened. Copy all of it here:")
    with interruptible():
        came_back = sys.stdin.readline()
    if not came_back.strip():
        raise AccessError(f"{bot.name} is not let in at X yet.", hint=f"gesso bot x {bot.name} --sign-in")
    line = open_line(bot.connection.api_url or API, way=app.door, what_for=f"the bot {bot.name}")
    tokens = await signing.finish(came_back, line)
    keys.put(bot.name, "refresh_token", value=tokens.refresh)
