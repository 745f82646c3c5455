"""The trainer as a model: from a dataset to a folder that runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
import transformers
from tokenizers import Tokenizer

from gesso import File, InputError
from gesso.errors import CanceledError, ModelError
from gesso.spec.runnable import Preview, Progress
from gesso.testing import Trial, run_model
from gesso.trainers.text import huggingface
from gesso.trainers.text.gpt import Shape
from gesso.trainers.text.learner import Learner
from gesso.trainers.text.model import TextTrainer
from tests.trainers.text.given import write_dataset
from tests.trainers.text.test_gpt import fresh
from tests.trainers.text.test_tokens import BYTES

SMALL: dict[str, Any] = {"layers": 2, "heads": 2, "width": 16, "block_size": 32, "batch_tokens": 256, "vocabulary": 300}
QUICK: dict[str, Any] = {"max_steps": 12, "every": 4, "precision": "fp32", "prompt": "the fox", "learning_rate": 1e-2}


def train(dataset: Path, kept: Path, **more: Any) -> Trial:
    return run_model(TextTrainer, "run", checkpoints=kept, dataset=File(dataset), **{**SMALL, **QUICK, **more})


def trained(folder: Path, **more: Any) -> Path:
    folder.mkdir(exist_ok=True)
    train(write_dataset(folder), folder / "kept", **more)
    return folder / "kept"


def test_a_run_leaves_a_model_that_transformers_reads(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    trial = train(write_dataset(tmp_path), kept, name="fox")
    report = trial.output
    assert report == json.loads((kept / "report.json").read_text())
    assert report["heldout_loss"] < report["first"]["heldout_loss"]
    assert report["fast_form"]["divergence"] < 0.1
    assert [event.fraction for event in trial.events if isinstance(event, Progress)][-1] == 1
    assert [event.value[:7] for event in trial.events if isinstance(event, Preview)] == ["the fox"] * 3
    weights = kept / "model" / "weights"
    assert {path.name for path in weights.iterdir()} >= {"config.json", "generation_config.json", "ct2"}
    assert json.loads((weights / "config.json").read_text())["begins_after"] == ["Ċ"]
    tokenizer = transformers.AutoTokenizer.from_pretrained(weights)
    ours = Tokenizer.from_file(str(weights / "tokenizer.json"))
    text = "the fox, über 東京\n\n1"
    assert tokenizer(text)["input_ids"] == ours.encode(text).ids
    assert tokenizer.decode(ours.encode(text).ids) == text
    theirs = transformers.GPT2LMHeadModel.from_pretrained(weights)
    assert theirs.generate(torch.tensor([ours.encode("the").ids]), max_new_tokens=3, do_sample=False).shape[1] >= 3


def test_the_model_says_how_it_was_made(tmp_path: Path) -> None:
    kept = trained(tmp_path, name="fox")
    made = json.loads((kept / "model" / "training.json").read_text())
    assert made["options"]["max_steps"] == 12
    assert "dataset" not in made["options"]
    assert len(made["plan"]["dataset_sha256"]) == 64
    assert [point["step"] for point in made["curve"] if "heldout_loss" in point] == [4, 8, 12]
    assert made["versions"].keys() >= {"gesso", "torch"}
    card = (kept / "model" / "README.md").read_text()
    assert "bits a byte" in card
    assert "the fox" in card
    assert 'name = "fox"' in (kept / "model" / "gesso.toml").read_text()
    assert (kept / "model" / "model.py").is_file()


def test_a_run_can_begin_from_a_base_that_a_run_has_made(tmp_path: Path) -> None:
    base = trained(tmp_path / "first", max_steps=60, every=20) / "model" / "weights"
    for method in ("full", "lora"):
        kept = tmp_path / method
        report = train(write_dataset(tmp_path), kept, base=str(base), method=method, learning_rate=3e-3).output
        assert report["first"]["step"] == 0
        assert report["first"]["heldout_loss"] < 4.5  # it knows the words already; from nothing it would be 5.7
        assert report["heldout_loss"] < report["first"]["heldout_loss"]
        pieces = [json.loads((folder / "tokenizer.json").read_text())["model"] for folder in (kept, base)]
        assert pieces[0] == pieces[1]
        assert json.loads((kept / "plan.json").read_text())["method"] == method


@pytest.mark.parametrize("method", ["full", "lora"])
def test_a_run_from_a_base_that_is_finished_before_it_has_learnt_makes_a_model_of_the_base(
    tmp_path: Path, method: str
) -> None:
    base = trained(tmp_path / "first") / "model" / "weights"
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "wanted").write_text("finish")
    report = train(write_dataset(tmp_path), kept, base=str(base), method=method).output
    assert (report["steps"], report["best_step"]) == (0, 0)
    assert report["bits_per_byte"] == pytest.approx(report["first"]["bits_per_byte"])
    old, new = (safetensors.torch.load_file(each / "model.safetensors") for each in (base, kept / "model" / "weights"))
    assert all(bool((old[name] == new[name]).all()) for name in old)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_a_run_from_a_base_is_taken_up_exactly(tmp_path: Path, method: str) -> None:
    base = trained(tmp_path / "first") / "model" / "weights"
    dataset, whole, broken = write_dataset(tmp_path), tmp_path / "whole", tmp_path / "broken"
    train(dataset, whole, base=str(base), method=method)
    broken.mkdir()
    (broken / "wanted").write_text("pause")
    with pytest.raises(CanceledError):
        train(dataset, broken, base=str(base), method=method)
    (broken / "wanted").unlink()
    shutil.copytree(whole / "checkpoints" / "000008", broken / "checkpoints" / "000008")
    train(dataset, broken, base=str(base), method=method)
    samples = [(folder / "samples.jsonl").read_text().splitlines()[-3:] for folder in (whole, broken)]
    assert samples[0] == samples[1]
    for part in ("weights/model.safetensors", "weights/ct2/model.bin"):
        assert (broken / "model" / part).read_bytes() == (whole / "model" / part).read_bytes()


@pytest.mark.parametrize("method", ["full", "lora"])
def test_a_run_can_begin_from_a_checkpoint_of_another(tmp_path: Path, method: str) -> None:
    base = trained(tmp_path / "first") / "model" / "weights"
    train(write_dataset(tmp_path), tmp_path / "second", base=str(base), method=method)
    folder = tmp_path / "second" / "checkpoints" / "000012"
    third = tmp_path / "third"
    report = train(write_dataset(tmp_path), third, from_checkpoint=str(folder), learning_rate=1e-4).output
    before = json.loads((tmp_path / "second" / "report.json").read_text())
    assert report["first"]["heldout_loss"] == pytest.approx(before["heldout_loss"], abs=1e-5)


def test_characters_are_a_vocabulary_too(tmp_path: Path) -> None:
    kept = trained(tmp_path, pieces="characters")
    tokenizer = Tokenizer.from_file(str(kept / "tokenizer.json"))
    assert tokenizer.decode(tokenizer.encode("the fox\nsang").ids) == "the fox\nsang"
    assert tokenizer.get_vocab_size() < 40


def test_an_estimate_keeps_nothing(tmp_path: Path) -> None:
    told = run_model(TextTrainer, "estimate", dataset=File(write_dataset(tmp_path)), **SMALL).output
    assert told["steps"] >= 20
    assert told["seconds"] > 0
    assert told["tokens_per_s"] > 0
    assert told["memory_mb"] > 100
    assert told["words"]
    assert list(tmp_path.iterdir()) == [tmp_path / "dataset.jsonl"]


def test_the_model_that_is_made_speaks(tmp_path: Path) -> None:
    kept = trained(tmp_path)
    said = run_speaker(kept / "model", prompt="the fox", max_characters=40, seed=3)
    assert said.startswith("the fox")
    assert len(said) in range(8, 48)


def run_speaker(folder: Path, **inputs: Any) -> str:
    from gesso.runtime.worker.loading import load_class
    from gesso.testing import set_up

    speaker = set_up(load_class(folder / "model.py"))
    trial = run_model(speaker, **inputs)
    return str(trial.outputs["generated_text"])


@pytest.mark.parametrize("is_older", [False, True])
def test_somebody_elses_weights_become_a_model_that_runs(tmp_path: Path, is_older: bool) -> None:
    weights = tmp_path / "theirs" / "weights"
    huggingface.write(fresh(Shape(vocabulary=300, context=32, layers=1, heads=2, width=16)), weights, end=0)
    BYTES.save(str(weights / "tokenizer.json"))
    if is_older:
        said = json.loads((weights / "tokenizer.json").read_text())["model"]
        (weights / "tokenizer.json").unlink()
        (weights / "vocab.json").write_text(json.dumps(said["vocab"]))
        (weights / "merges.txt").write_text("".join(f"{' '.join(pair)}\n" for pair in said["merges"]))
    told = run_model(TextTrainer, "convert", folder=str(weights.parent), name="theirs", licence="MIT").output
    assert told["divergence"] < 0.1
    assert 'licence = "MIT"' in (weights.parent / "gesso.toml").read_text()
    assert run_speaker(weights.parent, prompt="the fox", max_characters=20, seed=1).startswith("the fox")


# -- what is refused --------------------------------------------------------------------------------------------------


def refusal(dataset: Path, kept: Path, **more: Any) -> str:
    with pytest.raises((InputError, ModelError)) as caught:
        train(dataset, kept, **more)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "more text"),
        ('{"text": "a few words", "split": "train"}\n', "more text"),
        ("no json\n", "line 1"),
        ('{"text": "words"}\n', "line 1"),
        ("[1]\n", "line 1"),
    ],
)
def test_what_is_no_dataset_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "dataset.jsonl").write_text(text)
    assert said in refusal(tmp_path / "dataset.jsonl", tmp_path / "kept")


def test_a_base_that_is_none_is_refused(tmp_path: Path) -> None:
    dataset, base = write_dataset(tmp_path), tmp_path / "base"
    assert "config.json" in refusal(dataset, tmp_path / "1", base=str(base))
    shutil.copytree(trained(tmp_path / "made") / "model" / "weights", base)
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**config, "model_type": "llama"}))
    assert "llama" in refusal(dataset, tmp_path / "2", base=str(base))
    (base / "config.json").write_text(json.dumps({**config, "n_embd": 64}))
    assert "shape" in refusal(dataset, tmp_path / "3", base=str(base))
    (base / "config.json").write_text(json.dumps(config))
    whole = (base / "model.safetensors").read_bytes()
    (base / "model.safetensors").write_bytes(whole[:-400] + b"\xff" * 400)
    assert "NaN" in refusal(dataset, tmp_path / "nan", base=str(base))
    (base / "model.safetensors").rename(base / "pytorch_model.bin")
    assert "may run code" in refusal(dataset, tmp_path / "4", base=str(base))
    (base / "model.safetensors").write_bytes(b"\x00" * 100)
    assert "cannot be read" in refusal(dataset, tmp_path / "5", base=str(base))
    (base / "tokenizer.json").write_text("{}")
    assert "tokenizer" in refusal(dataset, tmp_path / "6", base=str(base))


def test_another_base_in_its_place_is_noticed(tmp_path: Path) -> None:
    dataset, base, kept = write_dataset(tmp_path), tmp_path / "base", tmp_path / "kept"
    shutil.copytree(trained(tmp_path / "made") / "model" / "weights", base)
    kept.mkdir()
    (kept / "wanted").write_text("pause")
    with pytest.raises(CanceledError):
        train(dataset, kept, base=str(base))
    shutil.rmtree(base)
    shutil.copytree(trained(tmp_path / "other", max_steps=4) / "model" / "weights", base)
    assert "another one in its place" in refusal(dataset, kept, base=str(base))


def test_heads_that_do_not_divide_the_width_are_refused(tmp_path: Path) -> None:
    assert "heads" in refusal(write_dataset(tmp_path), tmp_path / "kept", heads=3)


def test_a_full_disk_stops_the_run_with_a_word_and_keeps_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gesso.trainers.text import checkpoints

    saved = safetensors.torch.save_file

    def save_file(tensors: Any, path: Path, **more: Any) -> None:
        if "000008" in str(path) and path.name == "optimizer.safetensors":
            raise RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)")
        saved(tensors, path, **more)

    monkeypatch.setattr(checkpoints, "save_file", save_file)
    said = refusal(write_dataset(tmp_path), tmp_path / "kept")
    assert "The disk is full" in said
    assert [path.name for path in (tmp_path / "kept" / "checkpoints").iterdir()] == ["000004"]
    monkeypatch.undo()
    assert train(write_dataset(tmp_path), tmp_path / "kept").output["steps"] == 12


def test_a_loss_that_is_no_number_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Learner, "learn", lambda *_, **__: float("nan"))
    assert "lower learning rate" in refusal(write_dataset(tmp_path), tmp_path / "kept")
