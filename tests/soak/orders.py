"""What clients ask for: inputs for one of the models, and what must come of them."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from tests.soak.pictures import Picture, draw

CRASHES: Final = {"abort": "worker_died", "kill": "worker_died", "exit": "worker_died", "raise": "model"}
"""How the model that crashes may be told to, and the error that its job must end with."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """A job to be asked for. `note` stands in its inputs and nowhere else.

    `value` is what must come out, or `pixels` the digest of the picture that must. `error` is the code with which it
    must fail instead. One that `is_endless` ends only when somebody cancels it or its deadline comes.
    """

    note: str
    model: str
    inputs: Mapping[str, Any]
    value: Any = None
    pixels: str = ""
    error: str = ""
    is_endless: bool = False
    key: str | None = None
    deadline_s: float | None = None
    priority: str = "interactive"
    picture: Picture | None = field(default=None, repr=False)

    @property
    def body(self) -> dict[str, Any]:
        """What is sent."""
        said: dict[str, Any] = {
            "model": self.model,
            "inputs": {**self.inputs, "note": self.note},
            "priority": self.priority,
        }
        if self.key is not None:
            said["idempotency_key"] = self.key
        if self.deadline_s is not None:
            said["deadline_s"] = self.deadline_s
        return said


def draw_order(chance: random.Random, note: str, *, is_quick: bool = False) -> Order:
    """Draw what to ask for. `is_quick` leaves out what takes long or ends badly."""
    kinds = _QUICK if is_quick else _ALL
    kind = chance.choices(list(kinds), weights=list(kinds.values()))[0]
    more = kind(chance, note)
    key = f"key {note}" if chance.random() < 0.5 else None
    return Order(note=note, key=key, priority=chance.choice(("interactive", "batch")), **more)


def in_line(picture: Picture) -> str:
    """Return a picture as a data URI."""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"


def _mirror(chance: random.Random, _: str) -> dict[str, Any]:
    picture = draw(chance)
    return {"model": "mirror", "inputs": {"photo": in_line(picture)}, "pixels": picture.pixels, "picture": picture}


def _slow(chance: random.Random, note: str) -> dict[str, Any]:
    seconds = chance.choice((0.1, 0.5, 1.5))
    deadline_s = chance.choice((None, None, 60.0, 1.0))
    return {"model": "slow", "inputs": {"seconds": seconds}, "value": note.upper(), "deadline_s": deadline_s}


def _square(chance: random.Random, _: str) -> dict[str, Any]:
    number = chance.randrange(20)
    said = {"error": "model"} if number == 13 else {"value": number * number}
    return {"model": "squares", "inputs": {"number": number}, **said}


def _echo(chance: random.Random, _: str) -> dict[str, Any]:
    text = chance.choice(("snow", "¿señal? 雪 🦊", "", "a" * 300_000))
    return {"model": "echo", "inputs": {"text": text, "seconds": chance.choice((0.0, 0.2))}, "value": text}


def _tally(chance: random.Random, _: str) -> dict[str, Any]:
    number = chance.randrange(1000)
    return {"model": "tally", "inputs": {"number": number}, "value": number}  # a job has no session: nothing is added


def _words(chance: random.Random, _: str) -> dict[str, Any]:
    text = " ".join(chance.choice(("fox", "snow", "übel", "🦊")) for _ in range(chance.choice((1, 30, 200))))
    return {"model": "words", "inputs": {"text": text}, "value": f"{text} "}


def _crash(chance: random.Random, _: str) -> dict[str, Any]:
    how = chance.choice(("fine", "fine", "fine", *CRASHES))
    said = {"error": CRASHES[how]} if how in CRASHES else {"value": how}
    return {"model": "crash", "inputs": {"how": how}, **said}


def _stuck(chance: random.Random, _: str) -> dict[str, Any]:
    return {"model": "stuck", "inputs": {}, "is_endless": True, "deadline_s": chance.choice((1.0, 3.0, 8.0))}


def _large(chance: random.Random, _: str) -> dict[str, Any]:
    megabytes = chance.choice((1, 40, 80))
    return {"model": "large", "inputs": {"megabytes": megabytes}, "value": megabytes}


def _noisy(chance: random.Random, _: str) -> dict[str, Any]:
    lines = chance.choice((10, 2_000, 20_000))
    return {"model": "noisy", "inputs": {"lines": lines}, "value": lines}


def _parent(_chance: random.Random, _: str) -> dict[str, Any]:
    return {"model": "parent", "inputs": {}, "value": 2}


def _scribe(chance: random.Random, _: str) -> dict[str, Any]:
    size_bytes = chance.choice((1, 5_000, 3_000_000))
    return {"model": "scribe", "inputs": {"size_bytes": size_bytes}, "value": size_bytes}


_Kind: TypeAlias = Callable[[random.Random, str], dict[str, Any]]
_QUICK: Final[Mapping[_Kind, float]] = {_mirror: 6, _square: 3, _echo: 2, _tally: 1, _words: 1}
_ALL: Final[Mapping[_Kind, float]] = {
    **_QUICK,
    _slow: 2,
    _crash: 1,
    _stuck: 0.5,
    _large: 1,
    _noisy: 1,
    _parent: 0.5,
    _scribe: 1,
}
