"""From the words of `gesso host` to a URL with a token."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gesso import settings
from gesso.cli.deployments import Deployments
from gesso.cli.hosted_shown import PLACEHOLDER, release_of
from gesso.cli.meant_hosted import Meant, Wish, look_up
from gesso.cli.opening import split_reference
from gesso.cli.running import running_server
from gesso.cli.serve import Serving
from gesso.cli.shell import command_line
from gesso.cli.terminal import Terminal
from gesso.cli.tokens import shown_once
from gesso.errors import ConflictError, GessoError
from gesso.types.base import Json


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
            deployments = await Deployments.open(self._terminal)
            deployments.is_told = False  # what wakes in this very process says itself how it goes on
            await _host(self._wish, deployments, terminal=self._terminal)
        except GessoError as error:
            self._error = error
            signal.raise_signal(signal.SIGINT)


async def _host(wish: Wish, deployments: Deployments, *, terminal: Terminal) -> None:
    hosted = await (_renewed if wish.is_new_version else _hosted)(wish, deployments, terminal=terminal)
    changes = _changes(wish)
    if changes:
        hosted.deployment = await deployments.change(hosted.name, **changes)
    token = await _token(wish, deployments, hosted=hosted)
    _tell(wish, hosted, token=token, terminal=terminal)
    if hosted.deployment["is_active"] and not wish.is_without_waiting:
        await _wake(hosted, deployments, terminal=terminal)
    if not wish.is_json and (token or hosted.is_new):
        await _show_code(wish, deployments, name=hosted.name, token=token, terminal=terminal)


# -- what is hosted ---------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class _Hosted:
    """A deployment that does what was wanted. `is_new`: it was just made; `is_open`: it has tokens, or needs none."""

    deployment: dict[str, Any]
    is_new: bool = False
    is_open: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        name: str = self.deployment["name"]
        return name


async def _hosted(wish: Wish, deployments: Deployments, *, terminal: Terminal) -> _Hosted:
    """Host a model, or find it hosted: who says the same twice wants one address, not two."""
    meant, there = await look_up(wish, terminal), await deployments.all()
    found = meant.own(there, name=wish.name)
    if found is not None:
        tokens = await deployments.tokens(found["name"])
        _say_what_stands(found, meant, terminal=terminal)
        if not (found["is_public"] or wish.is_public) and tokens:
            _say_of_tokens(found["name"], len(tokens), terminal=terminal)
        return _Hosted(deployment=found, is_open=bool(tokens) or found["is_public"])
    if wish.name in {each["name"] for each in there}:
        hint = f"Choose another --name, or put this in its place: {_again(wish)} --new-version"
        raise ConflictError(f"There is a deployment {wish.name} already, and it is something else.", hint=hint)
    made = await deployments.create({**meant.order(), "name": wish.name, "is_public": wish.is_public})
    if wish.name is None and made["name"] != meant.model:
        terminal.say(_renamed(meant.model, made["name"], is_taken=meant.model in {each["name"] for each in there}))
    return _Hosted(deployment=made, is_new=True)


def _say_what_stands(found: Mapping[str, Any], meant: Meant, *, terminal: Terminal) -> None:
    name, release = found["name"], release_of(found)
    day = release["created_at"][:10]
    called = "" if name == meant.model else f", as {name}"
    terminal.say(f"{meant.model} is hosted already{called}: nothing new was made. One more: --name ANOTHER.")
    if not meant.is_same_as(release):
        terminal.say(
            f"The model has changed since {day}, and what answers is still version {release['number']}, the one of "
            f"then. Put the model of now in its place: {_renewal(name, meant)}"
        )
    if not found["is_active"]:
        terminal.say(f"It is switched off, and answers nobody. Switch it on: gesso host resume {name}")


def _say_of_tokens(name: str, count: int, *, terminal: Terminal) -> None:
    what = "Its token was shown once" if count == 1 else f"Its {count} tokens were shown once"
    terminal.say(f"{what}, when it was made. One more: gesso host tokens {name} --make NAME")


def _renewal(name: str, meant: Meant) -> str:
    named = () if name == meant.model else ("--name", name)
    return command_line("gesso", "host", meant.model, *named, "--new-version")


def _again(wish: Wish) -> str:
    named = () if wish.name is None else ("--name", wish.name)
    return command_line("gesso", "host", wish.model, *named)


def _renamed(model: str, made: str, *, is_taken: bool) -> str:
    if not is_taken:  # an underscore, or another sign that cannot stand in an address
        return f"{model} cannot be part of an address, so it is called {made} there."
    return (
        f"There is a deployment {model} already, with other options or of another model, so this one is called {made}. "
        "--new-version would have put it in its place."
    )


async def _renewed(wish: Wish, deployments: Deployments, *, terminal: Terminal) -> _Hosted:
    """Put a model as it is now in the place of the version that answers, and say which one answers then."""
    there = {each["name"]: each for each in await deployments.all()}
    wish = _as_model(wish, there)

    def before(model: str) -> Mapping[str, Any] | None:
        release = release_of(there[wish.name or model]) if (wish.name or model) in there else None
        return release if release and release["model"] == model else None

    meant = await look_up(wish, terminal, before=before)
    found = await deployments.get(wish.name or meant.model)
    name, current = found["name"], found["current"]
    if meant.is_same_as(release_of(found)):
        terminal.say(f"Nothing has changed: version {current} of {name} is this model as it is now, and it answers.")
        return _Hosted(deployment=found, is_open=True)
    same = [each["number"] for each in found["releases"] if meant.is_same_as(each)]
    number = same[-1] if same else await deployments.add_version(name, meant.order())
    found = await _switched(deployments, name, number=number, current=current)
    kept = f"Version {current} is kept: gesso host switch {name} {current}"
    terminal.say(f"Version {number} of {name} answers now{', as it did before' if same else ''}. {kept}")
    return _Hosted(deployment=found, is_open=True)


def _as_model(wish: Wish, there: Mapping[str, Mapping[str, Any]]) -> Wish:
    """Return what somebody means who names a deployment instead of a model: another version of what answers there."""
    reference, command = split_reference(wish.model)
    if wish.name is not None or reference not in there:
        return wish
    return replace(wish, name=reference, model=release_of(there[reference])["model"], command=wish.command or command)


async def _switched(deployments: Deployments, name: str, *, number: int, current: int) -> dict[str, Any]:
    try:
        return await deployments.switch(name, number)
    except GessoError as error:
        error.message = f"Version {number} of {name} could not get ready, so version {current} goes on. {error.message}"
        raise


# -- around it --------------------------------------------------------------------------------------------------------


def _changes(wish: Wish) -> dict[str, Json]:
    changes: dict[str, Json] = {}
    if wish.is_public:
        changes["is_public"] = True
    if wish.is_public and wish.pages:
        changes["origins"] = list(wish.pages)
    if wish.has_page:
        changes["has_page"] = True
    return changes


async def _token(wish: Wish, deployments: Deployments, *, hosted: _Hosted) -> dict[str, Any] | None:
    """Make a token, unless nobody needs one: of a public one, and of one that has its tokens already."""
    if wish.is_without_token or wish.is_public or (hosted.is_open and not wish.pages):
        return None
    order: dict[str, Json] = {"name": "made with the deployment"}
    if wish.pages:
        order |= {"name": wish.pages[0][:100], "kind": "browser", "origins": list(wish.pages)}
    return await deployments.make_token(hosted.name, order)


async def _wake(hosted: _Hosted, deployments: Deployments, *, terminal: Terminal) -> None:
    """Wait until it is awake for the first time. Raises what keeps it from that, with what it means for the address."""
    try:
        await deployments.wake(hosted.name, terminal)
    except GessoError as error:
        model = release_of(hosted.deployment)["model"]
        error.message = f"{hosted.name} has its address, but the model could not get ready. {error.message}"
        mended = f"`gesso doctor {model}` looks into it. When it is mended: gesso host {hosted.name} --new-version"
        error.hint = f"{error.hint}\n{mended}".strip()
        raise
    finally:
        terminal.clear()


def _tell(wish: Wish, hosted: _Hosted, *, token: Mapping[str, Any] | None, terminal: Terminal) -> None:
    """Print the address and the token before anything else can fail: a token is never seen again."""
    made, secret = hosted.deployment, token["token"] if token else None
    if wish.is_json:
        told = {"name": made["name"], "url": made["url"], "token": secret, "release": made["current"]}
        terminal.json({**told, "is_new": hosted.is_new})
        return
    terminal.result(f"URL    {made['url']}")
    if secret:
        terminal.result(f"Token  {secret}")
    if made["has_page"]:
        terminal.result(f"Page   {made['url']}")
    if token:
        terminal.say(shown_once(token))


async def _show_code(
    wish: Wish, deployments: Deployments, *, name: str, token: Mapping[str, Any] | None, terminal: Terminal
) -> None:
    found = await deployments.snippets(name)
    secret = token["token"] if token else PLACEHOLDER
    kind = "p5" if wish.pages else "curl"
    snippet = next(each for each in found["snippets"] if each["kind"] == kind)
    terminal.result(f"\n{snippet['code'].replace(PLACEHOLDER, secret).rstrip()}\n")
    others = ", ".join(each["kind"] for each in found["snippets"] if each["kind"] != kind)
    terminal.say(f"The same as {others}: gesso host code {name} --as KIND", style="dim")
    if not wish.has_page:
        terminal.say(f"A page with a form, for people, at that address: gesso host set {name} --page", style="dim")
