"""Find the model that somebody names, and ask whether it is trusted before any of its code runs."""

from __future__ import annotations

import re
import sys
from typing import Final

from gesso.app import App
from gesso.cli.shell import command_line
from gesso.cli.terminal import Terminal
from gesso.errors import DeclarationError, ModelError, SetupError, TrustError, WorkerDiedError
from gesso.registry.source import ModelSource

_WHAT_TRUST_MEANS = """\
Its code runs with your rights: it can read and change your files and use your network.
Say yes only if you trust whoever wrote it. You will not be asked again for this place."""
_WHAT_IS_ONES_OWN = "If you wrote it yourself, say yes."
IN_MODEL: Final = (ModelError, SetupError, WorkerDiedError, DeclarationError)
"""The errors whose cause lies inside a model."""
_COMMAND: Final = re.compile(r"[^\W\d](?:[\w -]*\w)?")  # those of foreign models may have spaces and hyphens


def doctor_hint(reference: str) -> str:
    """Say who looks into a model."""
    return f"`{command_line('gesso', 'doctor', reference)}` tries the model on samples and says what is wrong with it."


def split_reference(text: str) -> tuple[str, str | None]:
    """Split `pose:draw` into the model and its command; without one the command is None."""
    model, colon, command = text.rpartition(":")
    is_drive = sys.platform == "win32" and len(model) == 1  # C:folder
    if not colon or not model or is_drive or not _COMMAND.fullmatch(command):
        return text, None
    return model, command


def find_trusted(app: App, reference: str, *, is_trusted: bool, terminal: Terminal) -> ModelSource:
    """Return the model that a reference names if its code may run; else ask, or raise `TrustError`.

    `is_trusted`: the person has said so already, with --trust.
    """
    source = app.registry.find(reference)
    ensure_trust(app, source, is_trusted=is_trusted, terminal=terminal)
    return source


def ensure_trust(app: App, source: ModelSource, *, is_trusted: bool, terminal: Terminal) -> None:
    """Ask whether a model from outside may run its code, unless somebody has said so before."""
    if app.trust.is_trusted(source):
        return
    answer = True if is_trusted else terminal.ask(introduction(source))
    if answer is None:
        app.trust.require(source)
    if not answer:
        raise TrustError(f"{source.name} is not trusted, so none of its code was run.")
    app.trust.trust(source)


def introduction(source: ModelSource) -> str:
    """Say of a model from outside what one should know before one trusts it."""
    manifest = source.manifest
    licence = manifest.card.licence or "none is stated"
    if manifest.licence_path is not None:
        licence += f" (see {manifest.licence_path.name} there)"
    authors = f"\n  by       {', '.join(manifest.card.authors)}" if manifest.card.authors else ""
    own = "" if source.address else f"{_WHAT_IS_ONES_OWN} "
    return (
        f"{manifest.title} is a model from outside of Gesso.\n"
        f"  from     {source.path}{authors}\n"
        f"  licence  {licence}\n"
        f"{_WHAT_TRUST_MEANS}\n"
        f"{own}Trust {source.name}?"
    )
