"""Make a run ready: from the options to a plan, a learner and the text in numbers; or take one up that was begun."""

from __future__ import annotations

from tokenizers import Tokenizer

from gesso.trainers.text import checkpoints, lora, tokens, trial
from gesso.trainers.text.checkpoints import State
from gesso.trainers.text.corpus import Corpus, open_corpus
from gesso.trainers.text.decide import Course, course_for
from gesso.trainers.text.gpt import Gpt
from gesso.trainers.text.kept import Kept
from gesso.trainers.text.learner import Habits, Learner
from gesso.trainers.text.loop import News, Training
from gesso.trainers.text.options import Options
from gesso.trainers.text.origin import check_fits, fill, origin_of
from gesso.trainers.text.plan import Plan
from gesso.trainers.text.trial import Speed


def open_training(options: Options, kept: Kept, *, news: News, device: str = "cpu") -> tuple[Training, State]:
    """Return a run and where it is: at its beginning, or where it was when it was broken off.

    Raises `InputError` where the options do not go together, or what the run began with is not there any more.
    """
    corpus = open_corpus(options.dataset, kept, make=lambda: make_tokenizer(options))
    said = kept.read("plan.json")
    plan = Plan.from_json(said) if said else make_plan(options, corpus, device=device)
    if said is None:
        kept.write("plan.json", plan.to_json())
    learner = Learner(_model(plan), habits_of(plan, device))
    state = _take_up(kept, learner, plan=plan, news=news)
    return Training(plan=plan, learner=learner, corpus=corpus, kept=kept, news=news), state


def make_tokenizer(options: Options) -> Tokenizer:
    """Return the tokenizer of what a run begins from, or a new one for its text."""
    origin = origin_of(options.base, options.from_checkpoint)
    if origin is not None:
        check_fits(origin.shape, tokenizer := origin.tokenizer())
        return tokenizer
    size = sum(len(text.encode()) for text in tokens.documents(options.dataset, "train"))
    vocabulary = options.vocabulary or tokens.vocabulary_for(size)
    return tokens.train(tokens.documents(options.dataset, "train"), vocabulary=vocabulary, pieces=options.pieces)


def make_plan(options: Options, corpus: Corpus, *, device: str = "cpu") -> Plan:
    """Decide what was left open; how fast this machine is, is tried for some seconds."""
    course = course_for(options, corpus, device=device)
    return course.plan(_measure(course))


def _measure(course: Course) -> Speed:
    model = Gpt(course.shape)
    rows_at_once, model.saves_memory = course.at_once()
    if course.rank:
        lora.add(model, course.rank, seed=0)
    wanted = course.options.precision
    habits = Habits(device=course.device, rows_at_once=rows_at_once)
    return trial.measure(model, habits, length=course.length, precision=None if wanted == "auto" else wanted)


def _model(plan: Plan) -> Gpt:
    model = Gpt(plan.shape)
    model.saves_memory = plan.saves_memory
    fill(model, plan)
    return model


def habits_of(plan: Plan, device: str) -> Habits:
    """Return how a plan computes."""
    at_once = {"rows_at_once": plan.rows_at_once, "seed": plan.seed, "memory": plan.memory}
    return Habits(device=device, precision=plan.precision, decay=plan.decay, **at_once)


def _take_up(kept: Kept, learner: Learner, *, plan: Plan, news: News) -> State:
    """Return where a run is, with what it had learnt by then."""
    folder = checkpoints.last(kept)
    state = checkpoints.restore(folder, learner) if folder else State()
    for name in ("curve.jsonl", "samples.jsonl"):
        kept.cut_back(name, state.step if folder else -1)
    if folder:
        news.log(f"Taken up again after {state.step} of {plan.steps} steps.")
    return state
