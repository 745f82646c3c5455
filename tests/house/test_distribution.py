"""What is installed: each dependency for a reason, and the plain install as a model's environment has it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gesso.version import __version__
from tests.house.source import ROOT, SHIMS, SRC, python_files, tree

TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(TEXT)["project"]


def test_every_dependency_has_a_reason_beside_it() -> None:
    lists = re.findall(r"^(?:dependencies|\w+) = \[\n(.*?)^\]", TEXT.partition("[tool.")[0], re.MULTILINE | re.DOTALL)
    lines = [line.strip() for text in lists for line in text.splitlines() if re.match(r'\s*"[\w.\[\]-]+[<>=~]', line)]
    assert len(lines) > len(PROJECT["dependencies"])
    assert not [line for line in lines if not re.search(r"#\s+\w+", line)]


def test_a_models_environment_gets_what_the_plain_install_has() -> None:
    from gesso.runtime.host.requirements import BASE_REQUIREMENTS

    assert {str(Requirement(text)) for text in BASE_REQUIREMENTS} == {
        str(Requirement(text)) for text in PROJECT["dependencies"]
    }


def test_the_changelog_knows_the_version_or_has_it_unreleased() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in changelog or f"## [{__version__}]" in changelog


def test_the_plain_install_says_what_the_command_needs() -> None:
    """Without typer, `gesso` says in one line what to install."""
    code = (
        "import sys; sys.modules['typer'] = None; sys.argv = ['gesso', '--help']\n"
        "from gesso.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "gesso[studio]" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


# -- what is imported is declared, and what is declared is imported ---------------------------------------------------

NAMED_NOWHERE = {"httptools": "uvicorn speaks HTTP with it"}
SPELT_OTHERWISE = {
    "PIL": "pillow",
    "yaml": "pyyaml",
}  # packages that are imported under another name than they are installed
NOT_FROM_HERE = ("models", "trainers", "compat/shims")  # these bring an environment of their own
WITH_EVERY_MODEL = (
    "errors.py",
    "version.py",
    "types",
    "spec",
    "messages",
    "sdk",
    "compat",
    "runtime/transport",
    "runtime/worker",
)


def imported(*places: str) -> set[str]:
    """Return the distributions that the files of these places import."""
    paths = [path for place in places for path in python_files(SRC / place) or (SRC / place,) if path.exists()]
    own = [SRC / place for place in NOT_FROM_HERE]
    names: set[str] = set()
    for path in paths:
        if any(path.is_relative_to(place) for place in own):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    tops = (
        {name.partition(".")[0] for name in names}
        - sys.stdlib_module_names
        - {"gesso", *(shim.name for shim in SHIMS.iterdir())}
    )
    return {canonicalize_name(SPELT_OTHERWISE.get(name, name)) for name in tops}


def declared(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


ONLY_IF_IT_IS_THERE = {"simplejpeg": "quicker than PIL, and types/jpeg.py does without it"}


def test_the_plain_install_is_what_the_worker_imports() -> None:
    assert imported(*WITH_EVERY_MODEL) - set(ONLY_IF_IT_IS_THERE) == declared(PROJECT["dependencies"])


def test_the_platform_imports_what_it_declares() -> None:
    studio = declared(PROJECT["optional-dependencies"]["studio"]) - set(NAMED_NOWHERE)
    assert (
        imported(".") - {"pydantic"} == declared(PROJECT["dependencies"]) | studio
    )  # pydantic-settings brings pydantic
