"""`gesso train` and `gesso datasets`, here and through a Gesso that serves."""

from __future__ import annotations

import hashlib
import json
import signal
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Gesso
from tests.training.program import serving, start
from tests.training.trainers import TEXT, boxed


@pytest.fixture(autouse=True)
def box(work: Path, warm_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the small trainer; beside it lies `snow.txt`."""
    (work / "snow.txt").write_text(TEXT)
    with boxed(work / "trainers", monkeypatch) as folder:
        return folder


def trained(gesso: Gesso, *words: str) -> Ended:
    return gesso("train", "bigrams", *words)


def test_a_text_becomes_a_model_in_one_command(gesso: Gesso) -> None:
    done = trained(gesso, "snow.txt", "--name", "snow-poet", "--max-steps", "20", "--prompt", "The")
    assert (done.code, done.out) == (0, "snow-poet\n"), done.err
    for told in ("Dataset snow: 1 document", "held out", "20 steps", "It will stammer", "step 20: held-out loss",
                 "step 20 says: The", "gesso run snow-poet"):  # fmt: skip
        assert told in done.err
    said = gesso("run", "snow-poet", "-i", "prompt=The", "--json")
    assert said.json["generated_text"].startswith("The")
    assert "snow-poet" in gesso("train").out
    shown = gesso("train", "show", "snow-poet")
    assert "from nothing" in shown.out
    assert "stands word for word in your text" in shown.out
    assert "stands word for word in your text" in done.err
    assert "which all learn" in done.err
    assert "how surprised it is" in done.err
    stopped = gesso("train", "stop", "snow-poet")
    assert "The training is done." in stopped.err
    assert "gesso run snow-poet" in stopped.err
    assert "step 20, seed 1:" in shown.out
    assert gesso("train", "show", "snow-poet", "--json").json["status"] == "succeeded"
    assert [each["step"] for each in gesso("train", "checkpoints", "snow-poet", "--json").json] == [10, 20]


def test_its_options_are_those_of_the_spec(gesso: Gesso) -> None:
    text = gesso("train", "bigrams", "--help").out
    assert "--max-steps NUMBER" in text
    assert "One of: quick, standard. [quick]" in text
    assert "--from-checkpoint" not in text
    for words, code in (
        (("--preset", "eternal"), 3),
        (("--max-steps", "many"), 3),
        (("--max-steps", "-1"), 3),
        (("--nonsense", "1"), 2),
        (("--name", "No Name"), 3),
    ):
        assert trained(gesso, "snow.txt", *words).code == code, words
    assert gesso("train", "nonsense", "snow.txt").code == 2
    assert "gesso train bigrams snow.txt" in gesso("train", "snow.txt").err
    assert gesso("train", "list", "--json").json == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "What is it to learn from?"),
        (("none.txt",), 4, "There is no file"),
        (("empty.txt",), 3, "an empty file"),
        (("photo.png",), 3, "a PNG picture"),
        (("short.txt",), 3, "at least 1 kB"),
        (("table.csv",), 3, "Name one. There are: a, b"),
        (("table.csv", "--column", "c"), 3, "There are: a, b"),
        (("snow.txt", "--dataset", "snow"), 2, "do not go together"),
        (("--dataset", "none"), 4, "no dataset"),
        (("snow.txt", "--base", "./none"), 4, "no folder"),
        (("snow.txt", "--base", "nobody"), 3, "repository of the hub"),
        (("snow.txt", "--detach"), 1, "Start one first"),
        (("--recipe", "none.json"), 4, "no recipe"),
        (("--recipe", "snow.txt"), 3, "training.json"),
    ],
)
def test_what_is_wrong_is_said_in_words(gesso: Gesso, work: Path, words: tuple[str, ...], code: int, told: str) -> None:
    (work / "empty.txt").touch()
    (work / "short.txt").write_text("A short poem.")
    (work / "table.csv").write_text("a,b\nsnow,rain\n")
    ended = trained(gesso, *words)
    assert told in ended.err
    assert ended.code == code


def test_a_recipe_makes_the_same_model_again(gesso: Gesso, home: Path) -> None:
    assert trained(gesso, "snow.txt", "--name", "first", "--max-steps", "12", "--seed", "3").code == 0
    folder = home / "models" / "trained"
    again = trained(gesso, "--recipe", str(folder / "first" / "training.json"), "--name", "second")
    assert again.code == 0, again.err
    weights = [folder / name / "weights" / "model.safetensors" for name in ("first", "second")]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert gesso("train", "show", "second", "--json").json["options"] == {"max_steps": 12}
    gesso("datasets", "delete", "snow")
    missing = trained(gesso, "--recipe", str(folder / "first"), "--name", "third")
    assert "Name the files that it was made of" in missing.err
    assert trained(gesso, "snow.txt", "--recipe", str(folder / "first"), "--name", "third").code == 0


def test_a_list_of_texts_is_a_recipe_too(gesso: Gesso, work: Path, home: Path) -> None:
    (work / "tales").mkdir()
    texts = {"snow.txt": TEXT, "rain.txt": f"{TEXT[::-1]}\n"}
    listed = ["[options]", 'name = "teller"', "max_steps = 6", "seed = 3", "[material]", 'heldout = ["rain.txt"]']
    for name, text in texts.items():
        (work / "tales" / name).write_text(text)
    sums = [f'"{name}" = "{hashlib.sha256(text.encode()).hexdigest()}"' for name, text in texts.items()]
    (work / "tales.toml").write_text("\n".join([*listed, "[material.files]", *sums]))
    done = trained(gesso, "tales", "--recipe", "tales.toml")
    assert (done.code, done.out) == (0, "teller\n"), done.err
    assert "Dataset teller: 2 documents" in done.err
    assert "50% are held out" in done.err
    told = json.loads((home / "models" / "trained" / "teller" / "training.json").read_text())["recipe"]
    assert (told["seed"], told["inputs"]["max_steps"], told["inputs"]["base"]) == (3, 6, "nothing")
    assert "the folder in which" in trained(gesso, "--recipe", "tales.toml").err
    (work / "tales" / "rain.txt").write_text("Other words.")
    refused = trained(gesso, "tales", "--recipe", "tales.toml")
    assert refused.code == 3
    assert "rain.txt with the SHA-256" in refused.err


def test_a_model_is_exported_and_imported(gesso: Gesso, work: Path, home: Path) -> None:
    assert trained(gesso, "snow.txt", "--name", "poet", "--max-steps", "5").code == 0
    done = gesso("train", "export", "poet", "-o", "out")
    assert (done.code, done.out) == (0, "out\n"), done.err
    assert {"config.json", "model.safetensors", "tokenizer.json", "README.md"} <= {
        p.name for p in Path("out").iterdir()
    }
    assert gesso("train", "export", "poet", "-o", "out").code == 3
    assert gesso("train", "export", "none", "-o", "other").code == 4
    (work / "trainers" / "bigrams").rename(work / "trainers" / "text")
    (work / "secret").write_text("mine alone")
    (work / "out" / "notes.txt").symlink_to(work / "secret")
    done = gesso("train", "import", "out", "--name", "guest")
    assert (done.code, done.out) == (0, "guest\n"), done.err
    assert not (home / "models" / "trained" / "guest" / "weights" / "notes.txt").exists()
    (work / "out.zip").touch()
    assert "unpack it first" in gesso("train", "import", "out.zip").err
    assert gesso("run", "guest", "-i", "prompt=The", "--json").json["generated_text"].startswith("The")
    assert gesso("train", "import", "./out", "--name", "guest").code == 3
    (work / "out" / "model.safetensors").rename(work / "out" / "pytorch_model.bin")
    assert "To read a pickle is to run it" in gesso("train", "import", "./out", "--name", "other").err


def test_a_run_that_broke_off_says_what_is_kept_and_only_then(gesso: Gesso) -> None:
    kept = trained(gesso, "snow.txt", "--name", "late", "--die-at", "25")
    assert "gesso train resume late" in kept.err
    nothing = trained(gesso, "snow.txt", "--name", "early", "--die-at", "2")
    assert nothing.code == 1
    assert "resume" not in nothing.err


def test_an_estimate_trains_nothing(gesso: Gesso) -> None:
    done = trained(gesso, "snow.txt", "--max-steps", "6000", "--estimate")
    assert "About 60 seconds for 6,000 steps" in done.out
    assert trained(gesso, "snow.txt", "--estimate", "--json").json["steps"] == 40
    assert gesso("train", "--json").json == []


def test_ctrl_c_pauses_what_trains_here_and_resume_goes_on(gesso: Gesso, box: Path, home: Path) -> None:
    words = ("train", "bigrams", "snow.txt", "--name", "poet", "--step-s", "0.05", "--max-steps", "60")
    process = start(box, home, *words)
    assert process.stdout is not None
    told = ""
    while "step 10: held-out loss" not in told:
        told += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 130, told + rest
    assert "It pauses at step" in rest
    assert gesso("train", "--json").json[0]["status"] == "paused"
    done = gesso("train", "resume", "poet")
    assert done.code == 0, done.err
    assert "Going on from step" in done.err
    assert done.out == "poet\n"


def test_datasets_are_made_shown_and_deleted(gesso: Gesso, work: Path) -> None:
    (work / "poems").mkdir()
    (work / "poems" / "a.md").write_text(TEXT)
    (work / "poems" / "b.jpg").write_bytes(b"x")
    done = gesso("datasets", "add", "poems", "--name", "winter")
    assert (done.code, done.out) == (0, "winter\n")
    assert "left out: files that are no text, by their names (1)" in done.err
    assert "winter" in gesso("datasets").out
    shown = gesso("datasets", "show", "winter", "--samples", "1")
    assert "poems/a.md (train" in shown.out
    made = gesso("datasets", "show", "winter", "--json").json
    assert made["samples"][0]["text"].startswith(TEXT[:50])
    assert gesso("datasets", "delete", made["digest"][:10]).code == 0
    assert gesso("datasets", "--json").json == []
    assert gesso("datasets", "show", "winter").code == 4


def test_a_gesso_that_serves_does_it_all(gesso: Gesso, box: Path, home: Path, work: Path) -> None:
    with serving(box, home):
        (work / "winter").mkdir()
        (work / "winter" / "snow.txt").write_text(TEXT)
        (work / "winter" / "snow.jpg").touch()
        told = gesso("datasets", "add", "winter", "--name", "snow")
        assert told.out == "snow\n"
        assert "left out: files that are no text, by their names (1)" in told.err
        slow = ("--step-s", "0.02", "--max-steps", "5000")
        begun = trained(gesso, "--dataset", "snow", "--name", "poet", "--detach", *slow)
        assert begun.code == 0, begun.err
        end = time.monotonic() + 60
        while (latest := gesso("train", "show", "poet", "--json").json["latest"]) is None or latest["step"] < 11:
            assert time.monotonic() < end
        assert gesso("train", "pause", "poet").err == "poet is paused.\n"
        done = gesso("train", "fork", "poet", "--step", "10", "-O", "max-steps=5", "-O", "step_s=0", "--name", "fork")
        assert (done.code, done.out) == (0, "fork\n"), done.err
        assert gesso("train", "resume", "poet", "--detach").code == 0
        assert gesso("train", "stop", "poet").code == 0
        followed = gesso("train", "follow", "poet")
        assert (followed.code, followed.out) == (0, "poet\n"), followed.err
        assert gesso("train", "export", "fork", "-o", "out").code == 0
        assert json.loads((work / "out" / "config.json").read_bytes()) == {"model_type": "gpt2"}
        assert "train import" in trained(gesso, "--dataset", "snow", "--base", "./out").err
        assert gesso("train", "delete", "poet").code == 0
        assert gesso("run", "poet", "--json").code == 0
        assert gesso("train", "show", "poet").code == 4
