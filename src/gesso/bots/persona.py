"""A persona: who speaks, through which model, when, how much, and what never. Plain data, good for a file."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from gesso.bots.words import sound
from gesso.errors import InputError
from gesso.types.base import Json

LONGEST_TEMPLATE: Final = 20_000
"""Characters that a template may have."""
PLACEHOLDERS: Final = ("conversation", "message", "author", "name")
"""What a template may ask for, in braces."""
_MOST_WORDS: Final = 1000
_LONGEST_WORD: Final = 200


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What it remembers of each channel: so many messages and characters, until nobody has spoken for so long."""

    messages: int = 12
    characters: int = 2000
    minutes: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Speaking:
    """When it speaks. `chance` (0..1) is that of answering a message that is not for it; `channels` are all if empty.

    A keyword counts as a whole word, in any writing, large or small.
    """

    on_mention: bool = True
    on_direct: bool = True
    keywords: tuple[str, ...] = ()
    chance: float = 0.0
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How often it speaks in a minute, in one channel and to one person, and how it keeps out of endless talk.

    `turns_with_bots`: answers to marked bots in a row, until a person speaks. `turns_with_one`: turns with the same one
    in a row before it begins to pause, longer each time, because bots are not marked everywhere.
    """

    per_channel: int = 10
    per_person: int = 5
    turns_with_bots: int = 2
    turns_with_one: int = 30


@dataclass(frozen=True, kw_only=True)
class Answers:
    """How it answers: at most so many characters; `waking` is said while its model wakes, `failing` if it fails.

    An empty text is not said. `waking_after_s` is how long it keeps quiet about it, `patience_s` how long a model that
    is awake may take.
    """

    characters: int = 400
    waking: str = "💤 …"
    waking_after_s: float = 3.0
    failing: str = ""
    patience_s: float = 120.0


@dataclass(frozen=True, kw_only=True)
class Posts:
    """What it says by itself: every so many minutes (0: never), begun with one of the prompts in turn.

    `channel` says where, on networks that have channels.
    """

    every_minutes: float = 0.0
    prompts: tuple[str, ...] = ("",)
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class Persona:
    """Who speaks. `model` is a model here or the address of a deployment; `inputs` are its other inputs by name.

    Of the model's `command` None is the one called "stream", or else the first. The `template` makes a prompt of
    `{conversation}`, `{message}`, `{author}` and `{name}`. `blocked` words are neither answered nor said.
    """

    name: str
    model: str
    command: str | None = None
    inputs: dict[str, Json] = field(default_factory=dict)
    template: str = "{conversation}\n{name}:"
    memory: Memory = Memory()
    speaking: Speaking = Speaking()
    limits: Limits = Limits()
    answers: Answers = Answers()
    posts: Posts = Posts()
    blocked: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Json]:
        """Return it as JSON has it."""
        data: dict[str, Json] = json.loads(json.dumps(asdict(self)))
        return data


def persona_of(data: Mapping[str, Any]) -> Persona:
    """Return the persona that JSON or TOML describes. Raises `InputError` for what is unknown, missing or too much."""
    check_known(Persona, data, where="")
    for name, words in _NEEDED.items():
        if name not in data:
            raise InputError(words, "nothing", hint=_HINT, where=name)
    try:
        made = msgspec.convert(dict(data), Persona)
    except msgspec.ValidationError as error:
        raise InputError("a persona", f"something else: {error}", hint=_HINT) from error
    return check(made)


def read_persona(path: Path) -> Persona:
    """Read a persona from a file: TOML, or JSON if it is called so. Raises `InputError`."""
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise InputError("a file with a persona", f"{path}, which cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # no UTF-8, no TOML, no JSON
        raise InputError("a persona as TOML or JSON", f"{path}, which is none: {error}", hint=_HINT) from error
    if not isinstance(data, dict):
        raise InputError("a persona as TOML or JSON", f"{path}, which holds something else", hint=_HINT)
    return persona_of(data)


def check(persona: Persona) -> Persona:
    """Return a persona whose values are within their limits, or raise `InputError`."""
    _check_plain(persona)
    _check_text(persona.name, 80, where="name")
    if "\n" in persona.name or not persona.name.isprintable():
        raise InputError("a name on one line", repr(persona.name), where="name")
    _check_text(persona.model, 2000, where="model")
    if not 0 < len(persona.template) <= LONGEST_TEMPLATE:
        raise InputError(
            f"a template of up to {LONGEST_TEMPLATE} characters", f"{len(persona.template)}", where="template"
        )
    if not any(f"{{{name}}}" in persona.template for name in ("conversation", "message")):
        hint = 'The simplest is "{conversation}\\n{name}:".'
        raise InputError("{conversation} or {message} in it", "neither", hint=hint, where="template")
    for name, low, high in _RANGES:
        part, _, word = name.partition(".")
        _check_range(getattr(getattr(persona, part), word), low, high=high, where=name)
    words = {"blocked": persona.blocked, "speaking.keywords": persona.speaking.keywords}
    for where, given in {**words, "speaking.channels": persona.speaking.channels}.items():
        _check_words(given, where=where)
    for where in ("waking", "failing"):
        if len(text := getattr(persona.answers, where)) > 1000:
            raise InputError("at most 1000 characters", f"{len(text)}", where=f"answers.{where}")
    _check_posts(persona.posts)
    return persona


_HINT: Final = "docs/bots.md shows one."
_NEEDED: Final = {
    "name": "what it is called in a conversation",
    "model": "what it speaks through, a model or an address",
}
_RANGES: Final[tuple[tuple[str, float, float], ...]] = (
    ("memory.messages", 0, 200),
    ("memory.characters", 0, 100_000),
    ("memory.minutes", 0.0, 100_000.0),
    ("speaking.chance", 0.0, 1.0),
    ("limits.per_channel", 1, 600),
    ("limits.per_person", 1, 600),
    ("limits.turns_with_bots", 0, 20),
    ("limits.turns_with_one", 1, 1000),
    ("answers.characters", 1, 20_000),
    ("answers.waking_after_s", 0.0, 600.0),
    ("answers.patience_s", 1.0, 3600.0),
    ("posts.every_minutes", 0.0, 100_000.0),
)


def _check_plain(persona: Persona) -> None:
    """Refuse what no file can hold: half a surrogate pair, "not a number", what lies too deep."""
    try:
        json.dumps(asdict(persona), allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(
            "texts and numbers that a file can hold", str(error)[:200].encode("ascii", "replace").decode()
        ) from error


def _check_range(value: float, low: float, *, high: float, where: str) -> None:
    if not low <= value <= high:  # also for "not a number"
        raise InputError(f"a number from {low:g} to {high:g}", str(value)[:40], where=where)


def _check_text(text: str, most: int, *, where: str) -> None:
    if not 0 < len(text.strip()) <= most:
        raise InputError(f"1 to {most} characters", f"{len(text.strip())}", where=where)


def _check_words(words: tuple[str, ...], *, where: str) -> None:
    if len(words) > _MOST_WORDS:
        raise InputError(f"at most {_MOST_WORDS} words", f"{len(words)}", where=where)
    for number, word in enumerate(words):
        _check_text(word, _LONGEST_WORD, where=f"{where}[{number}]")


def _check_posts(posts: Posts) -> None:
    if not 0 < len(posts.prompts) <= _MOST_WORDS:
        raise InputError(f"1 to {_MOST_WORDS} prompts", f"{len(posts.prompts)}", where="posts.prompts")
    if 0 < posts.every_minutes < 1:
        raise InputError("0 for never, or 1 and more", f"{posts.every_minutes:g}", where="posts.every_minutes")
    for number, prompt in enumerate(posts.prompts):
        if len(prompt) > LONGEST_TEMPLATE:
            raise InputError(
                f"at most {LONGEST_TEMPLATE} characters", f"{len(prompt)}", where=f"posts.prompts[{number}]"
            )


_PARTS: Final[dict[str, type]] = {
    "memory": Memory,
    "speaking": Speaking,
    "limits": Limits,
    "answers": Answers,
    "posts": Posts,
}


def check_known(kind: Any, data: Mapping[str, Any], *, where: str) -> None:
    """Raise `InputError` for a word that means nothing: who mistypes one should hear of it."""
    known = [each.name for each in dataclasses.fields(kind)]
    for name, value in data.items():
        if name not in known:
            raise InputError(f"one of {', '.join(known)}", "this", hint=_HINT, where=f"{where}{sound(name[:80])}")
        if not where and name in _PARTS and isinstance(value, Mapping):
            check_known(_PARTS[name], value, where=f"{name}.")
