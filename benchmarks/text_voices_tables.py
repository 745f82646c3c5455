"""The tables of what was measured of voices. Pure: results in, Markdown out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Results = Mapping[str, Mapping[str, Any]]
"""Results by the names of their files."""
_AIM_AT_20_KB: Final = 0.25
_WINS_UP_TO_KB: Final = 200


def tables(results: Results, *, samples: int = 0) -> str:
    """Return all tables, and so many samples of each setting."""
    parts = [_learnt(results), _base(results), _first(results), _heart(results), _samples(results, samples)]
    return "\n\n".join(part for part in parts if part) + "\n" if any(parts) else "Nothing was measured yet.\n"


def _learnt(results: Results) -> str:
    learnt = [result for name, result in results.items() if name.startswith("learn-")]
    if not learnt:
        return ""
    by_setting: dict[tuple[float, str, int], dict[str, Any]] = {}
    for each in learnt:
        by_setting.setdefault((each["minutes"], each["text"], each["kilobytes"]), {})[each["arm"]] = each
    rows = [
        "Bits per byte on the text's last tenth, which no arm has seen (less is better):\n",
        "| minutes | text | kB | from nothing | base, all of it | base, LoRA | the base's gain |",
        "|---:|---|---:|---:|---:|---:|---:|",
        *(_row(setting, arms) for setting, arms in sorted(by_setting.items())),
    ]
    return "\n".join(rows)


def _row(setting: tuple[float, str, int], arms: Mapping[str, Any]) -> str:
    minutes, text, kilobytes = setting
    shown = [_bits(arms.get(arm)) for arm in ("nothing", "full", "lora")]
    return f"| {minutes:g} | {text} | {kilobytes} | {' | '.join(shown)} | {_gain(arms, kilobytes)} |"


def _bits(result: Mapping[str, Any] | None) -> str:
    return "" if result is None else f"{result['bits_per_byte']:.3f} ({result['seconds']:.0f} s)"


def _gain(arms: Mapping[str, Any], kilobytes: int) -> str:
    tuned = [arms[arm]["bits_per_byte"] for arm in ("full", "lora") if arm in arms]
    if not tuned or "nothing" not in arms:
        return ""
    gain = 1 - min(tuned) / arms["nothing"]["bits_per_byte"]
    wanted = _AIM_AT_20_KB if kilobytes == 20 else 0.0 if kilobytes <= _WINS_UP_TO_KB else None
    if wanted is None:
        return f"{gain:+.0%}"
    return f"{gain:+.0%} (aim {wanted:+.0%}: {'met' if gain >= wanted else 'MISSED'})"


def _base(results: Results) -> str:
    base = results.get("base")
    if base is None:
        return ""
    books: Mapping[str, float] = base["books"]
    mean = sum(books.values()) / len(books)
    rows = [
        "The base as it comes, in bits per byte:\n",
        "| text | the base | its shape, from nothing on tiny Shakespeare |",
        "|---|---:|---:|",
        *(f"| {_title(name)} | {bits:.3f} | |" for name, bits in sorted(books.items())),
        f"| **all {len(books)} held-out books, mean** | **{mean:.3f}** | |",
        f"| tiny Shakespeare, last tenth | {base['shakespeare']:.3f} | {_shapes(results)} |",
    ]
    return "\n".join(rows)


def _title(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".txt").partition("_")[2].replace("-", " ")


def _shapes(results: Results) -> str:
    found = sorted((result for name, result in results.items() if name.startswith("shape-")), key=_minutes)
    return ", ".join(f"{each['bits_per_byte']:.3f} after {each['minutes']:g} min" for each in found)


def _minutes(result: Mapping[str, Any]) -> float:
    return float(result["minutes"])


def _first(results: Results) -> str:
    found = [(name.removeprefix("first-"), each) for name, each in results.items() if name.startswith("first-")]
    if not found:
        return ""
    rows = ["From `gesso train text small.txt` (10 kB, fresh home, environment there) to the first sample:\n"]
    rows += ["| begun with | seconds | what it said |", "|---|---:|---|"]
    rows += [f"| {base} | {each['seconds']:.0f} | {_one_line(each['sample'])} |" for base, each in found]
    return "\n".join(rows)


def _heart(results: Results) -> str:
    heart = results.get("heart")
    if heart is None:
        return ""
    kinds = {
        "by_itself": "by itself",
        "after_a_beginning_it_read": "after 200 characters of a book that it read",
        "after_a_beginning_it_did_not_read": "after 200 characters of a held-out book (looked for in those)",
    }
    rows = [
        f"Of {heart['samples']} texts of {heart['characters_each']} characters, what stands word for word "
        f"({heart['at_least']} characters or more at a stretch) in the books:\n",
        "| asked | share | texts with any | longest |",
        "|---|---:|---:|---:|",
    ]
    for kind, told in kinds.items():
        each = heart[kind]
        rows.append(f"| {told} | {each['share']:.2%} | {each['samples_with_any']} | {each['longest']} |")
    return "\n".join(rows)


def _samples(results: Results, count: int) -> str:
    parts = []
    for name, each in results.items():
        if count and name.startswith("learn-"):
            shown = "\n".join(f"{number}. {_one_line(text)}" for number, text in enumerate(each["samples"][:count], 1))
            parts.append(f"### {name.removeprefix('learn-')}\n\n{shown}")
    return "\n\n".join(parts)


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
