from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gesso.cli.commands import invoke
from gesso.jobs.marks import read_recipe
from tests.cli.conftest import Gesso, write_model, write_picture

BRIGHT = """
class Bright(Model):
    def setup(self, gain: Annotated[int, Range(1, 9)] = 2) -> None:
        self.gain = gain

    def run(self, photo: Image, plus: Annotated[int, Range(0, 50)] = 0) -> Image:
        progress(0.5, "Turning it up")
        print("made by print")
        return Image(np.clip(photo.rgb.astype(int) * self.gain + plus, 0, 255).astype(np.uint8))
"""
BOTH = """
@dataclass
class Both:
    words: str
    picture: Image
    points: Json

class Two(Model):
    def run(self, photo: Image) -> Both:
        return Both(f"{photo.width} x {photo.height}", photo, [{"x": 1}, {"x": 2}])
"""


@pytest.fixture
def bright(work: Path) -> str:
    return write_model(BRIGHT, "bright.py")


@pytest.fixture
def both(work: Path) -> str:
    return write_model(BOTH, "both.py")


def brightness(path: str) -> float:
    with PIL.Image.open(path) as picture:
        return float(np.asarray(picture).mean())


# -- inputs -----------------------------------------------------------------------------------------------------------


def test_an_input_is_a_file_or_typed(gesso: Gesso, bright: str) -> None:
    ended = gesso("run", bright, "--trust", "-i", "photo=@photo.png", "-i", "plus=5", "-o", "out.png")
    assert ended.code == 0
    assert brightness("out.png") > brightness("photo.png")


