"""Speaker: goes on with a text in the words that it was trained on.

Every text model that is trained here has a copy of this file beside its `weights/`: a Hugging Face folder of GPT-2's
shape, and in `weights/ct2/` the same for CTranslate2, which runs it.

What is asked without a seed and waits together is written together. With a seed each text is written by itself: one
that is written in company would not come out the same again.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, TypeAlias

from tokenizers import Tokenizer, decoders

import gesso
from gesso import Field, Model, Range, command

# Where torch lies beside it, CTranslate2 would take it along: a second and 150 MB, and nothing here needs it.
_HAS_TORCH: Final = sys.modules.setdefault("torch", None) is not None  # type: ignore[arg-type]  # None: it is not there
import ctranslate2  # noqa: E402 - see above

if not _HAS_TORCH:
    del sys.modules["torch"]  # whoever wants it now, has it

WEIGHTS: Final = Path(__file__).parent / "weights"
"""Where the model lies: a Hugging Face folder, and in `ct2` what is run."""

_MOST_TOGETHER: Final = 32
_MOST_TOKENS: Final = 8192  # of all texts that are written together: what each has read and written stays in memory
_SPREAD: Final = 64  # tokens: where beginnings differ by more in length, the shorter would wait for the longer
_TURN: Final = 64  # tokens: who writes a long text lets others in after so many, if as many are still to come
_EARLY: Final = (4, 16)  # tokens: those who can join in are let in after these, too
_SOON_READ: Final = 1024  # tokens: if no more than these are to be read anew for that
_GATHER_S: Final = 0.004
_RETURN_S: Final = 0.05  # those who were answered together often come again together
_ALONE_AT_ONCE: Final = 2
_CHARACTERS_PER_TOKEN: Final = 40  # more than a token has on average in any text
_UNSEEDED: Final = 2**32 - 1  # for CTranslate2 this is no seed

_Prompt: TypeAlias = Annotated[str, Field("What to go on with. Empty: begin anew.", multiline=True)]
_MaxCharacters: TypeAlias = Annotated[int, Range(1, 20_000), Field("Write at most so many characters.")]
_Temperature: TypeAlias = Annotated[
    float, Range(0, 2), Field("Low is careful, high is wild; 0 always takes the likeliest.")
]
_TopK: TypeAlias = Annotated[int, Range(0, 1000), Field("Choose among so many of the likeliest words; 0: among all.")]
_TopP: TypeAlias = Annotated[
    float, Range(0, 1), Field("Choose among the likeliest words that have this share together.")
]
_RepetitionPenalty: TypeAlias = Annotated[
    float, Range(1, 2), Field("Above 1, words that it has written become less likely.")
]
_Seed: TypeAlias = Annotated[
    int, Range(0, 2**32 - 1), Field("The same seed and settings write the same text again. Empty: another each time.")
]
_Stop: TypeAlias = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200)]], Field("End before one of these texts.", max_length=16)
]
_MaxTokens: TypeAlias = Annotated[
    int, Range(1, 20_000), Field("Write at most so many of the model's own units; max_characters then does not count.")
]


class Answer(NamedTuple):
    """What was written, after what it goes on with."""

    generated_text: Annotated[str, Field("The prompt and what it goes on with.")]
    encountered_end: Annotated[bool, Field("Whether the model came to the end of a text by itself.")]


class Speaker(Model):
    """Goes on with a text in the words that it was trained on."""

    device = "cpu"  # CTranslate2 with whole numbers; on a graphics card it was not tried

    def setup(self) -> None:
        """Load the weights."""
        if not (WEIGHTS / "ct2" / "model.bin").is_file():
            raise FileNotFoundError(f"{WEIGHTS / 'ct2' / 'model.bin'} is missing. Train or import the model once more")
        self.load(WEIGHTS, WEIGHTS / "ct2")

    def load(self, weights: Path, fast_form: Path, *, begins_after: Sequence[str] = ()) -> None:
        """Load a Hugging Face folder, and what is run, from the folder with its form for CTranslate2."""
        config = json.loads((weights / "config.json").read_text(encoding="utf-8"))
        self._tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._block_size = int(config.get("n_positions", 1024))
        self._letters = Bytes if isinstance(self._tokenizer.decoder, decoders.ByteLevel) else Letters
        end = config.get("eos_token_id")
        self._end = end if isinstance(end, int) else self._tokenizer.get_vocab_size()  # a number that no token has
        self._begins_after = list(begins_after) or self._known(config.get("begins_after"))
        self._press = Press(fast_form, block_size=self._block_size, end=self._end)

    @command
    async def run(  # noqa: PLR0913 - what people may want to say
        self,
        prompt: _Prompt = "",
        *,
        max_characters: _MaxCharacters = 400,
        temperature: _Temperature = 0.9,
        top_k: _TopK = 50,
        top_p: _TopP = 0.95,
        repetition_penalty: _RepetitionPenalty = 1.1,
        seed: _Seed | None = None,
        stop: _Stop = [],  # noqa: B006 - it is the default that people see, and nobody changes it
        max_tokens: _MaxTokens | None = None,
    ) -> Answer:
        """Go on with a text. The prompt stands before what was written, as Runway's GPT-2 had it."""
        passage = Passage(
            self._read(prompt),
            manner=self._manner(temperature, top_k=top_k, top_p=top_p, repetition_penalty=repetition_penalty),
            seed=_seed(seed),
            limit=Limit(max_characters, max_tokens),
            letters=self._letters(),
            stop=stop,
        )
        async for _ in self._press.write(passage):
            pass
        return Answer(prompt + passage.text, passage.encountered_end)

    @command
    async def stream(  # noqa: PLR0913 - see above
        self,
        prompt: _Prompt = "",
        *,
        max_characters: _MaxCharacters = 400,
        temperature: _Temperature = 0.9,
        top_k: _TopK = 50,
        top_p: _TopP = 0.95,
        repetition_penalty: _RepetitionPenalty = 1.1,
        seed: _Seed | None = None,
        stop: _Stop = [],  # noqa: B006 - see above
        max_tokens: _MaxTokens | None = None,
    ) -> AsyncIterator[str]:
        """Go on with a text, and give what is written as it is written: one part for each token."""
        passage = Passage(
            self._read(prompt),
            manner=self._manner(temperature, top_k=top_k, top_p=top_p, repetition_penalty=repetition_penalty),
            seed=_seed(seed),
            limit=Limit(max_characters, max_tokens),
            letters=self._letters(),
            stop=stop,
        )
        async for piece in self._press.write(passage):
            yield piece
        if not passage.text:
            gesso.log("It ended the text at once." if passage.encountered_end else "It came to a stop text at once.")

    @command
    async def count_tokens(self, text: Annotated[str, Field("What to count.", multiline=True)]) -> int:
        """Say how many tokens a text has: the units in which the model reads and writes."""
        return len(await asyncio.to_thread(lambda: self._tokenizer.encode(text, add_special_tokens=False).ids))

    def _read(self, prompt: str) -> list[str]:
        """Return the tokens of a text; of its end if it is too long. A new text begins where another has ended."""
        end = prompt[-self._block_size * _CHARACTERS_PER_TOKEN :]
        tokens: list[str] = self._tokenizer.encode(end, add_special_tokens=False).tokens
        end = self._tokenizer.id_to_token(self._end) or self._tokenizer.id_to_token(0) or ""
        return tokens or self._begins_after or [end]

    def _known(self, said: object) -> list[str]:
        """Return the tokens after which a text begins, if they are tokens: others' folders may say anything."""
        tokens = said if isinstance(said, list) and all(isinstance(token, str) for token in said) else []
        return [] if None in map(self._tokenizer.token_to_id, tokens) else tokens

    def _manner(self, temperature: float, *, top_k: int, top_p: float, repetition_penalty: float) -> Manner:
        if temperature == 0 or top_k == 1 or top_p == 0:
            return Manner(temperature=1, top_k=1, top_p=1, repetition_penalty=repetition_penalty)
        size = self._tokenizer.get_vocab_size()
        return Manner(
            temperature=temperature, top_k=min(top_k, size), top_p=top_p, repetition_penalty=repetition_penalty
        )


