"""What `gesso host tokens` does: list, make, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gesso.cli.deployments import Deployments
from gesso.cli.terminal import Terminal
from gesso.errors import NotFoundError, SettingsError
from gesso.types.base import Json

_FLAGS: Final = {
    "days": "--days",
    "max_requests": "--max-requests",
    "max_compute_s": "--max-compute",
    "requests_per_minute": "--per-minute",
}


def token_order(
    name: str, make: str | None, *, pages: Sequence[str], limits: Mapping[str, Json]
) -> dict[str, Json] | None:
    """Return what is wanted of a new token; None if none is. Raises `SettingsError` if it is not said what to make."""
    if make is not None:
        return {"name": make, "kind": "browser" if pages else "secret", "origins": list(pages), **limits}
    said = [f"{_FLAGS[word]} {value:g}" for word, value in limits.items() if isinstance(value, int | float)]
    said += [f"--browser {page}" for page in pages]
    if said:
        hint = f"Write: gesso host tokens {name} --make NAME {' '.join(said)}"
        flags = " and ".join(dict.fromkeys(word.split()[0] for word in said))
        raise SettingsError(f"{flags} {'is' if len(said) == 1 else 'are'} said when a token is made.", hint=hint)
    return None


async def carry_out(
    terminal: Terminal, name: str, *, order: Mapping[str, Json] | None, revoked: Sequence[str], is_json: bool
) -> None:
    """Take tokens back, make one, or list them."""
    deployments = await Deployments.open(terminal)
    for word in revoked:
        token = _find(await deployments.tokens(name), word, deployment=name)
        await deployments.revoke(name, token["id"])
        terminal.say(f"The token {token['name']} (…{token['hint']}) is good no more.")
    if order is not None:
        made = await deployments.make_token(name, order)
        terminal.json(made) if is_json else terminal.result(made["token"])
        terminal.say(shown_once(made))
    elif not revoked:
        await _list(terminal, deployments, name=name, is_json=is_json)


def shown_once(token: Mapping[str, Any]) -> str:
    """Say what one should know of a token that was just made."""
    if token["kind"] == "secret":
        return "Copy the token now: it is shown only this once. Keep it out of web pages; --browser makes one for them."
    end = f" until {token['expires_at'][:10]}" if token["expires_at"] else ""
    most = f", for {token['max_requests']} requests" if token["max_requests"] else ""
    pages = ", ".join(token["origins"])
    return f"Copy the token now: it is shown only this once. It is good in pages of {pages}{end}{most}."


async def _list(terminal: Terminal, deployments: Deployments, *, name: str, is_json: bool) -> None:
    found = await deployments.tokens(name)
    if is_json:
        terminal.json(found)
    elif found:
        heads = ["Token", "Name", "Kind", "Good for", "Until", "Requests", "Time"]
        terminal.table(heads, [_line(token) for token in found])
    else:
        terminal.say(f"{name} has no tokens. `gesso host tokens {name} --make NAME` makes one.")


def _line(token: Mapping[str, Any]) -> list[str]:
    until = (token["expires_at"] or "")[:10] + (" (over)" if token["is_expired"] else "")
    return [
        f"…{token['hint']}",
        token["name"],
        token["kind"],
        ", ".join(token["origins"]) or "programs",
        until,
        f"{token['requests']}" + (f" of {token['max_requests']}" if token["max_requests"] else ""),
        f"{token['compute_s']:.1f}" + (f" of {token['max_compute_s']:g}" if token["max_compute_s"] else "") + " s",
    ]


def _find(found: Sequence[dict[str, Any]], word: str, *, deployment: str) -> dict[str, Any]:
    """Return the one token that a word means: its id, its name, its last letters, or all of it."""
    meant = [token for token in found if word in (token["id"], token["name"], token["hint"]) or _is_it(token, word)]
    if len(meant) == 1:
        return meant[0]
    words = "more than one token" if meant else "no token"
    hint = f"`gesso host tokens {deployment} --json` shows their ids."
    raise NotFoundError(f"{deployment} has {words} that is called {word[:40]!r}.", hint=hint)


def _is_it(token: Mapping[str, Any], word: str) -> bool:
    return word.startswith("gesso") and word.endswith(token["hint"])