def test_an_input_can_come_from_standard_input(gesso: Gesso, bright: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = Path("photo.png").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert gesso("run", bright, "--trust", "-i", "photo=-", "-o", "out.png").code == 0
    assert Path("out.png").exists()


def test_a_missing_input_is_told_before_the_model_starts(gesso: Gesso, bright: str) -> None:
    ended = gesso("run", bright, "--trust")
    assert ended.code == 3
    assert "photo: expected a picture" in ended.err
    assert "Add -i photo=@photo.jpg" in ended.err
    assert "Starting" not in ended.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-i", "photo=photo.png"], 3, "-i photo=@photo.png"),
        (["-i", "photo=@nothing.png"], 3, "not there"),
        (["-i", "photo=@photo.png", "-i", "plus=99"], 3, "from 0 to 50"),
        (["-i", "photo=@photo.png", "-i", "minus=1"], 4, "There are: photo, plus"),
        (["-i", "photo"], 2, "-i photo=@photo.jpg"),
        (["-i", "photo=@photo.png", "--seed", "-1"], 3, "seed"),
        (["-i", "photo=@photo.png", "--option", "gain=10"], 3, "from 1 to 9"),
        (["-i", "photo=@photo.png", "--option", "loss=1"], 4, "There are: gain"),
        (["-i", "photo=@photo.png", "--seed", "one"], 2, "--seed"),
        (["-i", "photo=@photo.png", "-o", "photo.png"], 2, "written over"),
        (["-i", "photo=@photo.png", "-o", "link.png"], 2, "written over"),
        (["-i", "photo=@photo.png", "-o", "out.txt"], 2, "output: .png"),
        (["-i", "photo=@photo.png", "--device", "gpu"], 2, "cuda:1"),
        (["-i", "photo=@photo.png", "-o", "my out"], 2, '-o "my out/"'),
        (["-i", "photo=@photo.png", "-i", "photo=@photo.png"], 3, "name their folder"),
        (["-i", "photo=@photo.png", "-o", "sound=out.png"], 4, "There are: output"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    gesso: Gesso, bright: str, words: list[str], code: int, said: str
) -> None:
    Path("link.png").hardlink_to("photo.png")
    ended = gesso("run", bright, "--trust", *words)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_an_option_of_the_setup_reaches_the_model(gesso: Gesso, bright: str) -> None:
    for gain in ("1", "4"):
        gesso("run", bright, "--trust", "-i", "photo=@photo.png", "-o", f"{gain}.png", "--option", f"gain={gain}")
    assert brightness("4.png") > brightness("1.png")


def test_an_option_may_be_a_file(gesso: Gesso, work: Path) -> None:
    (work / "weights.bin").write_bytes(b"fox")
    model = write_model("""
        class Trained(Model):
            def setup(self, weights: File | None = None) -> None:
                self.word = weights.bytes().decode() if weights else "nothing"

            def run(self) -> str:
                return self.word
    """)
    assert gesso("run", model, "--trust", "-q").out == "nothing\n"
    assert gesso("run", model, "--option", "weights=@weights.bin", "-q").out == "fox\n"
    missing = gesso("run", model, "--option", "weights=@no.bin")
    assert (missing.code, missing.err.startswith("weights: expected a file")) == (3, True)


def test_a_text_that_is_an_address_stays_a_text(gesso: Gesso, work: Path) -> None:
    model = write_model("class Say(Model):\n    def run(self, prompt: str) -> str:\n        return prompt.upper()\n")
    assert gesso("run", model, "--trust", "-i", "prompt=https://a.b/c", "-q").out == "HTTPS://A.B/C\n"


def test_an_input_given_twice_makes_a_list(gesso: Gesso, work: Path) -> None:
    write_picture(work / "wide.png", width=64)
    model = write_model("""
        class Count(Model):
            def run(self, photos: list[Image]) -> list[int]:
                return [photo.width for photo in photos]
    """)
    assert gesso("run", model, "--trust", "-i", "photos=@photo.png", "-i", "photos=@wide.png").out == "[48, 64]\n"
    assert gesso("run", model, "--trust", "-i", "photos=@.").out == "[48, 64]\n"


def test_a_model_that_takes_a_folder_gets_it_whole(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        class Count(Model):
            def run(self, folder: Directory) -> int:
                return len(list(folder))
    """, "elsewhere/count.py")  # fmt: skip
    write_picture(work / "photos/a.png")
    write_picture(work / "photos/b.png")
    assert gesso("run", model, "--trust", "-i", "folder=@photos").out == "2\n"


# -- outputs ----------------------------------------------------------------------------------------------------------


def test_without_o_words_are_printed_and_pictures_get_a_new_file(gesso: Gesso, both: str) -> None:
    first = gesso("run", both, "--trust", "-i", "photo=@photo.png")
    assert first.out == 'words: 48 x 32\npoints: [\n  {"x": 1},\n  {"x": 2}\n]\npicture: both-picture.png\n'
    assert "picture: both-picture-2.png" in gesso("run", both, "-i", "photo=@photo.png").out
    assert Path("both-picture.png").exists()
    assert Path("both-picture-2.png").exists()


def test_o_picks_the_output_that_the_form_of_the_file_fits(gesso: Gesso, both: str) -> None:
    ended = gesso("run", both, "--trust", "-i", "photo=@photo.png", "-o", "new/out.jpg", "-o", "out.txt")
    assert (ended.code, ended.out) == (0, "")
    assert Path("new/out.jpg").read_bytes().startswith(b"\xff\xd8")
    assert Path("out.txt").read_text(encoding="utf-8") == "48 x 32"
    assert "picture is in new" in ended.err


def test_o_says_which_output_is_meant(gesso: Gesso, both: str) -> None:
    assert gesso("run", both, "--trust", "-i", "photo=@photo.png", "-o", "points=a.json").code == 0
    assert json.loads(Path("a.json").read_text(encoding="utf-8")) == [{"x": 1}, {"x": 2}]


def test_an_ambiguous_o_is_refused_before_anything_runs(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        @dataclass
        class Pair:
            left: Image
            right: Image
        class Split(Model):
            def run(self, photo: Image) -> Pair:
                raise RuntimeError
    """)
    ended = gesso("run", model, "--trust", "-i", "photo=@photo.png", "-o", "out.png")
    assert ended.code == 2
    assert "left or right" in ended.err
    assert "-o left=out.png or -o right=out.png" in ended.err
    assert '-o "right=my out.png"' in gesso("run", model, "-i", "photo=@photo.png", "-o", "my out.png").err


def test_a_folder_for_o_takes_all_outputs(gesso: Gesso, both: str) -> None:
    assert gesso("run", both, "--trust", "-i", "photo=@photo.png", "-o", "out/").code == 0
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "both-picture.png",
        "both-points.json",
        "both-points.json.recipe.json",
        "both-words.txt",
    ]


def test_a_list_of_pictures_becomes_numbered_files(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        class Frames(Model):
            def run(self) -> list[Image]:
                return [Image(np.zeros((4, 4), np.uint8)) for _ in range(2)]
    """, "frames.py")  # fmt: skip
    assert gesso("run", model, "--trust").out == "frames-output-1.png\nframes-output-2.png\n"
    again = gesso("run", model).out.split()
    assert len({*again, "frames-output-1.png", "frames-output-2.png"}) == 4
    assert gesso("run", model, "-o", "f.png", "--json").json == {"output": ["f-1.png", "f-2.png"]}


@pytest.mark.parametrize("place", ["photo.png/out.png", "photo.png/new/", "picture=photo.png/out.png"])
def test_a_place_that_cannot_be_written_to_is_refused_before_anything_runs(gesso: Gesso, both: str, place: str) -> None:
    ended = gesso("run", both, "--trust", "-i", "photo=@photo.png", "-o", place)
    assert (ended.code, ended.out) == (2, "")
    assert '"photo.png" is a file, not a folder' in ended.err
    assert "Starting" not in ended.err


def test_what_is_transparent_becomes_white_in_a_jpeg_and_that_is_said(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        class Clear(Model):
            def run(self, alpha: int, is_list: bool = False) -> list[Image]:
                return [Image(np.full((4, 4, 4), alpha, np.uint8))]
    """)
    said = "what was transparent is white now"
    assert said in gesso("run", model, "--trust", "-i", "alpha=7", "-o", "out.jpg").err
    assert said in gesso("run", model, "-i", "alpha=7", "-o", "out.bmp").err
    assert said not in gesso("run", model, "-i", "alpha=7", "-o", "out.png").err
    assert said not in gesso("run", model, "-i", "alpha=255", "-o", "out.jpg").err


