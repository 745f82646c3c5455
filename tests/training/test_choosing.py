"""What a training begins with: as somebody says, else as there is text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gesso.app import App
from gesso.cli.training_recipe import read_training_recipe
from gesso.errors import InputError, NotFoundError
from gesso.settings import load
from gesso.training import choosing
from gesso.training.choosing import NOTHING, OWN_BASES, OwnBase, choose_base, is_nothing, words_on_choice
from gesso.training.training import TrainingOrder
from gesso.training.trainings import Fork
from gesso.types.base import Json
from tests.trainers.text.tiny import write_chance
from tests.training.trainers import LINES, TEXT, ended, order

LIMIT = OWN_BASES["text"].below_bytes


@pytest.mark.parametrize(
    ("asked", "text_bytes", "chosen"),
    [
        ("", 1_000, "storyteller"),
        ("", 20_000, "storyteller"),
        ("", LIMIT - 1, "storyteller"),
        ("", LIMIT, "nothing"),
        ("", 100_000_000, "nothing"),
        ("nothing", 1_000, "nothing"),
        ("storyteller", 100_000_000, "storyteller"),
        ("gpt2", 1_000, "gpt2"),
        ("gpt2", 100_000_000, "gpt2"),
    ],
)
def test_a_short_text_begins_with_the_own_base_if_nobody_says_otherwise(
    asked: str, text_bytes: int, chosen: str
) -> None:
    assert choose_base("text", asked, text_bytes=text_bytes, options={"preset": "quick"}) == chosen


def test_a_trainer_without_a_base_of_its_own_begins_with_nothing() -> None:
    assert choose_base("pictures", "", text_bytes=1_000, options={}) == NOTHING
    assert choose_base("pictures", "mine", text_bytes=1_000, options={}) == "mine"
    assert words_on_choice("pictures", NOTHING, options={}) == ""


def test_whoever_said_nothing_is_told_what_was_chosen_and_what_else_there_is() -> None:
    short, long = (words_on_choice("text", base, options={}) for base in ("storyteller", NOTHING))
    assert "--base nothing" in short
    assert "old books" in short
    assert "--base storyteller" in long
    assert "both" in long


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ({}, "storyteller"),
        ({"size": "auto", "layers": 0, "pieces": "bytes", "max_steps": 12}, "storyteller"),
        ({"layers": 2}, NOTHING),
        ({"size": "small"}, NOTHING),
        ({"pieces": "characters"}, NOTHING),
        ({"vocabulary": 400}, NOTHING),
    ],
)
def test_whoever_says_how_large_it_is_means_a_new_one(options: dict[str, Json], chosen: str) -> None:
    assert choose_base("text", "", text_bytes=1_000, options=options) == chosen
    assert choose_base("text", "storyteller", text_bytes=1_000, options=options) == "storyteller"
    assert ("because you have said its" in words_on_choice("text", chosen, options=options)) == (chosen == NOTHING)


@pytest.mark.parametrize(("base", "is_none"), [("", True), ("nothing", True), ("Nothing", False), ("gpt2", False)])
def test_nothing_is_a_word(base: str, *, is_none: bool) -> None:
    assert is_nothing(base) is is_none


@pytest.fixture
async def app(warm_home: Path, trainers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    """A Gesso with the trainer `bigrams`, whose own base is the model `old-tales`, below 20 kB of text."""
    monkeypatch.setattr(choosing, "OWN_BASES", {"bigrams": OwnBase("old-tales", 20_000)})
    folder = tmp_path / "old-tales"
    write_chance(folder / "weights")
    (folder / "model.py").write_text(
        "from gesso import Model\nclass M(Model):\n    def run(self) -> str:\n        return ''\n"
    )
    (folder / "gesso.toml").write_text('licence = "CC0-1.0"\n')
    async with App(load(), report=lambda _: None) as app:
        await app.start_jobs()
        app.registry.add(str(folder))
        yield app


async def test_what_was_chosen_stands_in_history_recipe_and_card(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    training = await app.trainings.start(order(dataset.name, name="poet", max_steps=10))
    assert training.base == "old-tales"
    job = await ended(app, training)
    assert job.status == "succeeded", job.error
    assert job.inputs["base"] == "old-tales"
    facts = app.trainings.models.facts("poet")
    assert facts["recipe"]["inputs"]["base"] == "old-tales"
    assert facts["recipe"]["base"]["reference"] == "old-tales"
    assert facts["recipe"]["base"]["version"]
    folder = app.trainings.models.find("poet")
    assert app.registry.find("poet").manifest.card.licence == "CC0-1.0"

    monkeypatch.setattr(choosing, "OWN_BASES", {})  # the next Gesso would begin with nothing
    assert read_training_recipe(folder).base == "old-tales"
    assert (await app.trainings.start(order(dataset.name, name="plain"))).base == NOTHING
    assert (await app.trainings.fork("poet", Fork(name="fork"))).base == "old-tales"


async def test_much_text_and_whoever_wants_it_begin_with_nothing(app: App) -> None:
    much = "\n\n".join(f"{n}. {line} {n * 7919 % 1000} {line[::-1]}" for n in range(60) for line in LINES)
    for text, base in ((much, ""), (TEXT, NOTHING)):
        dataset = await app.trainings.datasets.make([("text.txt", text.encode())])
        training = await app.trainings.start(order(dataset.name, base=base, max_steps=10))
        assert training.base == NOTHING
        job = await ended(app, training)
        assert job.status == "succeeded", job.error
        assert app.trainings.models.facts(training.name)["recipe"]["base"] is None
        assert app.trainings.models.facts(training.name)["recipe"]["inputs"]["base"] == NOTHING


async def test_an_estimate_says_what_it_would_begin_with(app: App) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    chosen = await app.trainings.estimate(order(dataset.name))
    said = await app.trainings.estimate(order(dataset.name, base=NOTHING))
    assert isinstance(chosen, dict)
    assert isinstance(said, dict)
    assert chosen["base"] == "old-tales"
    assert "--base nothing" in chosen["words"][0]
    assert said["base"] == NOTHING
    assert not [word for word in said["words"] if "--base" in word]


async def test_a_training_from_before_there_was_a_choice_began_with_nothing(app: App, tmp_path: Path) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    first = await app.trainings.start(order(dataset.name, name="poet", base=NOTHING, max_steps=10))
    await ended(app, first)
    recipe = app.trainings.models.facts("poet")
    recipe["recipe"]["inputs"]["base"] = ""
    (tmp_path / "training.json").write_text(json.dumps(recipe))
    assert read_training_recipe(tmp_path).base == NOTHING


async def test_a_base_that_is_gone_is_named(app: App) -> None:
    dataset = await app.trainings.datasets.make([("snow.txt", TEXT.encode())])
    folder = app.registry.find("old-tales").path
    await asyncio.to_thread((folder / "weights" / "model.safetensors").unlink)
    with pytest.raises(InputError, match="old-tales"):
        await app.trainings.start(order(dataset.name, name="poet"))
    with pytest.raises(NotFoundError):
        await app.trainings.start(TrainingOrder(dataset="none"))
