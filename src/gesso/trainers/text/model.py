"""Text trainer: makes a GPT-2 of a person's own words, from nothing or from a base.

The dataset is a file of lines `{"text": ..., "split": "train" or "heldout"}`. What a run keeps, and how it is broken
off and taken up again, is told in `kept.py` and `checkpoints.py`; the loop itself is in `loop.py`.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NamedTuple

import gesso
from gesso import Field, File, Json, Model, Range, command
from gesso.trainers.text.corpus import open_corpus
from gesso.trainers.text.finish import convert_weights, make_model
from gesso.trainers.text.kept import Kept
from gesso.trainers.text.options import Exactness, Method, Options, Preset, SizeName
from gesso.trainers.text.speaking import Labels
from gesso.trainers.text.tokens import Pieces
from gesso.trainers.text.work import make_plan, make_tokenizer, open_training

_Dataset = Annotated[File, Field("A dataset: lines of JSON with a text and its split.")]
_Base = Annotated[
    str,
    Field(
        "A folder with a model of GPT-2's shape to begin from (config.json, model.safetensors). Without: from nothing."
    ),
]
_Checkpoint = Annotated[str, Field("A folder with a checkpoint of another run, to begin from.")]
_Preset = Annotated[Preset, Field("How long it may take: minutes, half an hour, hours.")]
_Method = Annotated[Method, Field("Whether all of a base learns, or a small part beside it (LoRA).")]
_Size = Annotated[SizeName, Field("How large a model is that is made from nothing.")]
_Steps = Annotated[int, Range(0, 10_000_000), Field("How many steps it learns; 0: as many as the preset has time for.")]
_Tokens = Annotated[int, Range(0, 10_000_000), Field("Tokens in a batch; 0: what suits the size.")]
_Block = Annotated[int, Range(0, 8192), Field("Tokens that are read in one go; 0: what suits the size.")]
_Rate = Annotated[float, Range(0, 1), Field("The highest learning rate; 0: what suits the size.")]
_Vocabulary = Annotated[int, Range(0, 65536), Field("Pieces that a new vocabulary has; 0: what suits the text.")]
_Pieces = Annotated[Pieces, Field("What a new vocabulary is made of.")]
_Part = Annotated[int, Range(0, 4096), Field("Goes before the size; 0: as the size says.")]
_Forgets = Annotated[float, Range(-1, 0.9), Field("What is forgotten while learning; -1: what suits the text.")]
_Exact = Annotated[Exactness, Field("How exactly is computed; auto: as is faster here.")]


class Trained(NamedTuple):
    """What a run gives: the model itself lies in the kept folder."""

    report: Json


class TextTrainer(Model):
    """Train a text model on your own words."""

    @command
    def run(  # noqa: PLR0913 - each is a choice of whoever trains
        self,
        dataset: _Dataset,
        *,
        name: Annotated[str, Field("What the model will be called.")] = "",
        base: _Base = "",
        preset: _Preset = "quick",
        prompt: Annotated[str, Field("What samples begin with.")] = "",
        size: _Size = "auto",
        method: _Method = "auto",
        max_steps: _Steps = 0,
        learning_rate: _Rate = 0.0,
        batch_tokens: _Tokens = 0,
        block_size: _Block = 0,
        vocabulary: _Vocabulary = 0,
        pieces: _Pieces = "bytes",
        layers: _Part = 0,
        heads: _Part = 0,
        width: _Part = 0,
        dropout: _Forgets = -1.0,
        precision: _Exact = "auto",
        every: Annotated[int, Range(0, 1_000_000), Field("Steps between checkpoints; 0: a twentieth of all.")] = 0,
        from_checkpoint: _Checkpoint = "",
    ) -> Trained:
        """Train, and return how it went. It can be paused, finished early, and taken up again."""
        chosen = {key: value for key, value in locals().items() if key not in ("self", "dataset")}
        options = Options(dataset=dataset.path, seed=gesso.seed(), **chosen)
        training, state = open_training(options, Kept(gesso.checkpoints()), news=gesso, device=self.device)
        state = training.train(state)
        gesso.progress(1.0, "Making the model")
        return Trained(make_model(training, state, options=options))

    @command
    def convert(
        self,
        folder: Annotated[str, Field("A folder in which `weights` lies, a folder of Hugging Face's.")],
        *,
        name: Annotated[str, Field("What the model will be called.")] = "",
        licence: Annotated[str, Field("What others may do with it.")] = "",
        source: Annotated[str, Field("Where it comes from.")] = "",
    ) -> Json:
        """Make a model that runs of somebody else's weights, and say how near its fast form is to them."""
        labels = Labels(name=name, title=name, licence=licence, source=source)
        return asdict(convert_weights(Path(folder), labels))

    @command
    def estimate(  # noqa: PLR0913 - see above
        self,
        dataset: _Dataset,
        *,
        base: _Base = "",
        preset: _Preset = "quick",
        size: _Size = "auto",
        method: _Method = "auto",
        max_steps: _Steps = 0,
        batch_tokens: _Tokens = 0,
        block_size: _Block = 0,
        vocabulary: _Vocabulary = 0,
        pieces: _Pieces = "bytes",
        layers: _Part = 0,
        heads: _Part = 0,
        width: _Part = 0,
        precision: _Exact = "auto",
        from_checkpoint: _Checkpoint = "",
    ) -> Json:
        """Try it for some seconds, and say how long it would take and what to expect."""
        chosen = {key: value for key, value in locals().items() if key not in ("self", "dataset")}
        options = Options(dataset=dataset.path, **chosen)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # Windows holds what is mapped
            corpus = open_corpus(dataset.path, Kept(Path(folder)), make=lambda: make_tokenizer(options))
            return make_plan(options, corpus, device=self.device).estimate()
