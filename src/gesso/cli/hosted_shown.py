"""What the terminal shows of deployments: the list, one of them, its log, code to copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gesso.cli.deployments import Deployments
from gesso.cli.terminal import Terminal
from gesso.errors import NotFoundError
from gesso.hosting.snippets.kinds import KINDS

PLACEHOLDER: Final = "YOUR_TOKEN"
"""What stands in code where a token goes."""


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
        raise _no_code(kind, name, there=tuple(by_kind))
    terminal.result(by_kind[kind]["code"].replace(PLACEHOLDER, token or PLACEHOLDER).rstrip())
    if note := by_kind[kind]["note"]:
        terminal.say(note, style="dim")


def _no_code(kind: str, name: str, *, there: Sequence[str]) -> NotFoundError:
    """Say that there is no such code: none at all, or none that fits what this deployment takes."""
    hint = f"There is: {', '.join(there)}."
    why = next((each.unfit for each in KINDS if each.name == kind), None)
    if why is None:
        return NotFoundError(f"There is no code of the kind {kind[:40]!r}.", hint=hint)
    return NotFoundError(f"There is no {kind} code for {name}: {why}.", hint=hint)


def _line(found: Mapping[str, Any], day: Mapping[str, Any]) -> list[str]:
    release = release_of(found)
    model = f"{release['model']}:{release['command']}"
    return [found["name"], found["status"]["state"], model, str(day["requests"]), str(day["errors"]), found["url"]]


def release_of(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the version of a deployment that answers."""
    release: Mapping[str, Any] = next(each for each in found["releases"] if each["number"] == found["current"])
    return release


def _facts(found: Mapping[str, Any], day: Mapping[str, Any], *, tokens: int) -> Iterator[tuple[str, str]]:
    status, release = found["status"], release_of(found)
    yield "URL", found["url"]
    yield "State", status["state"] + (f": {status['problem']['message']}" if status["problem"] else "")
    yield "Model", f"{release['model']}:{release['command']}, {release['digest'][:12]}"
    yield "Options", ", ".join(f"{name}={value}" for name, value in release["options"].items())
    others = [str(each["number"]) for each in found["releases"] if each["number"] != found["current"]]
    yield "Version", f"{found['current']}" + (f" (besides: {', '.join(others)})" if others else "")
    yield "Open to", "everybody" if found["is_public"] else f"who has one of {tokens} tokens"
    yield "Page", found["url"] if found["has_page"] else f"none; gesso host set {found['name']} --page makes one"
    yield "Web pages", ", ".join(found["origins"])
    rate = found["requests_per_minute"]
    yield "Rate", f"at most {rate} requests a minute, for each token or computer" if rate else ""
    yield "Shares", f"its workers with {', '.join(found['shares_with'])}" if found["shares_with"] else ""
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
