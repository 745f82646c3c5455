"""By heart: which share of what a base writes stands word for word in the books that it has read.

The base speaks as it does for everybody (CTranslate2, its usual settings), each text with a seed of its own, so that
the same come out again: once by itself, and once after a beginning out of a book that it has read, which is the hardest
question. A passage counts from 50 characters on, in runs of space as one, as the playground marks it.
"""

from __future__ import annotations

import asyncio
import random
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import gesso
from gesso.models.storyteller.model import Storyteller
from gesso.testing import set_up
from gesso.training.memorised import AT_LEAST, Learnt

RECIPE: Final = Path(gesso.__file__).parent / "trainers" / "text" / "recipes" / "storyteller.toml"
CHARACTERS: Final = 400
_BEGINNING: Final = 200
_AT_ONCE: Final = 2


@dataclass
class Written:
    """A text that was written, and which of its characters stand in a book."""

    text: str
    marked: set[int] = field(default_factory=set)
    longest: int = 0

    def look(self, book: Learnt) -> None:
        """Mark what of it stands in a book."""
        found = book.find(self.text)
        self.longest = max(self.longest, found.longest)
        for span in found.spans:
            self.marked.update(range(span.start, span.end))


def measure(material: Path, *, samples: int, seed: int = 7) -> dict[str, Any]:
    """Return shares by kind of question, and the same for books that were held out, for comparison."""
    recipe = tomllib.loads(RECIPE.read_text(encoding="utf-8"))["material"]
    heldout = [material / name for name in recipe["heldout"]]
    read = [material / name for name in recipe["files"] if name not in recipe["heldout"]]
    speak = _speaker()
    chance = random.Random(seed)
    alone = asyncio.run(_write(speak, [""] * samples, seed=seed))
    after_read = asyncio.run(_write(speak, _beginnings(read, samples, chance=chance), seed=seed))
    after_heldout = asyncio.run(_write(speak, _beginnings(heldout, samples, chance=chance), seed=seed))
    _mark([*alone, *after_read], read)
    _mark(after_heldout, heldout)
    return {
        "samples": samples,
        "characters_each": CHARACTERS,
        "at_least": AT_LEAST,
        "by_itself": _share(alone),
        "after_a_beginning_it_read": _share(after_read),
        "after_a_beginning_it_did_not_read": _share(after_heldout),
        "first_samples": [each.text for each in alone[:10]],
    }


def _speaker() -> Callable[[str, int], Any]:
    """Return what writes a text after another one: the model as it is run."""
    model = set_up(Storyteller)
    assert isinstance(model, Storyteller)
    return lambda prompt, seed: model.run(prompt, max_characters=CHARACTERS, seed=seed)


async def _write(speak: Callable[[str, int], Any], prompts: Sequence[str], *, seed: int) -> list[Written]:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int, prompt: str) -> Written:
        async with places:
            answer = await speak(prompt, seed * 100_000 + number)
            return Written(answer.generated_text[len(prompt) :])

    return list(await asyncio.gather(*(one(number, prompt) for number, prompt in enumerate(prompts))))


def _beginnings(books: Sequence[Path], count: int, *, chance: random.Random) -> list[str]:
    """Return beginnings out of the middle of books, each from a word on."""
    found = []
    for _ in range(count):
        text = chance.choice(books).read_text(encoding="utf-8")
        place = text.find(" ", chance.randrange(max(1, len(text) - 2 * _BEGINNING))) + 1
        found.append(text[place : place + _BEGINNING].rsplit(" ", 1)[0])
    return found


def _mark(written: Iterable[Written], books: Iterable[Path]) -> None:
    """Look through the books, one after the other: all at once would take gigabytes."""
    texts = list(written)
    for path in books:
        book = Learnt([(path.name, path.read_text(encoding="utf-8"))])
        for each in texts:
            each.look(book)


def _share(written: Sequence[Written]) -> dict[str, float]:
    characters = sum(len(each.text) for each in written)
    return {
        "share": sum(len(each.marked) for each in written) / max(1, characters),
        "samples_with_any": sum(bool(each.marked) for each in written),
        "longest": max((each.longest for each in written), default=0),
    }
