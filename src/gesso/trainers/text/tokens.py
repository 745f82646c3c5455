"""From text to numbers and back: a byte-level BPE, trained on the text or brought by a base; or single characters.

Everything that bytes can say has a number, so that no text is out of reach. `<|endoftext|>` stands between documents.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from gesso import InputError
from gesso.trainers.text.batches import Tokens

END: Final = "<|endoftext|>"
"""The piece between two documents."""
Pieces: TypeAlias = Literal["bytes", "characters"]
"""What a vocabulary is made of: pieces of several bytes, or single characters."""
_BATCH: Final = 1000


def vocabulary_for(size_bytes: int) -> int:
    """Return how many pieces suit a text of that size: more text, longer pieces."""
    return 64 * round(min(max(2 * math.sqrt(size_bytes), 320), 16384) / 64)


def train(texts: Iterable[str], *, vocabulary: int, pieces: Pieces = "bytes") -> Tokenizer:
    """Make a tokenizer for texts."""
    if pieces == "characters":
        return _by_characters(texts)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _by_characters(texts: Iterable[str]) -> Tokenizer:
    """One number for each character that occurs. Others have none, and are passed over."""
    characters = sorted(set().union(*texts))
    known = {END: 0} | {character: number for number, character in enumerate(characters, start=1)}
    tokenizer = Tokenizer(models.BPE(vocab=known, merges=[]))
    tokenizer.add_special_tokens([END])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[\\s\\S]"), behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    return tokenizer


def read(folder: Path) -> Tokenizer:
    """Read the tokenizer of a base: `tokenizer.json`, or `vocab.json` with `merges.txt`. Raises `InputError`."""
    try:
        if (folder / "tokenizer.json").is_file():
            return Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer = Tokenizer(models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt")))
    except Exception as error:
        raise InputError("a base with a tokenizer", f"one that cannot be read ({error})", where="base") from error
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END])
    return tokenizer


def end_of(tokenizer: Tokenizer) -> int:
    """Return the number of the piece between two documents."""
    number = tokenizer.token_to_id(END)
    if number is None:
        raise InputError(f"a base whose vocabulary has {END}", "one that has not", where="base")
    return int(number)


def encode(tokenizer: Tokenizer, texts: Iterable[str]) -> Tokens:
    """Return the numbers of all texts, one after the other, each with the end behind it."""
    kind: type[np.uint16 | np.uint32] = np.uint16 if tokenizer.get_vocab_size() <= 2**16 else np.uint32
    end = end_of(tokenizer)
    parts = [np.array([*each.ids, end], kind) for batch in _batches(texts) for each in tokenizer.encode_batch(batch)]
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def documents(dataset: Path, split: str) -> Iterator[str]:
    """Read the texts of one split of a dataset, a document at a time. Raises `InputError` if it is no dataset."""
    with dataset.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                document = json.loads(line)
                if document["split"] == split:
                    yield str(document["text"])
            except (ValueError, KeyError, TypeError) as error:
                where = f"line {number} is {type(error).__name__}: {error}"
                raise InputError('lines like {"text": ..., "split": "train"}', where, where="dataset") from error
