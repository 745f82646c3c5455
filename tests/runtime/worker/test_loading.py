"""A model's file is imported, and what is wrong with it is said in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gesso.errors import DeclarationError, GessoError, SetupError
from gesso.runtime.worker.loading import MODULE_NAME, load_class

ONE = "from gesso import Model\nclass One(Model):\n    def run(self) -> int:\n        return 1\n"


@pytest.fixture(autouse=True)
def _no_module_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(sys.modules, MODULE_NAME, sys)  # so that it is taken away again


def write(folder: Path, text: str) -> Path:
    path = folder / "model.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_only_model_is_found(tmp_path: Path) -> None:
    assert load_class(write(tmp_path, ONE)).__name__ == "One"


def test_files_beside_it_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "beside_the_model.py").write_text("VALUE = 3\n", encoding="utf-8")
    assert load_class(write(tmp_path, ONE + "from beside_the_model import VALUE\n")).__name__ == "One"


def test_one_of_several_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, ONE + "class Two(One):\n    pass\n")
    assert load_class(path, "Two").__name__ == "Two"
    with pytest.raises(DeclarationError, match="several models: One, Two"):
        load_class(path)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("", DeclarationError, "no class that derives from gesso.Model"),
        ("from gesso import Model\n", DeclarationError, "no class that derives"),
        ("import gesso\nx = = 1\n", SetupError, "line 2 of model.py"),
        ("import no_such_library_here\n", SetupError, "'no_such_library_here', which is not in"),
        ("1 / 0\n", SetupError, "ZeroDivisionError: division by zero"),
        ("\0", SetupError, "model.py"),
    ],
)
def test_what_is_wrong_is_said(text: str, kind: type[GessoError], words: str, tmp_path: Path) -> None:
    with pytest.raises(kind) as caught:
        load_class(write(tmp_path, text))
    assert words in str(caught.value)


# -- models for another platform: in a process of their own, because they take the place of its main module ------------

SCRIPT = """
import subprocess
import sys
import runway
assert __name__ == "__main__" and sys.argv == [__file__], sys.argv

@runway.command("double", inputs={"n": runway.number}, outputs={"n": runway.number})
def double(model, inputs):
    return inputs["n"] * 2

if __name__ == "__main__":
    runway.run(port=8000)
    sys.exit()
"""
LOAD = """
import subprocess
import sys
from pathlib import Path
from gesso.errors import GessoError
from gesso.runtime.worker.loading import load_class
try:
    made = load_class(Path(sys.argv[1]), kind="runway")
    print("made", list(made.__mro__)[0].__module__, sorted(made.bindings), sys.argv[1:] == [sys.argv[1]])
except GessoError as error:
    print(error.code, error.message, error.hint)
"""


def load_script(folder: Path, code: str) -> str:
    path = folder / "runway_model.py"
    path.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_script_runs_as_one(tmp_path: Path) -> None:
    assert load_script(tmp_path, SCRIPT) == "made __main__ ['double'] True\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import runway", "declaration {path} declares no command of a Runway model. It has a function with"),
        ("import runway\nruntime(", "setup Python cannot read line 2 of runway_model.py"),
        ("import no_such_thing", "setup runway_model.py imports 'no_such_thing', which is not in the model's"),
        ("import sys; sys.exit(3)", "setup runway_model.py could not be imported: SystemExit: 3."),
        (
            "import runway\nrunway.command('a', inputs={}, outputs={})",
            "setup runway_model.py could not be imported: Exception: You need to provide at least one input",
        ),
    ],
)
def test_a_script_that_is_no_model_says_what_is_wrong(tmp_path: Path, code: str, said: str) -> None:
    assert load_script(tmp_path, code).startswith(said.format(path=tmp_path / "runway_model.py"))


def test_what_is_missing_is_added_where_the_model_says_what_it_needs(tmp_path: Path) -> None:
    assert "to requirements.txt or the build_steps of runway.yml." in load_script(tmp_path, "import no_such_thing")


def test_no_flask_is_needed_to_collect(tmp_path: Path) -> None:
    code = SCRIPT + "\nassert not {'flask', 'werkzeug', 'simple_websocket'} & set(sys.modules), sorted(sys.modules)\n"
    assert load_script(tmp_path, code.replace("    sys.exit()\n", "")).startswith("made")
