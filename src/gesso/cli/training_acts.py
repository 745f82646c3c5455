"""What `gesso train` does with trainings that are there, and with models from and for other programs."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gesso.cli.terminal import Terminal
from gesso.cli.training_desk import open_desk
from gesso.cli.training_following import Following, by_heart
from gesso.cli.training_run import begin_following, read_options
from gesso.errors import ConflictError, InputError, SettingsError
from gesso.training.choosing import is_nothing
from gesso.training.trainings import Fork


async def list_all(terminal: Terminal, *, is_json: bool) -> None:
    """List the trainings."""
    async with open_desk(terminal) as desk:
        found = await desk.trainings()
    if is_json:
        terminal.json(found)
    elif found:
        heads = ["Training", "Model", "Status", "Step", "Held-out loss", "Dataset", "Base"]
        terminal.table(heads, [_line(training) for training in found])
    else:
        terminal.say("There are no trainings. Begin one: gesso train text book.txt --name my-poet")


async def show_one(terminal: Terminal, word: str, *, is_json: bool) -> None:
    """Show all of a training."""
    async with open_desk(terminal) as desk:
        training = await desk.get(word)
        samples = await desk.part(training["id"], "samples")
    if is_json:
        terminal.json(training)
        return
    for name, text in _facts(training):
        if text:
            terminal.result(f"{name:10} {text}")
    last = [sample for sample in samples if sample["step"] == samples[-1]["step"]]
    for sample in last:
        terminal.result(f"\nstep {sample['step']}, seed {sample['seed']}:\n{sample['text']}")


async def follow_one(terminal: Terminal, word: str, *, is_json: bool) -> None:
    """Follow a training of a Gesso that runs."""
    async with open_desk(terminal) as desk:
        training = await desk.get(word)
        if desk.is_here and training["status"] in {"queued", "starting", "processing"}:
            raise ConflictError("No Gesso runs that trains.", hint="gesso studio goes on with it.")
        following = Following(desk, training["id"], terminal=terminal)
        ended = await following.to_the_end()
        if is_json:
            terminal.json(ended)
        else:
            await following.tell_end(ended)


async def list_checkpoints(terminal: Terminal, word: str, *, is_json: bool) -> None:
    """List the checkpoints of a training."""
    async with open_desk(terminal) as desk:
        found = await desk.part(word, "checkpoints")
    if is_json:
        terminal.json(found)
        return
    rows = [
        [str(each["step"]), _number(each["loss"]), _number(each["heldout_loss"]), "best" if each["is_best"] else ""]
        for each in found
    ]
    terminal.table(["Step", "Loss", "Held-out loss", ""], rows)


async def act(terminal: Terminal, word: str, *, what: str) -> None:
    """Pause, finish or cancel a training."""
    async with open_desk(terminal, is_working=what == "finish") as desk:
        training = await desk.act(word, what)
        if what == "finish":
            await begin_following(desk, training, terminal=terminal, is_detached=not desk.is_here)
            return
    terminal.say(f"{training['name']} is {training['status']}.")


async def resume_one(terminal: Terminal, word: str, *, is_detached: bool) -> None:
    """Have a training go on, and follow it."""
    async with open_desk(terminal, is_working=True) as desk:
        _check_detached(is_detached, is_here=desk.is_here)
        training = await desk.act(word, "resume")
        await begin_following(desk, training, terminal=terminal, is_detached=is_detached)


async def fork_one(
    terminal: Terminal,
    word: str,
    *,
    step: int | None,
    name: str,
    words: Sequence[str],
    seed: int | None,
    is_detached: bool,
) -> None:
    """Begin a training with a checkpoint of another one, and follow it."""
    from gesso.training.trainers import Trainers

    async with open_desk(terminal, is_working=True) as desk:
        _check_detached(is_detached, is_here=desk.is_here)
        ports = Trainers().options((await desk.get(word))["trainer"])
        options = read_options(ports, dict(_split(each) for each in words))
        forked = await desk.fork(word, Fork(step=step, name=name, options=options, seed=seed))
        await begin_following(desk, forked, terminal=terminal, is_detached=is_detached)


async def delete_one(terminal: Terminal, word: str) -> None:
    """Forget a training."""
    async with open_desk(terminal) as desk:
        name = (await desk.get(word))["name"]
        await desk.delete(word)
    terminal.say(f"The training of {name} is deleted. A model that it has made stays.")


async def export_one(terminal: Terminal, word: str, *, output: Path | None) -> None:
    """Write a trained model into a new folder."""
    target = output or Path(word)
    if target.exists():
        raise InputError("a new folder", f"one that is there ({target})", hint="Name another one with -o.", where="-o")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "model.zip"
        async with open_desk(terminal) as desk:
            await desk.export(word, archive)
        with zipfile.ZipFile(archive) as opened:
            for member in opened.infolist():
                member.filename = member.filename.partition("/")[2]
                opened.extract(member, target)
    terminal.result(str(target))


async def import_one(terminal: Terminal, source: str, *, name: str) -> None:
    """Make a model of a Hugging Face folder."""
    from gesso import settings
    from gesso.app import App

    async with App(settings.load(), report=terminal.report) as app:
        made = await app.import_model(_folder_or(source), name=name, report=terminal.report)
    terminal.clear()
    terminal.result(made)
    terminal.say(f"Let it speak: gesso run {made} -i prompt=The")


def _folder_or(source: str) -> str:
    """Return the path of a folder, also one that is named without ./ as export writes it, or what else was named."""
    path = Path(source)
    if path.is_file():
        hint = "If it is a ZIP, unpack it first."
        raise InputError("a folder, or a repository of the hub", f"a file ({source})", hint=hint)
    return str(path.resolve()) if path.is_dir() else source


def _check_detached(is_detached: bool, *, is_here: bool) -> None:
    if is_detached and is_here:
        raise ConflictError("No Gesso runs that would go on with it.", hint="Start one first: gesso studio")


def _split(word: str) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    if not equals:
        raise SettingsError(f"-O wants NAME=VALUE, not {word!r}.", hint="As in: -O learning_rate=0.0001")
    return name.replace("-", "_"), text


def _line(training: Mapping[str, Any]) -> list[str]:
    latest = training["latest"] or {}
    return [
        training["id"],
        training["name"],
        training["status"],
        str(latest.get("step", "")),
        _number(latest.get("heldout_loss")),
        training["dataset_name"],
        training["base"],
    ]


def _facts(training: Mapping[str, Any]) -> list[tuple[str, str]]:
    latest, plan, error = training["latest"] or {}, training["plan"] or {}, training["error"] or {}
    return [
        ("Training", training["id"]),
        ("Model", training["name"] + ("" if training["model"] else " (not made yet)")),
        ("Status", training["status"]),
        ("Dataset", f"{training['dataset_name']} ({training['dataset'][:12]})"),
        ("Base", "from nothing" if is_nothing(training["base"]) else training["base"]),
        ("Forked", f"{training['from_training']}, step {training['from_step']}" if training["from_training"] else ""),
        ("Options", ", ".join(f"{name}={value}" for name, value in training["options"].items())),
        ("Seed", str(training["seed"])),
        ("Plan", f"{plan['steps']:,} steps, {plan['parameters']:,} parameters" if plan else ""),
        ("Step", str(latest.get("step", ""))),
        ("Loss", _number(latest.get("loss"))),
        ("Held out", _number(latest.get("heldout_loss"))),
        ("By heart", by_heart(training)),
        ("Error", error.get("message", "")),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
