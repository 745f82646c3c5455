"""Learn which sign follows which: a table of logits, by gradient descent, with all that a trainer keeps."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np

from gesso import CanceledError, File, Json, Model, Range, checkpoints, command, log, preview, progress, seed, wanted

STEPS = {"quick": 40, "standard": 200}
BATCH = 512
FILE = "model.safetensors"


def write(path: Path, data: bytes) -> None:
    """Write a file whole."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_bytes(data)
    Path(unfinished).replace(path)


def pack(table: np.ndarray) -> bytes:
    """Return the table as safetensors."""
    data = table.astype("<f8").tobytes()
    told = {"table": {"dtype": "F64", "shape": list(table.shape), "data_offsets": [0, len(data)]}}
    head = json.dumps(told).encode()
    return len(head).to_bytes(8, "little") + head + data


def unpack(data: bytes) -> np.ndarray:
    """Return the table in a file of safetensors."""
    length = int.from_bytes(data[:8], "little")
    told = json.loads(data[8 : 8 + length])["table"]
    return np.frombuffer(data[8 + length :], "<f8").reshape(told["shape"]).copy()


def append(path: Path, line: dict[str, Any]) -> None:
    """Add a line."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def loss_of(table: np.ndarray, pairs: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the loss on pairs of signs, and its gradient."""
    rows = table[pairs[:, 0]]
    odds = np.exp(rows - rows.max(1, keepdims=True))
    odds /= odds.sum(1, keepdims=True)
    loss = float(-np.log(odds[np.arange(len(pairs)), pairs[:, 1]]).mean())
    odds[np.arange(len(pairs)), pairs[:, 1]] -= 1
    gradient = np.zeros_like(table)
    np.add.at(gradient, pairs[:, 0], odds)
    return loss, gradient / len(pairs)