@pytest.mark.parametrize(
    ("word", "expected"),
    [("words=-", b"48 x 32"), ("points=-", b'[\n  {\n    "x": 1\n  },\n  {\n    "x": 2\n  }\n]\n')],
)
def test_a_minus_sends_an_output_to_standard_output(
    home: Path, both: str, capfdbinary: pytest.CaptureFixture[bytes], word: str, expected: bytes
) -> None:
    invoke(["run", both, "--trust", "-i", "photo=@photo.png", "-o", word])
    assert capfdbinary.readouterr().out == expected


def test_a_picture_goes_to_standard_output_with_its_recipe(
    home: Path, bright: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert invoke(["run", bright, "--trust", "-i", "photo=@photo.png", "-o", "-"]) == 0
    Path("out.png").write_bytes(capfdbinary.readouterr().out)
    assert brightness("out.png") > brightness("photo.png")
    assert read_recipe(Path("out.png")).command == "run"


def test_json_is_all_of_standard_output(gesso: Gesso, both: str) -> None:
    ended = gesso("run", both, "--trust", "-i", "photo=@photo.png", "-o", "out.png", "--json")
    assert ended.json == {"words": "48 x 32", "picture": "out.png", "points": [{"x": 1}, {"x": 2}]}


def test_a_file_is_called_after_what_it_holds(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        @dataclass
        class Files:
            notes: File
            film: Video
        class Keep(Model):
            def run(self) -> Files:
                return Files(File(b"x", name="notes.csv"), Video(b"\\x1aE\\xdf\\xa3....webm" + b"." * 60))
    """, "keep.py")  # fmt: skip
    assert gesso("run", model, "--trust").out == "notes: keep-notes.csv\nfilm: keep-film.webm\n"


# -- what happens meanwhile -------------------------------------------------------------------------------------------


def test_progress_and_prints_stand_on_standard_error(gesso: Gesso, bright: str) -> None:
    ended = gesso("run", bright, "--trust", "-i", "photo=@photo.png")
    assert ended.out == "bright-output.png\n"
    assert ended.err.splitlines() == ["Starting Bright", "50% Turning it up", "made by print"]


def test_quiet_leaves_the_results(gesso: Gesso, bright: str) -> None:
    ended = gesso("run", bright, "--trust", "-i", "photo=@photo.png", "-q")
    assert (ended.out, ended.err) == ("bright-output.png\n", "")


def test_a_text_is_printed_as_it_arrives(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        class Tell(Model):
            def run(self, words: list[str]) -> Iterator[str]:
                yield from words
    """)
    ended = gesso("run", model, "--trust", "-i", 'words=["once ", "upon"]')
    assert ended.out == "once upon\n"
    assert gesso("run", model, "-i", 'words=["once ", "upon"]', "--json").json == {"output": "once upon"}
    assert gesso("run", model, "-i", 'words=["a"]', "-o", "a.txt").out == ""


def test_the_same_seed_gives_the_same_result(gesso: Gesso, work: Path) -> None:
    model = write_model("class Dice(Model):\n    def run(self) -> int:\n        return int(np.random.randint(10**9))\n")
    assert gesso("run", model, "--trust", "--seed", "7").out == gesso("run", model, "--seed", "7").out
    assert gesso("run", model, "--seed", "8").out != gesso("run", model, "--seed", "9").out


def test_one_command_of_several_is_named(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        class Sums(Model):
            @command
            def add(self, a: int, b: int) -> int:
                return a + b
            @command
            def multiply(self, a: int, b: int) -> int:
                return a * b
    """)
    assert gesso("run", model, "--trust", "-i", "a=3", "-i", "b=4").out == "7\n"
    assert gesso("run", f"{model}:multiply", "-i", "a=3", "-i", "b=4").out == "12\n"
    ended = gesso("run", f"{model}:divide", "-i", "a=3", "-i", "b=4")
    assert ended.code == 4
    assert "It has: add, multiply." in ended.err


def test_a_run_that_takes_too_long_is_ended(gesso: Gesso, work: Path) -> None:
    model = write_model("class Slow(Model):\n    def run(self) -> int:\n        time.sleep(60)\n        return 1\n")
    ended = gesso("run", model, "--trust", "--timeout", "0.2")
    assert ended.code == 1
    assert "longer than 0.2 seconds" in ended.err


# -- the model's own example ------------------------------------------------------------------------------------------

WITH_EXAMPLE = """
# /// script
# [tool.gesso]
# examples = [{ text = "a fox", times = 2 }, { path = "package:numpy/__init__.py" }]
# ///
"""


def test_the_models_own_example(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        class Echo(Model):
            @command
            def echo(self, text: str, times: int = 1) -> str:
                return " ".join([text] * times)
            @command
            def size(self, path: File) -> int:
                return path.size_bytes
            @command
            def other(self, n: int) -> int:
                return n
    """, head=WITH_EXAMPLE)  # fmt: skip
    assert gesso("run", model, "--trust", "--example").out == "a fox a fox\n"
    assert gesso("run", model, "--example", "-i", "times=3").out == "a fox a fox a fox\n"
    assert int(gesso("run", f"{model}:size", "--example").out) > 1000
    assert gesso("run", f"{model}:other", "--example").code == 4


@pytest.mark.parametrize(
    ("named", "code"),
    [("file:beside.txt", 0), ("file:../beside.txt", 4), ("file:nothing.txt", 4), ("package:../../../../bin/python", 4)],
)
def test_an_example_may_lie_beside_the_model_or_among_the_packages(
    gesso: Gesso, work: Path, named: str, code: int
) -> None:
    model = write_model(
        "class Size(Model):\n    def run(self, path: File) -> int:\n        return path.size_bytes\n",
        "own/size.py",
        head=f'# /// script\n# [tool.gesso]\n# examples = [{{ path = "{named}" }}]\n# ///\n',
    )
    (work / "own/beside.txt").touch()
    (work / "beside.txt").touch()
    assert gesso("run", model, "--trust", "--example").code == code


# -- errors -----------------------------------------------------------------------------------------------------------


def test_a_failing_model_shows_the_end_of_its_traceback(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        def deep(n):
            if n:
                return deep(n - 1)
            raise ValueError("too deep")
        def outer():
            return deep(3)
        class Fails(Model):
            def run(self) -> int:
                return outer()
    """)
    ended = gesso("run", model, "--trust")
    assert ended.code == 1
    assert "The model failed: ValueError: too deep." in ended.err
    assert "lines more with --debug" in ended.err
    assert "return outer()" not in ended.err
    whole = gesso("run", model, "--debug").err
    assert "return outer()" in whole
    assert "gesso/cli" not in whole


def test_a_declaration_that_is_wrong_has_a_code_of_its_own(gesso: Gesso, work: Path) -> None:
    model = write_model("class Odd(Model):\n    def run(self, photo: np.ndarray) -> Image:\n        return photo\n")
    assert gesso("run", model, "--trust").code == 9


def test_an_address_that_leads_nowhere(gesso: Gesso, bright: str) -> None:
    ended = gesso("run", bright, "--trust", "-i", "photo=http://127.0.0.1:9/x.png")
    assert ended.code == 8
    assert "Fetching http://127.0.0.1:9/x.png" in ended.err


class Quiet(SimpleHTTPRequestHandler):
    """Serves the working folder and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class has named it
        """Say nothing."""


@pytest.fixture
def address(work: Path) -> Iterator[str]:
    """An address on this computer where the working folder lies."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_input_can_lie_at_an_address(gesso: Gesso, bright: str, address: str) -> None:
    assert gesso("run", bright, "--trust", "-i", f"photo={address}/photo.png", "-o", "out.png").code == 0
    assert Path("out.png").exists()


def test_a_file_from_an_address_keeps_its_name(gesso: Gesso, work: Path, address: str) -> None:
    model = write_model("class Name(Model):\n    def run(self, it: File) -> str:\n        return it.name\n")
    assert gesso("run", model, "--trust", "-i", f"it={address}/photo.png").out == "photo.png\n"


def test_a_text_comes_from_an_address_if_one_says_at(gesso: Gesso, work: Path, address: str) -> None:
    (work / "poem.txt").write_text("a rose", encoding="utf-8")
    model = write_model("class Say(Model):\n    def run(self, prompt: str) -> str:\n        return prompt\n")
    assert gesso("run", model, "--trust", "-i", f"prompt=@{address}/poem.txt", "-q").out == "a rose\n"
