"""From the words of `gesso train text` to a model: the dataset, the order, and the training followed to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gesso.cli.terminal import Terminal
from gesso.cli.training_desk import Desk, open_desk
from gesso.cli.training_following import Following
from gesso.cli.training_recipe import TrainingRecipe, make_of_material, read_training_recipe
from gesso.errors import ConflictError, InputError, NotFoundError, SettingsError
from gesso.spec.model import Port
from gesso.training.choosing import words_on_choice
from gesso.training.training import TrainingOrder
from gesso.types.base import Json
from gesso.types.given import size


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants trained, in their own words; see `gesso train text --help`."""

    trainer: str
    ports: Sequence[Port]
    files: list[Path] | None = None
    name: str = ""
    base: str = ""
    dataset: str = ""
    column: str = ""
    recipe: Path | None = None
    seed: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    is_estimate: bool = False
    is_detached: bool = False
    is_json: bool = False


async def carry_out(wish: Wish, terminal: Terminal) -> None:
    """Make the dataset, begin the training, and follow it."""
    recipe = TrainingRecipe() if wish.recipe is None else read_training_recipe(wish.recipe)
    options = {**recipe.options, **read_options(wish.ports, wish.options)}
    if not (wish.files or wish.dataset or wish.recipe):
        hint = f"gesso train {wish.trainer} book.txt, or --dataset and the name of one that is there."
        raise SettingsError("What is it to learn from?", hint=hint)
    if wish.files and wish.dataset:
        raise SettingsError("Files and --dataset do not go together.", hint="A dataset is made of files once.")
    async with open_desk(terminal, is_working=True) as desk:
        if wish.is_detached and desk.is_here:
            raise ConflictError("No Gesso runs that would go on with it.", hint="Start one first: gesso studio")
        order = TrainingOrder(
            dataset=await _dataset(wish, desk, recipe=recipe, terminal=terminal),
            name=wish.name or recipe.name,
            trainer=wish.trainer,
            base=_base(wish, desk, recipe=recipe),
            options=options,
            seed=recipe.seed if wish.seed is None else wish.seed,
        )
        if wish.is_estimate:
            _tell_estimate(await desk.estimate(order), terminal, is_json=wish.is_json)
            return
        training = await desk.start(order)
        words = "" if order.base else words_on_choice(order.trainer, training["base"], options=options)
        if words:
            terminal.say(words, style="dim")
        await begin_following(desk, training, terminal=terminal, is_detached=wish.is_detached, is_json=wish.is_json)


async def begin_following(
    desk: Desk, training: Mapping[str, Any], *, terminal: Terminal, is_detached: bool, is_json: bool = False
) -> None:
    """Say that a training has begun, and follow it to its end unless somebody would rather go away."""
    if is_detached:
        terminal.result(training["id"])
        terminal.say(f"How it goes: gesso train follow {training['name']}", style="dim")
        return
    terminal.say(f"Training {training['name']} ({training['id']})", style="dim")
    following = Following(desk, training["id"], terminal=terminal)
    try:
        ended = await following.to_the_end()
    except asyncio.CancelledError:
        terminal.clear()
        await _leave(desk, training, following=following, terminal=terminal)
        raise
    if is_json:
        terminal.json(ended)
    else:
        await following.tell_end(ended)


async def _leave(desk: Desk, training: Mapping[str, Any], *, following: Following, terminal: Terminal) -> None:
    """Somebody has pressed Ctrl-C: what runs elsewhere goes on, and what runs here pauses at a checkpoint."""
    if not desk.is_here:
        terminal.say(f"It goes on in the Gesso that runs: gesso train follow {training['name']}")
        return
    terminal.say("Keeping a checkpoint …")
    try:
        paused = await desk.act(training["id"], "pause")
    except ConflictError:  # it has ended just now
        await following.tell_end(await desk.get(training["id"]))
        return
    step = (paused["latest"] or {}).get("step")
    at = f" at step {step}" if step is not None else ""
    terminal.say(f"It pauses{at}. Go on: gesso train resume {training['name']}")


async def _dataset(wish: Wish, desk: Desk, *, recipe: TrainingRecipe, terminal: Terminal) -> str:
    """Return the dataset's digest or name; one that is made of files is told of."""
    if recipe.material is not None and not wish.dataset:
        made = await make_of_material(recipe.material, desk, files=wish.files or [], name=recipe.name)
        tell_dataset(made, terminal)
        return str(made["digest"])
    if not wish.files:
        try:
            found, _ = await desk.dataset(wish.dataset or recipe.dataset, shown=0)
        except NotFoundError as error:
            if wish.dataset:
                raise
            hint = "Name the files that it was made of: they make the same one again."
            raise NotFoundError("The dataset of the recipe is not here.", hint=hint) from error
        return str(found["digest"])
    made = await desk.make_dataset(wish.files, name="", column=wish.column)
    if recipe.dataset and made["digest"] != recipe.dataset:
        terminal.say("These are not the texts of the recipe: it will be another model.", style="yellow")
    tell_dataset(made, terminal)
    return str(made["digest"])


def tell_dataset(made: Mapping[str, Any], terminal: Terminal) -> None:
    """Say in a few lines what a dataset is."""
    documents = f"{made['documents']:,} documents" if made["documents"] != 1 else "1 document"
    heldout = made["heldout_characters"] / max(1, made["characters"])
    counted = f"{documents}, {made['words']:,} words, {size(made['bytes'])}"
    terminal.say(f"Dataset {made['name']}: {counted}; {heldout:.0%} are held out")
    for left in made["left_out"]:
        terminal.say(f"  left out: {left['why']} ({left['count']:,})", style="dim")
    for remark in made["remarks"]:
        terminal.say(f"  {remark}", style="yellow")


def _base(wish: Wish, desk: Desk, *, recipe: TrainingRecipe) -> str:
    base = wish.base or recipe.base
    is_path = base.startswith((".", "/", "~", "\\"))
    if not is_path:
        return base
    if not desk.is_here:
        hint = f"Give it a name, and train on that: gesso train import {base} --name my-base"
        raise InputError("a base by its name, while a Gesso runs", base, hint=hint, where="--base")
    return str(Path(base).expanduser().resolve())


def read_options(ports: Sequence[Port], words: Mapping[str, str]) -> dict[str, Json]:
    """Read options of a trainer as they were typed. Raises `InputError` and `NotFoundError`."""
    known = {port.name: port for port in ports}
    options: dict[str, Json] = {}
    for name, text in words.items():
        if name not in known:
            raise NotFoundError(f"There is no option {name!r}.", hint=f"There are: {', '.join(known)}.")
        data_type = known[name].data_type
        try:
            options[name] = data_type.to_wire(data_type.parse(text))
        except InputError as error:
            raise error.at(name) from error.__cause__
    return options


def _tell_estimate(told: Mapping[str, Any], terminal: Terminal, *, is_json: bool) -> None:
    if is_json:
        terminal.json(dict(told))
        return
    took = _roughly(float(told.get("seconds") or 0))
    terminal.result(f"About {took} for {told.get('steps', 0):,} steps, {told.get('parameters', 0):,} parameters")
    for word in told.get("words", ()):
        terminal.result(f"  {word}")


def _roughly(seconds: float) -> str:
    """Say how long something takes as people do: "40 seconds", "12 minutes", "2.5 hours"."""
    if seconds < 90:
        return "a few seconds" if seconds < 10 else f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
