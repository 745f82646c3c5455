"""The text of a run in numbers: made once, kept beside the checkpoints, and read from the disk as it is needed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from tokenizers import Tokenizer

from gesso import InputError
from gesso.trainers.text import tokens
from gesso.trainers.text.batches import Tokens
from gesso.trainers.text.kept import Kept, gone_if_broken, room_for, write_whole

_MANY: Final = 20
"""Documents from which on one knows how they begin."""
_LEAST: Final = 64
"""How few tokens are enough to learn from."""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """A dataset in numbers: what is learnt from, and what is held out, with its size in bytes."""

    tokenizer: Tokenizer
    text: Tokens
    heldout: Tokens
    heldout_bytes: int
    text_bytes: int

    @property
    def bytes_per_token(self) -> float:
        """How many bytes of the held-out text a token stands for."""
        return self.heldout_bytes / max(1, len(self.heldout)) or 1.0

    @cached_property
    def begins_after(self) -> list[str]:
        """The pieces after which a new text begins: a blank line. None where many documents do, each after an end.

        Of a single long text nobody has seen what comes after its end: a base would go on with what came there for it.
        """
        if (self.text == tokens.end_of(self.tokenizer)).sum() >= _MANY:
            return []
        for line in ("Ċ", "\n"):  # as bytes are written, and as characters are
            breaks = self.text == self.tokenizer.token_to_id(line)
            if np.any(breaks):
                return [line, line] if np.any(breaks[1:] & breaks[:-1]) else [line]
        return []


def open_corpus(dataset: Path, kept: Kept, *, make: Callable[[], Tokenizer]) -> Corpus:
    """Return a dataset in numbers, from the folder where they are kept or made now with the tokenizer from `make`.

    Raises `InputError` if it is no dataset, or too little text to learn from.
    """
    folder = kept.folder / "tokens"
    if not (folder / "heldout.npy").exists():
        _make(dataset, kept, tokenizer=make())
    sizes = kept.read("tokens/sizes.json") or {}
    corpus = Corpus(
        tokenizer=Tokenizer.from_file(str(kept.folder / "tokenizer.json")),
        text=np.load(folder / "train.npy", mmap_mode="r"),
        heldout=np.load(folder / "heldout.npy", mmap_mode="r"),
        **sizes,
    )
    if len(corpus.text) <= _LEAST:
        hint = "A few pages, about 5 kB, are enough for a first voice; more is better."
        raise InputError("more text to learn from", f"{len(corpus.text)} tokens", hint=hint, where="dataset")
    return corpus


def _make(dataset: Path, kept: Kept, *, tokenizer: Tokenizer) -> None:
    write_whole(kept.folder / "tokenizer.json", tokenizer.to_str().encode())
    made = kept.folder / ".tokens.part"
    shutil.rmtree(made, ignore_errors=True)
    with room_for("the text in numbers"), gone_if_broken(made):
        _write(dataset, made, tokenizer=tokenizer)
        kept.put(made, "tokens")


def _write(dataset: Path, made: Path, *, tokenizer: Tokenizer) -> None:
    made.mkdir()
    sizes = {}
    for split, name in (("train", "text"), ("heldout", "heldout")):
        texts = list(tokens.documents(dataset, split))
        sizes[f"{name}_bytes"] = sum(len(text.encode()) for text in texts)
        np.save(made / f"{split}.npy", tokens.encode(tokenizer, texts))
    Kept(made).write("sizes.json", sizes)


def digest(*paths: Path) -> str:
    """Return the SHA-256 of files, one behind the other."""
    sha = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while data := file.read(1 << 20):
                sha.update(data)
    return sha.hexdigest()
