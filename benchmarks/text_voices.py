"""Voices: what the base is worth. Bits per byte of a fine-tuned base against a model from nothing, at equal minutes.

    python -m benchmarks text voices --texts alice --sizes 20 --minutes 2      # a part of it
    python -m benchmarks text voices --only base first heart table             # without learning anything

Each arm is a process of its own with the same threads and the same time, which has everything in it that a training
does; both are judged on the text's last tenth, which neither has seen. Every result is a file in `--out`, and what is
there already is not measured again: so parts can be joined, and `--only table` prints what there is.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from benchmarks import text_by_heart, text_voices_tables
from gesso.runtime.host.launch import worker_variables
from gesso.training.dataset import lines_of, make

_ROOT: Final = Path(__file__).parents[1]
_DATA: Final = _ROOT.parent / "shared" / "data"
_WEIGHTS: Final = _ROOT / "src" / "gesso" / "models" / "storyteller" / "weights"
_THREADS: Final = os.cpu_count() or 1
_LAST: Final = 0.9
"""What comes after this share of a text is what arms are judged on."""
_MOST_JUDGED: Final = 60_000
_MOST_OF_A_BOOK: Final = 50_000
_PROMPTS: Final = {"alice": "Alice", "shakespeare": "KING", "modern": "Today", "docs": "A model"}
ARMS: Final[Mapping[str, Mapping[str, str]]] = {
    "nothing": {"base": ""},
    "full": {"base": str(_WEIGHTS), "method": "full"},
    "lora": {"base": str(_WEIGHTS), "method": "lora"},
}
"""What is compared: the options of each."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What one arm learns from, and for how long."""

    text: str
    kilobytes: int
    minutes: float
    arm: str

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"learn-{self.text}-{self.kilobytes}kB-{self.minutes:g}min-{self.arm}"


def main(words: Sequence[str] = ()) -> str:
    """Measure what was asked for, and return the tables of all that was measured so far."""
    asked = _parser().parse_args(words)
    asked.out.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Callable[[argparse.Namespace], None]] = {
        "learn": _learn_all,
        "base": _base,
        "first": _first,
        "heart": _heart,
    }
    for part in asked.only:
        if part in parts:
            parts[part](asked)
    return text_voices_tables.tables(_read(asked.out), samples=asked.samples if asked.show_samples else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks text voices", description=__doc__)
    kinds = ["learn", "base", "first", "heart", "table"]
    parser.add_argument("--only", nargs="+", choices=kinds, default=kinds, help="parts")
    parser.add_argument("--texts", nargs="+", choices=list(_PROMPTS), default=list(_PROMPTS))
    parser.add_argument("--sizes", nargs="+", type=int, default=[5, 20, 100, 1000], help="kB of text")
    parser.add_argument("--minutes", nargs="+", type=float, default=[2, 5, 15])
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(ARMS))
    parser.add_argument("--samples", type=int, default=10, help="how many texts each writes in the end")
    parser.add_argument("--show-samples", action="store_true", help="print them, as they came")
    parser.add_argument("--heart-samples", type=int, default=200, help="how many texts are looked at for what is known")
    parser.add_argument("--data", type=Path, default=_DATA, help="the folder with books/ and text/")
    parser.add_argument("--out", type=Path, default=_ROOT / ".cache" / "voices", help="where results are kept")
    parser.add_argument("--again", action="store_true", help="measure also what is there already")
    return parser


# -- learning ---------------------------------------------------------------------------------------------------------


def _learn_all(asked: argparse.Namespace) -> None:
    for minutes in asked.minutes:
        for text in asked.texts:
            for kilobytes in asked.sizes:
                for arm in asked.arms:
                    setting = Setting(text=text, kilobytes=kilobytes, minutes=minutes, arm=arm)
                    _measured(asked, setting.name, measure=partial(_learn, setting, asked))


def _learn(setting: Setting, asked: argparse.Namespace) -> dict[str, Any] | None:
    """Have one arm learn; None if there is not so much of that text."""
    cut = cut_text(text_of(setting.text, asked.data), setting.kilobytes * 1000)
    if cut is None:
        return None
    told = {"task": "learn", "minutes": setting.minutes, "prompt": _PROMPTS[setting.text], "samples": asked.samples}
    told |= {"preset": "quick" if setting.minutes <= 5 else "standard", **ARMS[setting.arm]}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told |= _lay_out(cut, folder) | {"folder": str(folder)}
        return asdict(setting) | _ask(told)


def _lay_out(cut: tuple[str, str], folder: Path) -> dict[str, str]:
    """Write a dataset as the product makes it of a text, and what is judged on. Returns where they are."""
    _, pieces = make([("text.txt", cut[0].encode())])
    (folder / "dataset.jsonl").write_bytes(b"".join(lines_of(pieces)))
    (folder / "test.txt").write_text(cut[1], encoding="utf-8")
    return {"dataset": str(folder / "dataset.jsonl"), "test": str(folder / "test.txt")}


def text_of(name: str, data: Path) -> str:
    """Return a text by its name."""
    if name == "docs":
        pages = sorted((_ROOT / "docs").rglob("*.md"))
        return "\n\n".join(page.read_text(encoding="utf-8") for page in pages)
    files = {"shakespeare": data / "text" / "tinyshakespeare.txt", "alice": data / "text" / "alice.txt"}
    path = files.get(name, Path(__file__).parent / "texts" / f"{name}.txt")
    return path.read_text(encoding="utf-8")


