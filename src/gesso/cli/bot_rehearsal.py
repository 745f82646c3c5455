"""A rehearsal in the terminal: lines in, answers out."""

from __future__ import annotations

import sys
from contextlib import aclosing

from gesso import settings
from gesso.app import App
from gesso.bots.keys import Keys
from gesso.bots.notes import Note
from gesso.bots.rehearsal import Manner, Rehearsal
from gesso.bots.running import MODEL_KEY
from gesso.cli.bot_order import Wish
from gesso.cli.elsewhere import open_hosted
from gesso.cli.opening import find_trusted
from gesso.cli.terminal import Terminal, interruptible
from gesso.errors import GessoError
from gesso.remote.address import is_hosted
from gesso.settings import variable
from gesso.spec.runnable import Runnable


async def rehearse(wish: Wish, terminal: Terminal, *, manner: Manner, token: str, is_trusted: bool) -> None:
    """Talk to a persona until there are no more lines. A failed answer is told, and the talk goes on."""
    loaded = settings.load()
    known = wish.known(loaded.home)
    persona = wish.persona(known.persona if known else None)
    if known is not None and not token:
        token = Keys(variable).get(known.name, MODEL_KEY)
    async with App(loaded, report=terminal.report) as app:
        model = await open_model(app, persona.model, terminal=terminal, token=token, is_trusted=is_trusted)
        rehearsal = Rehearsal(persona, model)
        terminal.say(f"{persona.name} listens. Ctrl-D ends it.", style="dim")
        try:
            while line := _read_line():
                async with aclosing(rehearsal.say(line.rstrip("\n"), manner=manner)) as notes:
                    async for note in notes:
                        show(note, terminal, is_rehearsal=True)
        finally:
            await rehearsal.stop()


async def open_model(app: App, reference: str, *, terminal: Terminal, token: str, is_trusted: bool) -> Runnable:
    """Return the model of a persona, here or at an address; a stranger's asks for trust."""
    if is_hosted(reference):
        return await open_hosted(app, reference, token=token, terminal=terminal)
    source = find_trusted(app, reference, is_trusted=is_trusted, terminal=terminal)
    return app.place(source, await app.registry.spec(source))


def show(note: Note, terminal: Terminal, *, is_rehearsal: bool = False) -> None:
    """Show what a bot tells: what it says on standard output, the rest beside it."""
    where = f" in {note.channel_name}" if note.channel_name else ""
    match note.kind:
        case "heard" if not is_rehearsal:
            terminal.say(f"{note.author}{where}: {note.text}", style="dim")
        case "waking":
            terminal.say(f"{note.author}: {note.text}".rstrip(": "), style="dim")
        case "said":
            terminal.result(f"{note.author}: {note.text}")
        case "silent":
            terminal.say(f"({_REASONS.get(note.reason, note.reason)})", style="dim")
        case "failed":
            terminal.fail(GessoError(note.text))
        case "state" if not is_rehearsal:
            terminal.say(f"{_STATES.get(note.reason, note.reason)} {note.text}".rstrip(), style="dim")


def _read_line() -> str:
    """Return the next line of the person, "" at the end."""
    if sys.stdin.isatty():
        sys.stderr.write("> ")
        sys.stderr.flush()
    with interruptible():
        return sys.stdin.readline()


_STATES = {
    "starting": "Connecting.",
    "on": "Connected as",
    "waiting": "Away, and tries again:",
    "failed": "Stopped:",
    "off": "Off.",
}
_REASONS = {
    "empty": "nothing to answer",
    "channel": "not one of its channels",
    "blocked": "a blocked word: no answer",
    "unasked": "not for it: no answer",
    "bots": "only bots have spoken for a while: no answer",
    "repeated": "the same again and again: no answer",
    "pausing": "this goes on without an end: a pause",
    "person": "the limit of one person in a minute is reached",
    "often": "the limit of the channel in a minute is reached",
    "busy": "too much waits already: no answer",
    "nothing": "the model has said nothing that may be said",
}
