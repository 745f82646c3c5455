"""What "Use from code" shows is code that works: it is run as it stands, beside the files that it names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from tests.server.program import Program, running

AWKWARD: Final = """it's "5 o'clock" \\ $HOME `ls` ${x} %s é 狐"""
_GESSO: Final = Path(sys.executable).parent
LANGUAGES: Final[dict[str, Callable[[Path], list[str]]]] = {
    "Python": lambda file: [sys.executable, str(file)],
    "JavaScript": lambda file: ["node", str(file)],
    "curl": lambda file: ["bash", "-eu", str(file)],
    "Command line": lambda file: ["bash", "-eu", str(file)],
}
_TOOLS: Final = {"JavaScript": "node", "curl": "jq", "Command line": "bash", "Python": "python3"}


def code_of(page: Any, language: str) -> str:
    """The code that is shown for what lies on the bench."""
    page.get_by_role("button", name="Use from code").click()
    page.get_by_role("radio", name=language, exact=True).check()
    code: str = page.get_by_role("dialog").locator(f"pre[aria-label='{language}']").inner_text()
    return code


def run(code: str, language: str, *, folder: Path, home: Path, **env: str) -> str:
    """Run code in a folder as its language is run; what it prints."""
    if shutil.which(_TOOLS[language]) is None:
        pytest.skip(f"needs {_TOOLS[language]}")
    file = folder / "snippet.mjs"
    file.write_text(code, encoding="utf-8")
    path = f"{_GESSO}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        LANGUAGES[language](file), cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"GESSO_HOME": str(home), "PATH": path, "PYTHONUTF8": "1"} | env,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def newest(server: Program, page: Any) -> Any:
    """The job that was made last, when it is over."""
    return page.request.get(f"{server.address}/api/v1/jobs?limit=1").json()["jobs"][0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_a_picture_and_awkward_words(
    page: Any, server: Program, studio_home: Path, *, photo: Path, tmp_path: Path, language: str
) -> None:
    shutil.copy(photo, tmp_path / "it's a fox.png")
    page.goto("/models/everything")
    page.get_by_label("Choose a picture: Photo").set_input_files(tmp_path / "it's a fox.png")
    page.get_by_role("group", name="Clicks", exact=True).get_by_text("320 × 240").wait_for()  # it is on the bench
    page.get_by_role("textbox", name="Text").fill(AWKWARD)
    page.get_by_role("switch", name="Is loud").check()
    page.get_by_role("radio", name="B", exact=True).check()
    expect(page.get_by_role("textbox", name="Text")).to_have_value(AWKWARD)
    expect(page.get_by_role("radio", name="B", exact=True)).to_be_checked()
    printed = run(code_of(page, language), language, folder=tmp_path, home=studio_home)
    job = newest(server, page)
    assert job["status"] == "succeeded", job["error"]
    assert job["inputs"]["text"] == AWKWARD
    assert (job["inputs"]["is_loud"], job["inputs"]["kind"]) == (True, "b")
    assert job["inputs"]["photo"]["name"] == "it's a fox.png"
    made = job["outputs"][0]["files"][0]
    assert made["blob"] in printed or list(tmp_path.glob("*output*"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_options_of_the_set_up(
    page: Any, server: Program, studio_home: Path, *, tmp_path: Path, language: str
) -> None:
    page.goto("/models/tinted")
    page.get_by_text("Set-up").click()
    page.get_by_role("radio", name="Green").check()
    expect(page.get_by_role("radio", name="Green")).to_be_checked()
    run(code_of(page, language), language, folder=tmp_path, home=studio_home)
    job = newest(server, page)
    assert (job["model"], job["status"], job["options"]) == ("tinted", "succeeded", {"paint": "green"})


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "Command line"])
def test_with_the_key_where_one_is_asked_for(browser: Any, tmp_path: Path, language: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    page = browser.new_page()
    with running(home, GESSO_NEEDS_KEY="true") as program:
        page.goto(program.link)
        page.goto(f"{program.address}/models/remix")
        page.get_by_role("button", name="Replace").wait_for()
        for name in ("Width", "Height"):
            page.get_by_role("spinbutton", name=name).fill("64")
            page.keyboard.press("Tab")
            expect(page.get_by_role("spinbutton", name=name)).to_have_value("64")
        code = code_of(page, language)
        picture = page.request.get(f"{program.address}/api/v1/models/remix/examples").json()["examples"][0]["inputs"]
        kept = picture["image"]
        (tmp_path / kept["name"]).write_bytes(page.request.get(f"{program.address}/api/v1/files/{kept['blob']}").body())
        run(code, language, folder=tmp_path, home=home, GESSO_KEY=program.link.partition("key=")[2])
        assert newest(program, page)["status"] == "succeeded"
        assert json.dumps(kept["name"]) in code or kept["name"] in code
    page.close()