def cut_text(text: str, size_bytes: int) -> tuple[str, str] | None:
    """Return the first bytes of a text, and its end, which is no part of them; None if there is not so much of it."""
    whole = text.encode()
    border = int(len(whole) * _LAST)
    if size_bytes > border:
        return None
    test = whole[border : border + _MOST_JUDGED].decode(errors="ignore")
    return whole[:size_bytes].decode(errors="ignore"), test


def _ask(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Run a task in a process of its own, and return its answer."""
    variables = worker_variables(_ROOT, _THREADS, mark="")
    variables |= {"PYTHONPATH": os.pathsep.join([str(_ROOT), str(_ROOT / "src")]), "TMPDIR": tempfile.gettempdir()}
    command = [sys.executable, "-m", "benchmarks.text_trainers.voice", json.dumps(asked)]
    done = subprocess.run(command, env=variables, check=False, capture_output=True, text=True, cwd=_ROOT)
    if done.returncode:
        sys.exit(f"A voice could not be measured:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# -- the base itself --------------------------------------------------------------------------------------------------


def _base(asked: argparse.Namespace) -> None:
    """Judge the base on books it has not read, and on tiny Shakespeare beside the same shape from nothing."""

    def guess() -> dict[str, Any]:
        recipe = tomllib.loads(text_by_heart.RECIPE.read_text(encoding="utf-8"))["material"]
        books = {name: str(asked.data / name) for name in recipe["heldout"]}
        told = {"task": "guess", "weights": str(_WEIGHTS), "texts": books, "most_characters": _MOST_OF_A_BOOK}
        return {"books": _ask(told), "shakespeare": _shakespeare(asked.data, "guess")}

    _measured(asked, "base", measure=guess)
    for minutes in asked.minutes:
        _measured(asked, f"shape-{minutes:g}min", measure=partial(_shape, asked, minutes))


def _shakespeare(data: Path, task: str) -> float:
    whole = text_of("shakespeare", data)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "last.txt")
        path.write_text(whole[int(len(whole) * _LAST) :], encoding="utf-8")
        return float(_ask({"task": task, "weights": str(_WEIGHTS), "texts": {"last": str(path)}})["last"])


def _shape(asked: argparse.Namespace, minutes: float) -> dict[str, Any]:
    """Make a model of the base's shape from nothing, of tiny Shakespeare alone, and judge it on the last tenth."""
    whole = text_of("shakespeare", asked.data)
    border = int(len(whole) * _LAST)
    config = json.loads((_WEIGHTS / "config.json").read_text(encoding="utf-8"))
    shape = {"layers": config["n_layer"], "heads": config["n_head"], "width": config["n_embd"]}
    told = {"task": "learn", "minutes": minutes, "samples": 1, "base": "", "prompt": _PROMPTS["shakespeare"]}
    told |= {"shape": shape | {"block_size": config["n_positions"]}, "preset": "standard"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told |= _lay_out((whole[:border], whole[border:]), folder) | {"folder": str(folder)}
        return {"minutes": minutes} | _ask(told)


# -- the first sample -------------------------------------------------------------------------------------------------


def _first(asked: argparse.Namespace) -> None:
    """Time `gesso train text small.txt` in a fresh home, from its start to the first sample that is shown."""
    for base in ("", "nothing"):
        name = f"first-{base or 'storyteller'}"
        _measured(asked, name, measure=partial(_first_sample, base, asked.data))


def _first_sample(base: str, data: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        text = Path(name, "small.txt")
        text.write_text(text_of("alice", data)[:10_000], encoding="utf-8")
        command = [sys.executable, "-m", "gesso.cli.main", "train", "text", str(text), *(["--base", base] * bool(base))]
        variables = os.environ | {"GESSO_HOME": str(Path(name, "home")), "PYTHONPATH": str(_ROOT / "src")}
        began = time.monotonic()
        with subprocess.Popen(
            command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout is not None
            shown = ""
            for line in process.stdout:
                if " says: " in line:
                    shown = line.partition(" says: ")[2].strip()
                    break
            taken = time.monotonic() - began
            process.send_signal(signal.SIGINT)
            process.stdout.read()
    return {"seconds": taken, "sample": shown}


# -- by heart, and what is kept ---------------------------------------------------------------------------------------


def _heart(asked: argparse.Namespace) -> None:
    _measured(asked, "heart", measure=lambda: text_by_heart.measure(asked.data, samples=asked.heart_samples))


def _measured(asked: argparse.Namespace, name: str, *, measure: Callable[[], dict[str, Any] | None]) -> None:
    """Measure unless it was, with the base that is here now, and keep it."""
    place: Path = asked.out / f"{name}.json"
    base = "" if name.endswith("-nothing") or name.startswith("shape-") else digest_of_base()
    if place.exists() and not asked.again and json.loads(place.read_bytes()).get("of_base", "") == base:
        return
    found = measure()
    if found is None:
        return
    place.write_text(json.dumps(found | {"of_base": base}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{name}: {found.get('bits_per_byte', found.get('seconds', ''))}", file=sys.stderr, flush=True)


@lru_cache(1)
def digest_of_base() -> str:
    """Return the SHA-256 of the base's weights: what was measured of others says nothing of these."""
    with (_WEIGHTS / "model.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(folder: Path) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))}


if __name__ == "__main__":
    print(main(sys.argv[1:]))
