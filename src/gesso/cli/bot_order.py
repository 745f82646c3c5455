"""From the words of `gesso bot` to a bot: a new one, or one that is there, changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gesso.bots.bot import Bot, Connection, NetworkName, Shelf, check_bot
from gesso.bots.persona import Persona, check, read_persona
from gesso.errors import InputError, NotFoundError
from gesso.remote.address import is_hosted


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants of a bot, in their own words; what is left out is as it was, or as usual."""

    name: str = ""
    model: str = ""
    file: Path | None = None
    called: str = ""
    keywords: Sequence[str] | None = None
    chance: float | None = None
    every_minutes: float | None = None

    def known(self, home: Path) -> Bot | None:
        """Return the bot that is meant if there is one."""
        name = self.name or (suggest_name(self.model) if self.model else "")
        bots, _ = Shelf(home / "bots").read()
        return next((bot for bot in bots if bot.name == name), None)

    def persona(self, before: Persona | None) -> Persona:
        """Return the persona: of the file, of the bot that is there, or a usual one. Raises `InputError`."""
        if self.file is not None:
            persona = read_persona(self.file)
        elif before is not None:
            persona = before
        elif self.model:
            persona = Persona(name=self.called or title_of(self.model), model=self.model)
        else:
            hint = "gesso bot rehearse --model my-poet, or --persona poet.toml"
            raise InputError("a model or a persona to speak", "neither", hint=hint, where="--model")
        if self.model:
            persona = replace(persona, model=self.model)
        return check(self._changed(persona))

    def _changed(self, persona: Persona) -> Persona:
        speaking, posts = persona.speaking, persona.posts
        if self.keywords:
            speaking = replace(speaking, keywords=tuple(self.keywords))
        if self.chance is not None:
            speaking = replace(speaking, chance=self.chance)
        if self.every_minutes is not None:
            posts = replace(posts, every_minutes=self.every_minutes)
        return replace(persona, name=self.called or persona.name, speaking=speaking, posts=posts)

    def bot(self, home: Path, *, network: NetworkName, connection: Connection | None) -> Bot:
        """Return the bot, new or changed. Raises `InputError` and `NotFoundError`."""
        known = self.known(home)
        if known is None and self.name and not (self.model or self.file):
            hint = f"Say what it speaks through: gesso bot {network} {self.name} --model MODEL"
            raise NotFoundError(f"There is no bot {self.name!r} yet.", hint=hint)
        persona = self.persona(known.persona if known else None)
        name = self.name or (known.name if known else suggest_name(persona.model))
        made = known or Bot(name=name, network=network, persona=persona)
        return check_bot(
            replace(made, network=network, persona=persona, connection=connection or made.connection, seen=made.seen)
        )


def suggest_name(model: str) -> str:
    """Return what a bot is called that speaks through a model, or an address."""
    last = model.rstrip("/").rpartition("/")[2]
    return re.sub(r"[^a-z0-9]+", "-", last.lower())[:63].strip("-") or "bot"


def title_of(model: str) -> str:
    """Return what a persona is called by default."""
    last = model.rstrip("/").rpartition("/")[2] if is_hosted(model) or "/" in model else model
    return last[:80] or "bot"
