from __future__ import annotations

from pathlib import Path

from gesso.spec.model import ModelSpec
from tests.cli.conftest import Gesso, write_model

BOTH = '''
@dataclass
class Both:
    words: Annotated[str, Field("What is seen.")]
    picture: Image

class Two(Model):
    """Say and show what is seen."""
    def setup(self, size: Literal["small", "large"] = "small") -> None: ...
    @command
    def see(self, photo: Annotated[Image, Field("A photo.")], prompt: str, n: Annotated[int, Range(1, 9)] = 2) -> Both:
        """See."""
        return Both("", photo)
    @command
    def guess(self, words: str = "a fox") -> float:
        return 0.5
'''
CARD = '# /// script\n# [tool.gesso]\n# title = "Two eyes"\n# licence = "MIT"\n# memory_mb = 300\n# ///\n'


def test_models_lists_what_is_in_the_box_and_what_was_added(gesso: Gesso, work: Path) -> None:
    model = write_model(BOTH, "two.py", head=CARD)
    assert gesso("add", model).code == 0
    assert gesso("models").out.splitlines()[-1].split()[0] == "two"
    assert "gesso run NAME --example" in gesso("models").err
    listed = gesso("models", "--json").json
    assert "pose" in [line["name"] for line in listed]
    assert listed[-1] == {
        "name": "two",
        "description": "",
        "from": str(work / "two.py"),
        "licence": "MIT",
    }


def test_a_model_that_cannot_be_read_is_listed_with_its_error(gesso: Gesso, work: Path) -> None:
    gesso("add", write_model(BOTH, "two.py"))
    (work / "two.py").unlink()
    ended = gesso("models")
    assert ended.code == 0
    assert "gesso remove two" in ended.out


def test_an_added_model_is_known_by_its_name(gesso: Gesso, work: Path) -> None:
    model = write_model(BOTH, "two.py")
    assert gesso("add", model, "--name", "eyes").code == 0
    assert gesso("show", "eyes", "--trust").code == 0
    assert gesso("remove", "eyes").code == 0
    assert gesso("show", "eyes").code == 4
    assert (work / "two.py").exists()


def test_a_name_that_is_taken_is_refused(gesso: Gesso, work: Path) -> None:
    assert gesso("add", write_model(BOTH, "two.py"), "--name", "pose").code == 3
    assert gesso("remove", "pose").code == 3
    assert gesso("remove", "nothing").code == 4


def test_show_says_what_goes_in_and_out_and_how_to_run_it(gesso: Gesso, work: Path) -> None:
    model = write_model(BOTH, "two.py", head=CARD)
    shown = gesso("show", model, "--trust").out
    for words in (
        "Two eyes",
        'gesso run ./two.py -i photo=@photo.jpg -i "prompt=a fox in the snow, painted in gouache" -o picture.png',
        "gesso run ./two.py:guess\n",
        "A photo.",
        "a whole number from 1 to 9 (2 if left out)",
        "a text, written to .txt",
        "What is seen.",
        "--option",
        'one of "small", "large" (small if left out)',
        "Licence   MIT",
        "about 300 MB",
    ):
        assert words in shown
    assert "See." in gesso("show", f"{model}:see").out
    assert "See." not in gesso("show", f"{model}:guess").out


def test_show_as_json_is_the_spec(gesso: Gesso, work: Path) -> None:
    spec = ModelSpec.from_json(gesso("show", write_model(BOTH), "--trust", "--json").out)
    assert [command.name for command in spec.commands] == ["see", "guess"]


def test_what_show_says_can_be_typed(gesso: Gesso, work: Path) -> None:
    model = write_model(BOTH, "two.py")
    words = gesso("show", f"{model}:guess", "--trust").out.splitlines()[3].split()
    assert gesso(*words[1:]).out == "0.5\n"


def test_what_is_long_to_type_is_shown_as_a_file(gesso: Gesso, work: Path) -> None:
    model = write_model("""
        from gesso import Vector
        class Mix(Model):
            def run(
                self,
                pictures: list[Image],
                noise: Annotated[Vector, Field(length=512)],
                weights: Annotated[Vector, Field(length=100)] = np.zeros(100),
            ) -> Image:
                return pictures[0]
    """)
    shown = gesso("show", model, "--trust").out
    assert "-i pictures=@pictures/ -i noise=@noise.json -o output.png" in shown
    assert max(len(line) for line in shown.splitlines()) < 200


def test_showing_a_stranger_needs_trust_because_its_code_runs(gesso: Gesso, work: Path) -> None:
    assert gesso("show", write_model(BOTH)).code == 5
