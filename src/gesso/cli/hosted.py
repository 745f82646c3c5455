"""From the words of `gesso host` to a URL with a token, and what the terminal shows of deployments."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gesso import settings
from gesso.app import App
from gesso.cli.deployments import Deployments
from gesso.cli.opening import find_trusted, split_reference
from gesso.cli.order import read_options
from gesso.cli.running import running_server
from gesso.cli.serve import Serving
from gesso.cli.terminal import Terminal
from gesso.cli.tokens import shown_once
from gesso.errors import GessoError, NotFoundError
from gesso.registry.manifest import is_name
from gesso.types.base import Json

_PLACEHOLDER: Final = "YOUR_TOKEN"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants hosted, in their own words; see `gesso host`."""

    model: str
    name: str | None = None
    command: str | None = None
    options: Sequence[str] = ()
    device: str = "auto"
    pages: tuple[str, ...] = ()
    is_public: bool = False
    is_new_version: bool = False
    is_without_token: bool = False
    is_trusted: bool = False
    is_json: bool = False


async def carry_out(wish: Wish, terminal: Terminal, *, is_serving: bool) -> None:
    """Host it; `is_serving`: start a Gesso for it if none runs, until Ctrl-C."""
    loaded = settings.load()
    if is_serving and await running_server(loaded.home, terminal) is None:
        await _Stage(wish, terminal).serve(loaded)
    else:
        await _host(wish, await Deployments.open(terminal), terminal=terminal)


class _Stage:
    """A Gesso that serves in this terminal, for one model that is hosted as soon as it runs."""

    def __init__(self, wish: Wish, terminal: Terminal) -> None:
        self._wish = wish
        self._terminal = terminal
        self._error: GessoError | None = None

    async def serve(self, loaded: settings.Settings) -> None:
        serving = Serving(loaded, self._terminal, then=self._host)
        await serving.run(host="127.0.0.1", port=None)
        if self._error is not None:
            raise self._error

    async def _host(self) -> None:
        try:
            await _host(self._wish, await Deployments.open(self._terminal), terminal=self._terminal)
        except GessoError as error:
            self._error = error
            signal.raise_signal(signal.SIGINT)


async def _host(wish: Wish, deployments: Deployments, *, terminal: Terminal) -> None:
    model, command = split_reference(wish.model)
    if not is_name(model):
        hint = f"Put it on your list, and host it by its name: gesso add {model}"
        raise NotFoundError(f"{model} is not on your list of models, so it cannot be hosted.", hint=hint)
    order = {
        "model": model,
        "command": wish.command or command,
        "options": await _options(wish, model, terminal=terminal),
        "device": wish.device,
    }
    if wish.is_new_version:
        made = await deployments.renew(wish.name or model, order)
    else:
        made = await deployments.create({**order, "name": wish.name, "is_public": wish.is_public})
        _say_if_renamed(wish, model, made=made["name"], terminal=terminal)
    if wish.is_public and wish.pages:
        await deployments.change(made["name"], origins=list(wish.pages))
    token = await _token(wish, deployments, name=made["name"])
    await _tell(wish, deployments, made=made, token=token, terminal=terminal)


async def _options(wish: Wish, model: str, *, terminal: Terminal) -> dict[str, Json]:
    """Return the options of the setup, and ask on the way whether a model from outside is trusted."""
    async with App(settings.load(), report=terminal.report) as app:
        source = find_trusted(app, model, is_trusted=wish.is_trusted, terminal=terminal)
        return read_options((await app.registry.spec(source)).options, wish.options) if wish.options else {}


def _say_if_renamed(wish: Wish, model: str, *, made: str, terminal: Terminal) -> None:
    if wish.name is None and made != model:
        terminal.say(
            f"There is a deployment {model} already, so this one is called {made}. "
            "--new-version would have put a new version in its place."
        )


async def _token(wish: Wish, deployments: Deployments, *, name: str) -> dict[str, Any] | None:
    """Make a token, unless nobody needs one: of a public one, and of one that has its tokens already."""
    if wish.is_without_token or wish.is_public or (wish.is_new_version and not wish.pages):
        return None
    order: dict[str, Json] = {"name": "made with the deployment"}
    if wish.pages:
        order |= {"name": wish.pages[0][:100], "kind": "browser", "origins": list(wish.pages)}
    return await deployments.make_token(name, order)


async def _tell(
    wish: Wish,
    deployments: Deployments,
    *,
    made: Mapping[str, Any],
    token: Mapping[str, Any] | None,
    terminal: Terminal,
) -> None:
    found = await deployments.snippets(made["name"])
    secret = token["token"] if token else None
    if wish.is_json:
        terminal.json({"name": made["name"], "url": found["url"], "token": secret, "release": made["current"]})
        return
    terminal.result(f"URL    {found['url']}")
    if secret:
        terminal.result(f"Token  {secret}")
    kind = "p5" if wish.pages else "curl"
    snippet = next(each for each in found["snippets"] if each["kind"] == kind)
    terminal.result(f"\n{snippet['code'].replace(_PLACEHOLDER, secret or _PLACEHOLDER).rstrip()}\n")
    if token:
        terminal.say(shown_once(token))
    others = ", ".join(each["kind"] for each in found["snippets"] if each["kind"] != kind)
    terminal.say(f"The same as {others}: gesso host code {made['name']} --as KIND", style="dim")