def _seed(given: int | None) -> int | None:
    """Return the seed that somebody has given: as an input, or for the run; None if nobody has."""
    if given is not None:
        return given
    return gesso.seed() if gesso.is_seed_given() else None


# -- one text ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How tokens are chosen. Texts that are written in one manner can be written together."""

    temperature: float
    top_k: int
    top_p: float
    repetition_penalty: float

    @property
    def is_greedy(self) -> bool:
        """Whether the likeliest token is taken, so that there is no chance in it."""
        return self.top_k == 1

    @property
    def options(self) -> dict[str, Any]:
        """What CTranslate2 calls it."""
        return {
            "sampling_temperature": self.temperature,
            "sampling_topk": self.top_k,
            "sampling_topp": self.top_p,
            "repetition_penalty": self.repetition_penalty,
        }


@dataclass(frozen=True)
class Limit:
    """How long a text may become: so many characters, or so many tokens if that is said."""

    characters: int
    tokens: int | None = None

    def is_reached(self, characters: int, tokens: int) -> bool:
        """Say whether a text is long enough. Tokens that give no character do not go on for ever."""
        if self.tokens is not None:
            return tokens >= self.tokens
        return characters >= self.characters or tokens >= 4 * self.characters + 64

    def cut(self, text: str) -> str:
        """Return a text within the limit."""
        return text if self.tokens is not None else text[: self.characters]

    def left(self, characters: int, tokens: int) -> int:
        """Return about how many tokens are to come."""
        return max(self.tokens - tokens if self.tokens is not None else (self.characters - characters) // 2, 1)


class Passage:
    """A text that is being written. `context` is what the model reads: the tokens of the prompt, and those it wrote.

    `say` is told each piece, None at the end, and what went wrong. It is called in the thread that writes.
    """

    def __init__(
        self,
        context: list[str],
        *,
        manner: Manner,
        seed: int | None,
        limit: Limit,
        letters: Letters,
        stop: Sequence[str],
    ) -> None:
        self.context = context
        self.manner = manner
        self.seed = seed
        self.text = ""
        self.encountered_end = False
        self.is_over = False
        self.is_left = False  # nobody waits for it any more
        self.say: Callable[[str | Exception | None], None] = lambda _: None
        self._limit = limit
        self._letters = letters
        self._held = Held(stop)
        self._tokens = 0
        self._room = 0

    @property
    def tokens_left(self) -> int:
        """About how many tokens are to come."""
        return self._limit.left(len(self.text), self._tokens)

    @property
    def size(self) -> int:
        """About how many tokens it will have, with those that it goes on with."""
        return len(self.context) + self.tokens_left

    def begin(self, block_size: int) -> int:
        """Make room for what is to come: what is too long loses its beginning. Return for how many tokens there is."""
        wanted = min(self.tokens_left, block_size // 2)
        self.context = self.context[-(block_size - wanted) :]
        self._room = block_size - len(self.context)
        return self._room

    def take(self, token: str, *, is_end: bool) -> bool:
        """Take the next token. Say whether that is enough, for ever or as far as the model can see."""
        if self.is_left or self.is_over:
            return True
        if is_end:
            self.encountered_end = True
            return self._finish("")
        self.context.append(token)
        self._tokens += 1
        self._room -= 1
        whole = self._limit.cut(self.text + self._held.take(self._letters.take(token)))
        piece, self.text = whole[len(self.text) :], whole
        if self._held.is_found or self._limit.is_reached(len(whole), self._tokens):
            return self._finish(piece)
        self.say(piece)
        return self._room <= 0

    def _finish(self, piece: str) -> bool:
        whole = self._limit.cut(self.text + self._held.rest())
        piece, self.text = piece + whole[len(self.text) :], whole
        self.is_over = True
        if piece or not self.encountered_end:
            self.say(piece)
        self.say(None)
        return True

    def fail(self, error: Exception) -> None:
        """Tell that it cannot be written."""
        self.is_over = True
        self.say(error)


class Letters:
    """Makes text of tokens that are written as they are."""

    def take(self, token: str) -> str:
        """Return the characters that are whole now."""
        return token


class Bytes(Letters):
    """Makes text of GPT-2's tokens. One may be a part of a character, which is held until it is whole."""

    _BYTES: Final = [*range(33, 127), *range(161, 173), *range(174, 256)]
    _REST: Final = sorted({*range(256)} - {*_BYTES})
    _BYTE_OF: Final = {chr(byte): byte for byte in _BYTES} | {chr(256 + place): b for place, b in enumerate(_REST)}
    """The tokens are bytes, each written as a letter that can be seen."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def take(self, token: str) -> str:
        """Return the characters that are whole now."""
        data = b"".join(bytes([self._BYTE_OF[sign]]) if sign in self._BYTE_OF else sign.encode() for sign in token)
        return self._decoder.decode(data).replace("\0", "\N{REPLACEMENT CHARACTER}")


class Held:
    """Finds where a text is to stop. What may be the beginning of a stop text is held until that is known."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = stop
        self._held = ""
        self.is_found = False

    def take(self, piece: str) -> str:
        """Take a piece, and return what surely belongs to the text."""
        text = self._held + piece
        found = [(place + len(word), place) for word in self._stop if (place := text.find(word)) >= 0]
        if found:
            self.is_found, self._held = True, ""
            return text[: min(found)[1]]
        keep = max((_overlap(text, word) for word in self._stop), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def rest(self) -> str:
        """Return what was held: the text is over."""
        rest, self._held = self._held, ""
        return rest


def _overlap(text: str, word: str) -> int:
    """Return how many characters at the end of a text may be the beginning of a word."""
    longest = min(len(text), len(word) - 1)
    return next((count for count in range(longest, 0, -1) if word.startswith(text[-count:])), 0)


# -- many texts -------------------------------------------------------------------------------------------------------


class Line:
    """Those who wait to be written together. It is known in several threads."""

    def __init__(self, block_size: int) -> None:
        self._block_size = block_size
        self._waiting: list[Passage] = []
        self._returning = 0
        self._until = 0.0
        self._changed = threading.Condition()

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return not self._waiting

    def join(self, passage: Passage) -> None:
        """Have a new passage wait."""
        with self._changed:
            self._waiting.append(passage)
            self._returning -= 1
            self._changed.notify()

    def is_let_in(self, step: int, together: Sequence[Passage]) -> bool:
        """Say whether somebody waits, and it is time for them, after a token of those who are being written."""
        if not self._waiting:
            return False
        if step >= _TURN:
            return max((passage.tokens_left for passage in together if not passage.is_over), default=0) >= _TURN
        return step in _EARLY and any(_joins(passage, together) for passage in self._waiting)

    def end_turn(self, together: Sequence[Passage]) -> None:
        """Have those wait on that are not over. Whoever wanted the others often comes again at once with the next."""
        with self._changed:
            going_on = [passage for passage in together if not passage.is_over and not passage.is_left]
            self._waiting += going_on
            self._returning = len(together) - len(going_on)
            self._until = time.monotonic() + _RETURN_S

    def gather(self) -> list[Passage]:
        """Wait a little for those who come at once, or again, and take out who is to be written next."""
        with self._changed:
            left_s = self._until - time.monotonic()
            if left_s > 0 and self._returning > 0:
                self._changed.wait_for(lambda: self._returning <= 0, timeout=left_s)
            else:
                self._changed.wait_for(lambda: len(self._waiting) >= _MOST_TOGETHER, timeout=_GATHER_S)
            return self._next()

    def _next(self) -> list[Passage]:
        """Take out who comes first, and who can be written together with it."""
        self._waiting = [passage for passage in self._waiting if not passage.is_left]
        together: list[Passage] = []
        for passage in self._waiting:
            passage.begin(self._block_size)
            if not together or _fits(passage, together):
                together.append(passage)
        self._waiting = [passage for passage in self._waiting if passage not in together]
        return together


class Press:
    """Writes passages with the weights of a folder: those that wait together together, those with a seed alone.

    `end` is the number of the token that ends a text.
    """

    def __init__(self, folder: Path, *, block_size: int, end: int) -> None:
        self._folder = str(folder)
        self._block_size = block_size
        self._end = end
        self._generator = self._load()
        self._line = Line(block_size)
        self._together = ThreadPoolExecutor(1, thread_name_prefix="together")
        self._alone = ThreadPoolExecutor(_ALONE_AT_ONCE, thread_name_prefix="alone")
        self._seeding = threading.Lock()

    def _load(self) -> Any:
        return ctranslate2.Generator(self._folder, device="cpu")

    async def write(self, passage: Passage) -> AsyncIterator[str]:
        """Yield the pieces of a passage as they are written. Whoever leaves ends it at the next token."""
        pieces: asyncio.Queue[str | Exception | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        passage.say = lambda piece: _tell(loop, pieces, piece=piece)
        if passage.seed is None:
            self._line.join(passage)
            self._together.submit(self._write_together)
        else:
            self._alone.submit(self._write_alone, passage)
        try:
            while (piece := await pieces.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            passage.is_left = True

    def _write_together(self) -> None:
        """Write what waits, turn by turn, until nobody waits. Whoever came meanwhile finds it done."""
        while not self._line.is_empty:
            if together := self._line.gather():
                self._turn(together, self._generator, line=self._line)
                self._line.end_turn(together)

    def _turn(self, together: Sequence[Passage], generator: Any, *, line: Line | None = None) -> None:
        """Write until all are over, or can see no further, or others wait in the line and it is their turn."""
        most = max(passage.begin(self._block_size) for passage in together)
        try:
            generator.generate_batch(
                [passage.context for passage in together],
                max_length=most,
                end_token=[self._end],
                include_prompt_in_result=False,
                callback=_taking(together, line, end=self._end),
                **together[0].manner.options,
            )
        except Exception as error:  # noqa: BLE001 - whoever waits for a text is told, and the next is written
            for passage in together:
                passage.fail(error)

    def _write_alone(self, passage: Passage) -> None:
        """Write with a seed. CTranslate2 takes one for each thread, at its first choice: so this takes a new one."""
        try:
            if not passage.is_left:
                generator = self._load()
                if not passage.manner.is_greedy:
                    self._sow(passage, generator)
                while not passage.is_over and not passage.is_left:
                    self._turn([passage], generator)
        except Exception as error:  # noqa: BLE001 - see above
            passage.fail(error)

    def _sow(self, passage: Passage, generator: Any) -> None:
        """Have the generator's thread make its first choice, for which it takes the seed."""
        assert passage.seed is not None
        with self._seeding:
            ctranslate2.set_random_seed(passage.seed % _UNSEEDED)
            generator.generate_batch([passage.context[-1:]], max_length=1, sampling_topk=0, end_token=[self._end])
            ctranslate2.set_random_seed(_UNSEEDED)


def _taking(together: Sequence[Passage], line: Line | None, *, end: int) -> Callable[[Any], bool]:
    """Return what takes each token in the thread of a generator, and says whether it is the last.

    It must not know the generator: that thread may be the last to know this function, and to end a generator in its own
    thread ends the process.
    """
    is_turn_over = False

    def take(step: Any) -> bool:
        nonlocal is_turn_over
        is_enough = together[step.batch_id].take(step.token, is_end=step.token_id == end)
        # once it is over it stays so: else one would end at this token, and wait for another that goes on to the last
        is_turn_over = is_turn_over or (line is not None and line.is_let_in(step.step, together))
        return is_enough or is_turn_over

    return take


def _fits(passage: Passage, together: Sequence[Passage]) -> bool:
    """Say whether a passage can be written together with others."""
    first = together[0]
    return (
        len(together) < _MOST_TOGETHER
        and passage.manner == first.manner
        and abs(len(passage.context) - len(first.context)) <= _SPREAD
        and passage.size + sum(other.size for other in together) <= _MOST_TOKENS
    )


def _joins(passage: Passage, together: Sequence[Passage]) -> bool:
    """Say whether a passage can join others at once."""
    return sum(len(other.context) for other in together) <= _SOON_READ and _fits(passage, together)


def _tell(loop: asyncio.AbstractEventLoop, pieces: asyncio.Queue[Any], *, piece: str | Exception | None) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is there any more
        loop.call_soon_threadsafe(pieces.put_nowait, piece)
