from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gesso.cli.results import write
from gesso.errors import DiskFullError
from gesso.types.image import Image, ImageType
from tests.cli.conftest import Gesso, write_model, write_picture

TURN = """
class Turn(Model):
    def run(self, photo: Image, times: int = 1) -> Image:
        if photo.width == 7:
            raise ValueError("seven is not my number")
        return Image(np.rot90(photo.pixels, times).copy())
"""
CAPTION = """
class Caption(Model):
    def run(self, photo: Image) -> str:
        return "never called"
    def run_batch(self, photo: list[Image]) -> list[str]:
        log(f"{len(photo)} at once")
        return [ValueError("odd") if each.width % 2 else f"{each.width} wide" for each in photo]
"""


@pytest.fixture
def photos(work: Path) -> Path:
    """A folder with two pictures, a text that is called a picture, and other things."""
    write_picture(work / "photos/b.png")
    write_picture(work / "photos/A.jpg", width=64)
    (work / "photos/broken.png").write_text("not a picture")
    (work / "photos/notes.txt").write_text("not called a picture")
    (work / "photos/.hidden.png").write_text("not shown")
    return work / "photos"


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_goes_on_past_a_broken_file_and_says_so_at_the_end(gesso: Gesso, photos: Path) -> None:
    ended = gesso("run", write_model(TURN), "--trust", "-i", "photo=@photos/", "-i", "times=2", "-o", "out/")
    assert ended.code == 7
    assert names("out") == ["A.png", "b.png"]
    *_, failed, which, done = ended.err.splitlines()
    assert (done, failed) == ("2 of 3 files are done: out", "1 failed:")
    assert "broken.png: expected a picture" in which
    assert "a text file of 13 bytes" in which


def test_a_file_at_which_the_model_fails_is_passed_too(gesso: Gesso, photos: Path) -> None:
    write_picture(photos / "seven.png", width=7)
    (photos / "broken.png").unlink()
    ended = gesso("run", write_model(TURN), "--trust", "-i", "photo=@photos", "-o", "out")
    assert ended.code == 7
    assert "seven is not my number" in ended.err


def test_all_is_well(gesso: Gesso, photos: Path) -> None:
    (photos / "broken.png").unlink()
    ended = gesso("run", write_model(TURN), "--trust", "-i", "photo=@photos", "-o", "output=out", "-q")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert names("out") == ["A.png", "b.png"]


def test_json_has_an_item_for_each_file(gesso: Gesso, photos: Path) -> None:
    ended = gesso("run", write_model(TURN), "--trust", "-i", "photo=@photos", "-o", "out", "--json")
    assert ended.code == 7
    first, second, broken = ended.json
    assert first == {"input": str(Path("photos/A.jpg")), "output": str(Path("out/A.png"))}
    assert second["output"] == str(Path("out/b.png"))
    assert broken["error"]["code"] == "input"


def test_without_o_pictures_get_a_new_folder(gesso: Gesso, photos: Path) -> None:
    model = write_model(TURN, "turn.py")
    assert gesso("run", model, "--trust", "-i", "photo=@photos").out == "turn-photos\n"
    assert gesso("run", model, "-i", "photo=@photos").out == "turn-photos-2\n"


def test_several_outputs_are_told_apart_by_name(gesso: Gesso, photos: Path) -> None:
    model = write_model("""
        @dataclass
        class Both:
            words: str
            picture: Image
        class Two(Model):
            def run(self, photo: Image) -> Both:
                return Both("hello", photo)
    """)
    gesso("run", model, "--trust", "-i", "photo=@photos", "-o", "out")
    assert names("out") == ["A-picture.png", "A-words.txt", "b-picture.png", "b-words.txt"]


def test_pictures_of_one_name_do_not_write_over_each_other(gesso: Gesso, photos: Path) -> None:
    write_picture(photos / "b.jpg")
    gesso("run", write_model(TURN), "--trust", "-i", "photo=@photos", "-o", "out")
    assert names("out") == ["A.png", "b-jpg.png", "b-png.png"]


def test_a_model_that_takes_several_at_once_gets_several(gesso: Gesso, photos: Path) -> None:
    write_picture(photos / "odd.png", width=5)
    ended = gesso("run", write_model(CAPTION), "--trust", "-i", "photo=@photos")
    assert ended.code == 7
    assert ended.out == "A.jpg: 64 wide\nb.png: 48 wide\n"
    assert "3 at once" in ended.err
    assert "odd.png: The model failed: ValueError: odd." in ended.err


def test_many_files_go_in_batches(gesso: Gesso, work: Path) -> None:
    for number in range(10):
        write_picture(work / f"photos/{number}.png")
    ended = gesso("run", write_model(CAPTION), "--trust", "-i", "photo=@photos")
    assert (ended.code, len(ended.out.splitlines())) == (0, 10)
    assert "8 at once" in ended.err
    assert "2 at once" in ended.err


