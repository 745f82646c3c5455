"""Storyteller: take over what its recipe has made, and write the figures into its card, so that nobody copies them.

    python -m benchmarks text storyteller --made FOLDER     # weights and training.json of a finished run, then the card
    python -m benchmarks text storyteller                   # the card alone, anew, of what was measured since

The figures come from `training.json` beside the card, which the trainer writes, and from what `text voices` measured.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file

from benchmarks.text_voices_tables import Results

BEGIN: Final = "<!-- figures: written by `make bench-text ARGS=storyteller` -->"
"""The line of the card after which figures stand."""
END: Final = "<!-- end of the figures -->"
"""The line before which they end."""
TAKEN: Final = (
    "weights/config.json",
    "weights/generation_config.json",
    "weights/model.safetensors",
    "weights/tokenizer.json",
    "weights/tokenizer_config.json",
    "training.json",
)
"""What is taken over of a finished run; all else of the model is written by hand, or made on each computer."""

_ROOT: Final = Path(__file__).parents[1]
_MODEL: Final = _ROOT / "src" / "gesso" / "models" / "storyteller"
_MISSING: Final = "*to be measured*"
_WEIGHTS: Final = "weights/model.safetensors"
_CONFIG: Final = "weights/config.json"


def main(words: Sequence[str] = ()) -> str:
    """Take over what was named, fill the card, and return what stands in it now."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks text storyteller", description=__doc__)
    parser.add_argument("--made", type=Path, help="the folder `model` of a finished run")
    parser.add_argument("--model", type=Path, default=_MODEL, help="where the model lies")
    parser.add_argument("--results", type=Path, default=_ROOT / ".cache" / "voices", help="what was measured")
    asked = parser.parse_args(words)
    if asked.made:
        take_over(asked.made, asked.model)
    recipe = asked.model / "training.json"
    told = json.loads(recipe.read_bytes()) if recipe.is_file() else {}
    results = {path.stem: json.loads(path.read_bytes()) for path in sorted(asked.results.glob("*.json"))}
    shown = figures(told, results)
    card = asked.model / "README.md"
    card.write_text(filled(card.read_text(encoding="utf-8"), shown), encoding="utf-8")
    return shown


def take_over(made: Path, model: Path) -> None:
    """Take the weights of a finished run, in 16 bits, and its recipe.

    Raises `FileNotFoundError` before anything is written.
    """
    missing = [name for name in TAKEN if not (made / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{made} is no finished model: it has no {missing[0]}")
    (model / "weights").mkdir(parents=True, exist_ok=True)
    for name in TAKEN:
        if name not in (_WEIGHTS, _CONFIG):
            shutil.copyfile(made / name, model / name)
    halved = {name: weight.to(torch.bfloat16) for name, weight in load_file(made / _WEIGHTS).items()}
    save_file(halved, model / _WEIGHTS, metadata={"format": "pt"})
    config = json.loads((made / _CONFIG).read_bytes()) | {"torch_dtype": "bfloat16"}
    (model / _CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def filled(card: str, shown: str) -> str:
    """Return a card with these figures in their place."""
    before, begin, rest = card.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the card has no place for figures")
    return f"{before}{BEGIN}\n\n{shown}\n\n{END}{after}"


def figures(training: Mapping[str, Any], results: Results) -> str:
    """Return the figures of the card. What was not measured is marked."""
    report: Mapping[str, Any] = training.get("report", {})
    rows = [*_course(report), *_judged(report, results), *_by_heart(results)]
    table = ["| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)]
    samples = [str(text) for text in results.get("heart", {}).get("first_samples", report.get("samples", []))]
    told = [f"{number}. {' '.join(text.split())}" for number, text in enumerate(samples, 1)] or [_MISSING]
    return "\n".join([*table, "", "The first texts that it wrote of itself, as they came, not chosen:", "", *told])


def _course(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not report:
        return [("steps, tokens", _MISSING), ("work", _MISSING)]
    hours = report["seconds"] / 3600
    done = f"{report['operations']:.2g} floating-point operations in {hours:.1f} hours beside other work"
    return [
        ("parameters", f"{report['parameters']:,}"),
        ("steps, tokens", f"{report['steps']:,} steps, {report['tokens']:,} tokens, {report['rounds']} rounds"),
        ("work", f"{done}, on the median {report['tokens_per_s']:,.0f} tokens a second on two cores"),
        ("difference of the form that is run (int8)", f"{report['fast_form']['divergence']:.4f} bits a token"),
    ]


def _judged(report: Mapping[str, Any], results: Results) -> list[tuple[str, str]]:
    base = results.get("base", {})
    books: Mapping[str, float] = base.get("books", {})
    mean = f"{sum(books.values()) / len(books):.3f}" if books else _MISSING
    bits, step = report.get("bits_per_byte"), report.get("best_step")
    shapes = [f"{each['bits_per_byte']:.3f} ({each['minutes']:g} min)" for each in _of(results, "shape-")]
    shakespeare = f"{base['shakespeare']:.3f}" if "shakespeare" in base else _MISSING
    return [
        ("held-out books, bits per byte, while it learnt", f"{bits:.3f} (best step, {step:,})" if bits else _MISSING),
        ("first pages of each held-out book, bits per byte, mean", mean),
        ("tiny Shakespeare's last tenth, bits per byte", shakespeare),
        ("the same shape from nothing on the rest of tiny Shakespeare", ", ".join(shapes) or _MISSING),
    ]


def _by_heart(results: Results) -> list[tuple[str, str]]:
    heart = results.get("heart")
    if heart is None:
        return [("stands word for word in what it read", _MISSING)]
    count, least = heart["samples"], heart["at_least"]
    return [
        (
            f"stands word for word in what it read ({count} texts of its own, {least} characters or more)",
            _share(heart["by_itself"]),
        ),
        (f"the same, after beginnings out of books that it read ({count})", _share(heart["after_a_beginning_it_read"])),
        (
            f"for comparison: in held-out books, after their beginnings ({count})",
            _share(heart["after_a_beginning_it_did_not_read"]),
        ),
    ]


def _share(found: Mapping[str, Any]) -> str:
    return f"{found['share']:.2%}, in {found['samples_with_any']} texts, at most {found['longest']} characters"


def _of(results: Results, prefix: str) -> list[Mapping[str, Any]]:
    return sorted(
        (each for name, each in results.items() if name.startswith(prefix)), key=lambda each: float(each["minutes"])
    )