# -- showing ----------------------------------------------------------------------------------------------------------


async def list_all(terminal: Terminal, *, is_json: bool) -> None:
    """List the deployments: how each stands, what was asked of it in the last day, where it is."""
    deployments = await Deployments.open(terminal)
    found = await deployments.all()
    figures = [await deployments.figures(each["name"]) for each in found]
    if is_json:
        terminal.json([{**each, "last_day": day} for each, day in zip(found, figures, strict=True)])
    elif found:
        rows = [_line(each, day) for each, day in zip(found, figures, strict=True)]
        terminal.table(["Name", "State", "Model", "Requests", "Errors", "URL"], rows)
        terminal.say("Requests and errors are those of the last 24 hours. More: gesso host show NAME.", style="dim")
    else:
        terminal.say("Nothing is hosted. `gesso host MODEL` turns a model into a URL.")


async def show_one(terminal: Terminal, name: str, *, is_json: bool) -> None:
    """Show a deployment."""
    deployments = await Deployments.open(terminal)
    found, day = await deployments.get(name), await deployments.figures(name)
    tokens = await deployments.tokens(name)
    if is_json:
        terminal.json({**found, "last_day": day, "tokens": tokens})
        return
    facts = list(_facts(found, day, tokens=len(tokens)))
    terminal.result("\n".join(f"{word:9} {text}" for word, text in facts if text))


async def show_log(terminal: Terminal, name: str, *, limit: int, is_json: bool) -> None:
    """Show the log of a deployment, the newest line last."""
    lines = await (await Deployments.open(terminal)).log(name, limit)
    if is_json:
        terminal.json(lines)
        return
    for line in reversed(lines):
        terminal.result(_said(line))
    if not lines:
        terminal.say(f"Nothing was asked of {name} yet.")


async def show_code(terminal: Terminal, name: str, *, kind: str, token: str) -> None:
    """Print code to copy. What it needs, and where it goes, is said beside it."""
    found = await (await Deployments.open(terminal)).snippets(name)
    by_kind = {each["kind"]: each for each in found["snippets"]}
    if kind not in by_kind:
        raise NotFoundError(f"There is no code of the kind {kind[:40]!r}.", hint=f"There is: {', '.join(by_kind)}.")
    terminal.result(by_kind[kind]["code"].replace(_PLACEHOLDER, token or _PLACEHOLDER).rstrip())
    if note := by_kind[kind]["note"]:
        terminal.say(note, style="dim")


def _line(found: Mapping[str, Any], day: Mapping[str, Any]) -> list[str]:
    release = _release(found)
    model = f"{release['model']}:{release['command']}"
    return [found["name"], found["status"]["state"], model, str(day["requests"]), str(day["errors"]), found["url"]]


def _release(found: Mapping[str, Any]) -> Mapping[str, Any]:
    release: Mapping[str, Any] = next(each for each in found["releases"] if each["number"] == found["current"])
    return release


def _facts(found: Mapping[str, Any], day: Mapping[str, Any], *, tokens: int) -> Iterator[tuple[str, str]]:
    status, release = found["status"], _release(found)
    yield "URL", found["url"]
    yield "State", status["state"] + (f": {status['problem']['message']}" if status["problem"] else "")
    yield "Model", f"{release['model']}:{release['command']}, {release['digest'][:12]}"
    yield "Options", ", ".join(f"{name}={value}" for name, value in release["options"].items())
    others = [str(each["number"]) for each in found["releases"] if each["number"] != found["current"]]
    yield "Version", f"{found['current']}" + (f" (besides: {', '.join(others)})" if others else "")
    yield "Open to", "everybody" if found["is_public"] else f"who has one of {tokens} tokens"
    yield "Pages", ", ".join(found["origins"])
    typical = f", usually {day['median_ms']:.0f} ms" if day["median_ms"] is not None else ""
    yield (
        "Last day",
        (
            f"{day['requests']} requests, {day['errors']} errors, {day['refused']} refused, "
            f"{day['compute_s']:.1f} s of the model's time{typical}"
        ),
    )


def _said(line: Mapping[str, Any]) -> str:
    who = f" ({line['token']})" if line["token"] else ""
    took = f" {line['took_ms']:.0f} ms" if line["took_ms"] is not None else ""
    kind = f"{line['protocol']}{who} {line['outcome']}{took}" if line["kind"] == "request" else line["kind"]
    return f"{line['at']}  {kind}  {line['text']}".rstrip()