def test_what_is_wrong_for_all_is_told_once(gesso: Gesso, photos: Path) -> None:
    model = write_model(
        "class Broken(Model):\n    def setup(self):\n        1 / 0\n" + TURN.replace("class Turn(Model):", "")
    )
    ended = gesso("run", model, "--trust", "-i", "photo=@photos", "-o", "out")
    assert ended.code == 1
    assert ended.err.count("ZeroDivisionError") == 2  # in the message, and in the traceback below it


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-i", "photo=@photos", "-o", "out.png"], 2, "-o out/"),
        (["-i", "photo=@photos", "-o", "photos"], 2, "would take the outputs for inputs"),
        (["-i", "photo=@photos", "-o", "photos/../photos"], 2, "-o model-here-photos/"),
        (["-i", "photo=@photos", "-o", "photos/A.jpg/out/"], 2, "is a file, not a folder"),
        (["-i", "photo=@photos", "-o", "-"], 2, "there will be many"),
        (["-i", "photo=@photos", "--resume"], 2, "with -o and a folder"),
        (["-i", "photo=@photos/b.png", "-o", "out/", "--resume"], 2, "with -o and a folder"),
        (["-i", "photo=@empty", "-o", "out"], 3, "which has none"),
        (["-i", "photo=@photos", "-o", "out", "-o", "output=b"], 2, "takes all the outputs"),
        (["-i", "photo=@photos", "-i", "times=@photos"], 2, "photo and times are"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(
    gesso: Gesso, photos: Path, words: list[str], code: int, said: str
) -> None:
    Path("empty").mkdir()
    ended = gesso("run", write_model(TURN), "--trust", *words)
    assert ended.code == code
    assert said in ended.err
    assert "Starting" not in ended.err


def test_texts_may_lie_beside_the_pictures_that_they_are_about(gesso: Gesso, photos: Path) -> None:
    model = write_model("class Say(Model):\n    def run(self, photo: Image) -> str:\n        return 'a fox'\n")
    (photos / "broken.png").unlink()
    assert gesso("run", model, "--trust", "-i", "photo=@photos", "-o", "photos").code == 0
    assert (photos / "A.txt").read_text() == "a fox"


def test_a_disk_that_is_full_ends_it_and_says_how_to_go_on(
    gesso: Gesso, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "broken.png").unlink()
    model = write_model(TURN, "my model.py")

    def write_once(data_type: ImageType, value: Image, *, path: Path) -> list[Path]:
        if path.name == "b.png":
            raise DiskFullError("The disk is full.")
        return write(data_type, value, path=path)

    with monkeypatch.context() as patch:
        patch.setattr("gesso.cli.runner.write", write_once)
        ended = gesso("run", model, "--trust", "-i", "photo=@photos")
    assert ended.code == 1
    assert "failed:" not in ended.err
    *_, done, how, why = ended.err.splitlines()
    assert done == "1 of 2 files are done: my-model-photos"
    assert how.startswith('Go on where it stopped: gesso run "./my model.py"')
    assert why == "The disk is full."
    words = shlex.split(how.partition(": gesso ")[2])
    (photos.parent / "my-model-photos/A.png").write_text("is not made again")
    again = gesso(*words)
    assert again.code == 0
    assert again.err.splitlines()[-1] == "2 of 2 files are done, 1 of them earlier: my-model-photos"
    assert (photos.parent / "my-model-photos/A.png").read_text() == "is not made again"
    assert gesso(*words).err == "2 of 2 files are done, 2 of them earlier: my-model-photos\n"


def test_going_on_wants_all_outputs_of_a_file(gesso: Gesso, photos: Path) -> None:
    model = write_model("""
        @dataclass
        class Parts:
            words: str
            frames: list[Image]
            notes: File
        class Split(Model):
            def run(self, photo: Image) -> Parts:
                return Parts("hello", [photo, photo], File(b"x", name="notes.csv"))
    """)
    (photos / "broken.png").unlink()
    gesso("run", model, "--trust", "-i", "photo=@photos", "-o", "out")
    for path in ("out/A-frames-1.png", "out/b-notes.csv"):
        Path(path).unlink()
        assert "2 of 2 files are done, 1 of them earlier: out" in gesso(
            "run", model, "-i", "photo=@photos", "-o", "out", "--resume"
        ).err  # fmt: skip
        assert Path(path).is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console, this test's own too")
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_ctrl_c_says_how_much_is_done_and_how_to_go_on(home: Path, photos: Path, more: list[str]) -> None:
    model = write_model("""
        class Wait(Model):
            def run(self, photo: Image) -> Image:
                while photo.width == 48:
                    progress(0.5, "Waiting")
                    time.sleep(0.01)
                return photo
    """)
    words = ["run", model, "--trust", "-i", "photo=@photos", "-o", "out", *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "gesso.cli.main", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "b.png  Waiting" in line:
            break
    os.kill(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[-3:] == [
        "1 of 3 files are done: out",
        f"Go on where it stopped: gesso {' '.join(words)} --resume",
        "Canceled.",
    ]
    assert names("out") == ["A.png"]
    assert not more or [Path(item["output"]).name for item in json.loads(out)] == ["A.png"]


def test_a_warning_says_which_file_it_is_about(gesso: Gesso, photos: Path) -> None:
    model = write_model("""
        class Warn(Model):
            def run(self, photo: Image) -> int:
                log("rather small", "warning")
                return photo.width
    """)
    ended = gesso("run", model, "--trust", "-i", "photo=@photos")
    assert "warning: A.jpg: rather small" in ended.err


def test_a_fault_inside_the_model_points_to_the_doctor_once(gesso: Gesso, photos: Path) -> None:
    for name in ("seven.png", "seventh.png"):
        write_picture(photos / name, width=7)
    ended = gesso("run", write_model(TURN), "--trust", "-i", "photo=@photos", "-o", "out")
    assert ended.err.count("gesso doctor ./model_here.py") == 1
    assert ended.err.splitlines()[-1] == "2 of 5 files are done: out"


def test_only_one_input_can_be_a_folder(gesso: Gesso, photos: Path) -> None:
    model = write_model("class Mix(Model):\n    def run(self, a: Image, b: Image) -> Image:\n        return a\n")
    ended = gesso("run", model, "--trust", "-i", "a=@photos", "-i", "b=@photos")
    assert ended.code == 2
    assert "a and b are" in ended.err
