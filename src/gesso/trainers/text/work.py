"""Make a run ready: from the options to a plan, a learner and the text in numbers; or take one up that was begun."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import torch
from tokenizers import Tokenizer

from gesso import InputError
from gesso.trainers.text import checkpoints, huggingface, tokens, trial
from gesso.trainers.text.checkpoints import State
from gesso.trainers.text.corpus import Corpus, digest, open_corpus
from gesso.trainers.text.decide import Course, dropout_for, shape_for, size_name
from gesso.trainers.text.gpt import Gpt, Shape
from gesso.trainers.text.kept import Kept
from gesso.trainers.text.learner import Habits, Learner
from gesso.trainers.text.loop import News, Training
from gesso.trainers.text.options import Options
from gesso.trainers.text.plan import Plan

_LOOKS: Final = 20
"""How many times in a run a checkpoint is kept."""
_HELDOUT_TOKENS: Final = 65_536
_SAMPLE_TOKENS: Final = 80
_LENGTH: Final = 512
"""How many tokens are read in one go, where nothing else is said."""


def open_training(options: Options, kept: Kept, *, news: News, device: str = "cpu") -> tuple[Training, State]:
    """Return a run and where it is: at its beginning, or where it was when it was broken off.

    Raises `InputError` where the options do not go together, or with what was begun in that folder.
    """
    said = kept.read("plan.json")
    corpus = open_corpus(options.dataset, kept, make=lambda: _make_tokenizer(options))
    if said is None:
        plan, model = _begin(options, corpus, device=device)
        kept.write("plan.json", plan.to_json())
    else:
        plan = Plan.from_json(said)
        model = _again(plan)
    return _take_up(plan, model, corpus=corpus, kept=kept, news=news, device=device)


def _take_up(plan: Plan, model: Gpt, *, corpus: Corpus, kept: Kept, news: News, device: str) -> tuple[Training, State]:
    learner = Learner(model, habits_of(plan, device))
    folder = checkpoints.last(kept)
    state = checkpoints.restore(folder, learner) if folder else State()
    for name in ("curve.jsonl", "samples.jsonl"):
        kept.cut_back(name, state.step)
    if folder:
        news.log(f"Taken up again after {state.step} of {plan.steps} steps.")
    training = Training(
        plan=plan,
        learner=learner,
        tokenizer=corpus.tokenizer,
        text=corpus.text,
        heldout=corpus.heldout,
        kept=kept,
        news=news,
    )
    return training, state


def habits_of(plan: Plan, device: str) -> Habits:
    """Return how a plan computes."""
    return Habits(
        device=device, precision=plan.precision, rows_at_once=plan.rows_at_once, decay=plan.decay, seed=plan.seed
    )


def _make_tokenizer(options: Options) -> Tokenizer:
    if options.base:
        return tokens.read(Path(options.base))
    size = sum(len(text.encode()) for text in tokens.documents(options.dataset, "train"))
    vocabulary = options.vocabulary or tokens.vocabulary_for(size)
    return tokens.train(tokens.documents(options.dataset, "train"), vocabulary=vocabulary, pieces=options.pieces)


def _begin(options: Options, corpus: Corpus, *, device: str) -> tuple[Plan, Gpt]:
    course = _course(options, corpus)
    model = _fresh(course.shape, options)
    rows_at_once, model.saves_memory = course.at_once()
    habits = Habits(device=device, rows_at_once=rows_at_once, seed=options.seed)
    asked = None if options.precision == "auto" else options.precision
    speed = trial.measure(model, habits, length=course.length, precision=asked)
    steps = course.steps(speed.tokens_per_s)
    seconds = steps * course.rows * course.length / speed.tokens_per_s
    plan = Plan(
        steps=steps,
        method="lora" if course.rank else "full",
        size=size_name(options, corpus),
        layers=course.shape.layers,
        heads=course.shape.heads,
        width=course.shape.width,
        context=course.shape.context,
        block_size=course.length,
        vocabulary=course.shape.vocabulary,
        parameters=model.parameters_count,
        dropout=course.shape.dropout,
        rank=course.rank,
        precision=speed.precision,
        batch_tokens=course.rows * course.length,
        rows_at_once=rows_at_once,
        saves_memory=model.saves_memory,
        learning_rate=course.rate,
        warm_up=min(200, max(1, steps // 20)),
        decay=habits.decay,
        seed=options.seed,
        every=options.every or max(1, math.ceil(steps / _LOOKS)),
        heldout_most=max(1, _HELDOUT_TOKENS // course.length),
        patience=0 if options.preset == "thorough" and not options.base else 5,
        prompt=options.prompt,
        sample_tokens=_SAMPLE_TOKENS,
        train_tokens=len(corpus.text),
        heldout_tokens=len(corpus.heldout),
        bytes_per_token=corpus.bytes_per_token,
        tokens_per_s=speed.tokens_per_s,
        estimate_s=seconds,
        memory_mb=course.memory_bytes(rows_at_once, saves_memory=model.saves_memory) // 2**20,
        dataset_sha256=digest(options.dataset),
        base=options.base,
        base_sha256=digest(Path(options.base) / "model.safetensors") if options.base else "",
        words=course.words(seconds),
    )
    return plan, model


def _course(options: Options, corpus: Corpus) -> Course:
    if options.base:
        dropout = options.dropout if options.dropout >= 0 else dropout_for(corpus.text_bytes) / 2
        shape = huggingface.read_shape(Path(options.base), dropout=dropout)
    else:
        shape = shape_for(options, corpus)
    if shape.width % shape.heads:
        raise InputError("a width that the heads divide", f"{shape.width} and {shape.heads} heads", where="width")
    length = min(options.block_size or _LENGTH, shape.context, len(corpus.text) // 2)
    return Course(options=options, corpus=corpus, shape=shape, length=length, is_tuned=bool(options.base))


def _fresh(shape: Shape, options: Options) -> Gpt:
    """Return the model as a run begins with it: a base's, or with weights drawn by the seed."""
    model = Gpt(shape)
    if options.base:
        huggingface.read_weights(model, Path(options.base))
    else:
        model.begin(torch.Generator().manual_seed(options.seed))
    return model


def _again(plan: Plan) -> Gpt:
    """Return the model for a run that was begun: its checkpoint has what was learnt, a base the rest."""
    model = Gpt(plan.shape)
    model.saves_memory = plan.saves_memory
    if plan.base:
        if digest(Path(plan.base) / "model.safetensors") != plan.base_sha256:
            raise InputError("the base that the run began with", "another one in its place", where="base")
        huggingface.read_weights(model, Path(plan.base))
    else:
        model.begin(torch.Generator().manual_seed(plan.seed))
    return model