class Course:
    """One course of a training, in its folder."""

    def __init__(self, dataset: Path, *, steps: int, rate: float, every: int) -> None:
        self.folder, self.steps, self.rate, self.every = checkpoints(), steps, rate, every
        rows = [json.loads(line) for line in dataset.read_bytes().splitlines()]
        self.signs = sorted({sign for row in rows for sign in row["text"]})
        numbers = {sign: number for number, sign in enumerate(self.signs)}
        self.train, self.heldout = (
            np.array([[numbers[a], numbers[b]] for row in rows if row["split"] == split
                      for a, b in zip(row["text"], row["text"][1:], strict=False)])
            for split in ("train", "heldout")
        )  # fmt: skip
        self.table = np.zeros((len(self.signs), len(self.signs)))
        self.chance = np.random.default_rng(seed())
        self.step = 0

    def begin(self, from_checkpoint: str) -> None:
        """Take up what is there, or begin with a checkpoint of another one, or with nothing."""
        kept = self.kept()
        if kept:
            self.load(self.folder / kept[-1]["folder"])
            log(f"Going on from step {self.step}")
        elif from_checkpoint:
            self.load(Path(from_checkpoint))
            log(f"Beginning with the checkpoint of step {self.step}")
            self.step = 0
        for name in ("curve.jsonl", "samples.jsonl"):
            path = self.folder / name
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            whole = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= self.step]
            write(path, "".join(f"{line}\n" for line in whole).encode())
        plan = {"steps": self.steps, "parameters": self.table.size, "vocabulary": len(self.signs), "block_size": 1,
                "batch_tokens": BATCH, "method": "full", "size": "tiny", "precision": "float64",
                "train_tokens": len(self.train), "heldout_tokens": len(self.heldout), "estimate_s": 1.0,
                "words": ["It will stammer."]}  # fmt: skip
        write(self.folder / "plan.json", json.dumps(plan).encode())

    def load(self, folder: Path) -> None:
        """Take up a checkpoint."""
        self.table = unpack((folder / FILE).read_bytes())
        state = json.loads((folder / "state.json").read_bytes())
        self.step = state["step"]
        self.chance.bit_generator.state = state["chance"]

    def kept(self) -> list[dict[str, Any]]:
        """Return the checkpoints that are there."""
        path = self.folder / "checkpoints.json"
        return list(json.loads(path.read_bytes())) if path.exists() else []

    def advance(self) -> float:
        """Make a step."""
        chosen = self.train[self.chance.integers(0, len(self.train), BATCH)]
        loss, gradient = loss_of(self.table, chosen)
        self.table -= self.rate * gradient
        self.step += 1
        append(self.folder / "curve.jsonl", {"step": self.step, "loss": loss, "learning_rate": self.rate,
                                             "tokens_per_s": 1000.0, "elapsed_s": float(self.step)})  # fmt: skip
        return loss

    def keep(self, loss: float) -> None:
        """Keep a checkpoint."""
        heldout, _ = loss_of(self.table, self.heldout)
        name = f"checkpoints/{self.step:06d}"
        unfinished = self.folder / "checkpoints" / ".unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        (unfinished / FILE).write_bytes(pack(self.table))
        state = {"step": self.step, "chance": self.chance.bit_generator.state}
        (unfinished / "state.json").write_text(json.dumps(state))
        shutil.rmtree(self.folder / name, ignore_errors=True)
        Path(unfinished).replace(self.folder / name)
        kept = [each for each in self.kept() if each["step"] < self.step]
        kept.append({"step": self.step, "loss": loss, "heldout_loss": heldout, "bits_per_byte": heldout / np.log(2),
                     "folder": name, "size_bytes": 1, "at": "2026-11-22T20:00:00+00:00", "is_best": False})  # fmt: skip
        best = min(kept, key=lambda each: float(each["heldout_loss"]))
        kept = [{**each, "is_best": each["step"] == best["step"]} for each in kept]
        write(self.folder / "checkpoints.json", json.dumps(kept).encode())
        append(self.folder / "curve.jsonl", {"step": self.step, "heldout_loss": heldout,
                                             "bits_per_byte": heldout / float(np.log(2))})  # fmt: skip

    def say(self, prompt: str) -> None:
        """Say something."""
        for number in (1, 2):
            chance, text = np.random.default_rng(number), prompt or self.signs[0]
            for _ in range(60):
                at = self.signs.index(text[-1]) if text[-1] in self.signs else 0
                odds = np.exp(self.table[at] - self.table[at].max())
                text += self.signs[chance.choice(len(self.signs), p=odds / odds.sum())]
            line = {"step": self.step, "prompt": prompt, "seed": number, "text": text}
            append(self.folder / "samples.jsonl", line)
        preview(text)

    def finish(self, name: str) -> dict[str, Any]:
        """Make the model."""
        made = self.folder / ".model"
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(Path(__file__).parent / "speaker", made)
        (made / "weights").mkdir()
        (made / "weights" / FILE).write_bytes(pack(self.table))
        (made / "weights" / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
        (made / "weights" / "tokenizer.json").write_text(json.dumps(self.signs))
        (made / "gesso.toml").write_text(f'name = "{name}"\ncategory = "text"\n')
        (made / "README.md").write_text(f"# {name}\n")
        report = {"steps": self.step, "heldout_loss": loss_of(self.table, self.heldout)[0]}
        (made / "training.json").write_text(json.dumps({"steps": self.step}))
        shutil.rmtree(self.folder / "model", ignore_errors=True)
        Path(made).replace(self.folder / "model")
        write(self.folder / "report.json", json.dumps(report).encode())
        return report


class Bigrams(Model):
    """A trainer."""

    @command
    def run(  # noqa: PLR0913 - the inputs of a trainer
        self,
        dataset: File,
        base: str = "",
        preset: Literal["quick", "standard"] = "quick",
        max_steps: Annotated[int, Range(0, 100_000)] = 0,
        prompt: str = "",
        learning_rate: float = 20.0,
        name: str = "",
        from_checkpoint: str = "",
        step_s: float = 0.0,
        keep_every: int = 10,
        die_at: int = 0,
    ) -> Json:
        """Train. `step_s` makes it slow, `die_at` has the disk full at a step, both for tests."""
        course = Course(dataset.path, steps=max_steps or STEPS[preset], rate=learning_rate, every=keep_every)
        course.begin(from_checkpoint)
        if base:
            log(f"The base has {sorted(path.name for path in Path(base).iterdir())}")
        loss = 0.0
        while course.step < course.steps and wanted() != "finish":
            loss = course.advance()
            time.sleep(step_s)
            if die_at == course.step and not (course.folder / "died").exists():
                (course.folder / "died").touch()
                raise OSError(28, "No space left on device")
            if course.step % keep_every == 0 or wanted() == "pause":
                course.keep(loss)
                course.say(prompt)
            if wanted() == "pause":
                raise CanceledError("It pauses.")
            progress(course.step / course.steps, f"step {course.step} of {course.steps}, loss {loss:.2f}")
        if not course.kept() or course.kept()[-1]["step"] < course.step:
            course.keep(loss)
        return course.finish(name)

    @command
    def estimate(
        self,
        dataset: File,
        base: str = "",
        preset: Literal["quick", "standard"] = "quick",
        max_steps: int = 0,
    ) -> Json:
        """Say how long it would take."""
        steps = max_steps or STEPS[preset]
        told = [f"It has {dataset.size_bytes} bytes.", *(["It has a base."] if base else [])]
        return {"steps": steps, "seconds": steps / 100, "tokens_per_s": 1e4, "parameters": 100, "words": told}

    @command
    def convert(self, folder: str, name: str, licence: str = "", source: str = "") -> Json:
        """Make a model of a folder with weights."""
        place = Path(folder)
        shutil.copy(Path(__file__).parent / "speaker" / "model.py", place / "model.py")
        (place / "gesso.toml").write_text(f'name = "{name}"\nlicence = "{licence}"\nsource = "{source}"\n')
        return {}
