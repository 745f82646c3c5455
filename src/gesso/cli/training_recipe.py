"""What `gesso train text --recipe` reads: how a model was trained, or a list of texts with options."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gesso.cli.training_desk import Desk
from gesso.errors import InputError, NotFoundError
from gesso.training.choosing import NOTHING
from gesso.training.dataset import lines_of
from gesso.training.material import Material, pieces_of, read_material
from gesso.training.trained import RECIPE
from gesso.training.trainers import OWN_INPUTS
from gesso.types.base import Json


@dataclass(frozen=True, kw_only=True)
class TrainingRecipe:
    """A recipe: its texts by the digest of their dataset or as `material`, and how they are learnt.

    What is left open is "" or None; a recipe in which all is left open is none.
    """

    dataset: str = ""
    material: Material | None = None
    name: str = ""
    base: str = ""
    seed: int | None = None
    options: Mapping[str, Json] = field(default_factory=dict)


def read_training_recipe(path: Path) -> TrainingRecipe:
    """Read a `training.json`, the folder of a model with one, or a TOML file with material.

    Raises `NotFoundError` and `InputError`.
    """
    if path.suffix == ".toml":
        told = read_material(path)
        options = dict(told.options)
        seed, name, base = options.pop("seed", None), options.pop("name", ""), options.pop("base", NOTHING)
        if not isinstance(seed, int | None):
            raise InputError("a whole number", repr(seed), where="seed")
        return TrainingRecipe(material=told.material, name=str(name), base=str(base), seed=seed, options=options)
    path = path / RECIPE if path.is_dir() else path
    try:
        return _of_json(json.loads(path.read_bytes()))
    except OSError as error:
        raise NotFoundError(
            f"There is no recipe {path}.", hint="It is the training.json in a trained model."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("the training.json of a model that was trained", f"something else ({path.name})") from error


def _of_json(told: Mapping[str, Any]) -> TrainingRecipe:
    recipe = told["recipe"]
    inputs = dict(recipe["inputs"])
    return TrainingRecipe(
        dataset=str(recipe["dataset"]),
        base=str(inputs.get("base") or NOTHING),  # whatever is usual today
        seed=recipe["seed"],
        options={name: value for name, value in inputs.items() if name not in OWN_INPUTS},
    )


async def make_of_material(material: Material, desk: Desk, *, files: Sequence[Path], name: str) -> dict[str, Any]:
    """Make the dataset of a recipe. `files` is the folder in which its texts lie. Raises `InputError`."""
    if len(files) != 1 or not files[0].is_dir():
        given = ", ".join(map(str, files)) or "none"
        hint = "gesso train text FOLDER --recipe RECIPE.toml"
        raise InputError("the folder in which the recipe's texts lie", given, hint=hint, where="FILE")
    pieces = pieces_of(material, files[0])
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"{name}.jsonl"
        with made.open("wb") as file:
            file.writelines(lines_of(pieces))
        return await desk.make_dataset([made], name=name, column="")
