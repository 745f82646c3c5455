"""A small text model that really computes: a Markov chain over the letters of a paragraph, begun with the prompt."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from gesso.app import App
from gesso.errors import ModelError
from gesso.spec.model import Command, ModelSpec, Port
from gesso.spec.runnable import Event, Part, Progress, Request, Result

PARAGRAPH = (
    "The fox went down to the river in the evening, and the river said nothing. The fox waited. In the evening the "
    "water is darker than the wood, and the wood is darker than the fox. Nobody waits as long as a river does."
)

CODE = f'''
from __future__ import annotations
import random
from collections.abc import Iterator
from typing import NamedTuple
from gesso import Model, command

PARAGRAPH = """{PARAGRAPH}"""


class Made(NamedTuple):
    generated_text: str
    encountered_end: bool


class Poet(Model):
    def setup(self) -> None:
        self.following = {{}}
        words = PARAGRAPH.split()
        for one, two in zip(words, words[1:]):
            self.following.setdefault(one, []).append(two)

    @command
    def run(self, prompt: str = "", max_characters: int = 120, seed: int = 0) -> Made:
        """Go on from a prompt."""
        return Made("".join(self.pieces(prompt, max_characters)).strip(), False)

    @command
    def stream(self, prompt: str = "", max_characters: int = 120, seed: int = 0) -> Iterator[str]:
        """Go on from a prompt, word by word."""
        yield from self.pieces(prompt, max_characters)

    def pieces(self, prompt, most):
        chance = random.Random(prompt)
        word, length = chance.choice(sorted(self.following)), 0
        while length + len(word) + 1 <= min(most, 120):
            yield " " + word
            length += len(word) + 1
            word = chance.choice(self.following.get(word) or sorted(self.following))
'''


def write_poet(folder: Path) -> Path:
    """Write it as a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gesso.toml").write_text('name = "poet"\n')
    (folder / "model.py").write_text(CODE)
    return folder


def add_poet(app: App, folder: Path) -> Path:
    """Put it on the list of models, trusted."""
    app.trust.trust(app.registry.add(str(write_poet(folder))))
    return folder


def chain(prompt: str, most: int) -> list[str]:
    """Return words that follow each other as in the paragraph; the same prompt gives the same words."""
    words = PARAGRAPH.split()
    following: dict[str, list[str]] = {}
    for one, two in pairwise(words):
        following.setdefault(one, []).append(two)
    chance, pieces, length = random.Random(prompt), [], 0
    word = chance.choice(sorted(following))
    while length + len(word) + 1 <= most:
        pieces.append(f" {word}")
        length += len(word) + 1
        word = chance.choice(following.get(word) or sorted(following))
    return pieces


def _speaking(name: str, *, output: str, is_streaming: bool) -> Command:
    return Command(
        name=name,
        inputs=(
            Port(name="prompt", type="text", is_required=False, default=""),
            Port(name="max_characters", type="number", is_required=False, constraints={"ge": 1, "is_integer": True}),
        ),
        outputs=(Port(name=output, type="text"),),
        is_streaming=is_streaming,
    )


@dataclass
class Poet:
    """The same model within the test: it counts what it is asked, can wait to wake, be slow, and fail.

    `says` replaces what it computes: for what a test has to know word by word.
    """

    says: Callable[[str], str] | None = None
    error: Exception | None = None
    is_awake: asyncio.Event = field(default_factory=asyncio.Event)
    is_slow: bool = False
    asked: list[Request] = field(default_factory=list)
    woken: int = 0
    has_stream: bool = True

    def __post_init__(self) -> None:
        self.is_awake.set()

    @property
    def spec(self) -> ModelSpec:
        """What it takes and gives."""
        run = _speaking("run", output="generated_text", is_streaming=False)
        stream = _speaking("stream", output="text", is_streaming=True)
        return ModelSpec(name="poet", title="Poet", commands=(run, stream) if self.has_stream else (run,))

    async def prepare(self, report: Callable[[Event], None]) -> None:
        """Wait until it is awake."""
        self.woken += 1
        report(Progress(0.5, "waking"))
        await self.is_awake.wait()

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Go on from a prompt."""
        self.asked.append(request)
        if self.is_slow:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        prompt, most = str(request.inputs.get("prompt", "")), request.inputs.get("max_characters", 120)
        assert isinstance(most, int)
        pieces = chain(prompt, min(most, 120)) if self.says is None else [self.says(prompt)]
        output = "text" if request.command == "stream" else "generated_text"
        for piece in pieces:
            await asyncio.sleep(0)
            if request.command == "stream":
                yield Part(output, piece)
        yield Result({output: "".join(pieces)}, seed=0)


def broken(words: str = "no rhyme") -> ModelError:
    """Return what a model raises."""
    return ModelError(words)
