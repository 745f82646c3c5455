from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gesso.errors import DeclarationError, FetchError, InstallError, SettingsError
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from gesso.runtime.host.environment import Environment, Environments, child_variables
from gesso.spec.model import Requirements
from gesso.spec.runnable import Log, Progress
from tests.leftovers import processes_and_memory
from tests.runtime.host.packages import Shelf, SlowPackage, look_only_in


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    look_only_in(tmp_path / "shelf", monkeypatch)
    return Shelf(tmp_path / "shelf")


@pytest.fixture
def slow(tmp_path: Path, shelf: Shelf) -> SlowPackage:
    return SlowPackage(tmp_path / "slow")


@pytest.fixture
def environments(tmp_path: Path, shelf: Shelf) -> Environments:
    return Environments(tmp_path / "environments")


def needs(*dependencies: str, **others: tuple[str, ...]) -> Requirements:
    return Requirements(dependencies=dependencies, **others)  # type: ignore[arg-type]  # only tuples are given


def silent(news: Progress | Log) -> None:
    pass


def asked(environment: Environment, expression: str) -> str:
    code = f"import numpy; print(({expression}))"
    return subprocess.run([environment.python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


async def until(condition: Callable[[], object], timeout_s: float = 20.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.01)


# -- where a model runs ------------------------------------------------------------------------------------------------


async def test_what_the_platform_has_already_runs_there_and_makes_nothing(
    environments: Environments, tmp_path: Path
) -> None:
    environment = await environments.prepare(needs("numpy>=1", "packaging"), report=silent)
    assert environment == Environment(python=Path(sys.executable), digest="", is_own=False, folder=Path(sys.prefix))
    assert not (tmp_path / "environments").exists()


async def test_a_declaration_gets_an_environment_of_its_own_which_is_made_once(
    environments: Environments, shelf: Shelf
) -> None:
    shelf.put("inks", "3.1")
    news: list[Progress | Log] = []
    made = await environments.prepare(needs("inks", "numpy<2"), report=news.append)
    assert made.is_own
    assert asked(made, "__import__('inks').VERSION, numpy.VERSION") == "('3.1', '1.26')"
    assert made.size_bytes() > 1000

    fractions = [item.fraction for item in news if isinstance(item, Progress)]
    assert fractions == sorted(fractions)
    assert 0 <= min(fractions) <= max(fractions) < 1
    texts = [item.text for item in news if isinstance(item, Progress)]
    assert texts[0] == "Making an environment for the model"
    assert "Looking at inks" in texts
    assert "Installing 4 packages" in texts
    assert any(isinstance(item, Log) and item.level == "debug" and "inks" in item.text for item in news)

    shutil.rmtree(shelf.folder)  # so that nothing could be installed any more
    again = await environments.prepare(needs("numpy<2", "inks", "inks"), report=news.append)
    assert again == made
    assert await Environments(made.folder.parents[1]).prepare(needs("Inks", "numpy<2"), report=silent) == made


async def test_models_whose_needs_clash_stand_side_by_side(environments: Environments) -> None:
    old, new = await asyncio.gather(
        environments.prepare(needs("numpy<2", "pillow==10.0"), report=silent),
        environments.prepare(needs("numpy>=2", "pillow==10.0"), report=silent),
    )
    assert (asked(old, "numpy.VERSION"), asked(new, "numpy.VERSION")) == ("1.26", "2.0")
    assert {made.digest for made in environments.ready()} == {old.digest, new.digest}


async def test_a_package_without_its_dependencies(environments: Environments, shelf: Shelf) -> None:
    shelf.put("heavy", "1.0", requires=["nowhere-to-be-found"])
    only = Requirements(dependencies=("numpy<2",), without_dependencies=("heavy==1.0",))
    made = await environments.prepare(only, report=silent)
    assert asked(made, "__import__('heavy').VERSION") == "1.0"


async def test_constraints_hold_in_every_step(shelf: Shelf, tmp_path: Path) -> None:
    for version in ("1.0", "2.0"):
        shelf.put("inks", version)
        shelf.put("brushes", version)
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("inks<2\nbrushes<2\n")
    requirements = Requirements(dependencies=("inks",), without_dependencies=("brushes",))
    free = await Environments(tmp_path / "e").prepare(requirements, report=silent)
    bound = await Environments(tmp_path / "e", constraints=constraints).prepare(requirements, report=silent)
    versions = "__import__('inks').VERSION, __import__('brushes').VERSION"
    assert asked(free, versions) == "('2.0', '2.0')"
    assert asked(bound, versions) == "('1.0', '1.0')"
    assert free.digest != bound.digest


async def test_constraints_that_are_not_there_are_a_wrong_setting(tmp_path: Path) -> None:
    environments = Environments(tmp_path / "e", constraints=tmp_path / "none.txt")
    with pytest.raises(SettingsError, match=r"none\.txt"):
        await environments.prepare(needs("inks"), report=silent)


# -- what goes wrong ---------------------------------------------------------------------------------------------------


async def test_a_package_that_does_not_exist_is_explained_and_leaves_nothing(
    environments: Environments, shelf: Shelf, tmp_path: Path
) -> None:
    with pytest.raises(InstallError) as caught:
        await environments.prepare(needs("inks==9"), report=silent)
    assert "no package inks==9 fits" in caught.value.message
    assert "spelt right" in caught.value.hint
    assert "No matching distribution" in caught.value.detail
    assert not list((tmp_path / "environments").glob("*/"))
    shelf.put("inks", "9")
    assert (await environments.prepare(needs("inks==9"), report=silent)).is_own


async def test_packages_that_do_not_go_together_are_named(environments: Environments, shelf: Shelf) -> None:
    shelf.put("inks", "1.0", requires=["numpy<2"])
    with pytest.raises(InstallError, match=r"do not go together: inks==1\.0.* and numpy>=2"):
        await environments.prepare(needs("inks==1.0", "numpy>=2"), report=silent)


async def test_a_full_disk_is_explained(
    environments: Environments, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gesso.runtime.host.environment._run", run)
    with pytest.raises(InstallError, match="the disk is full"):
        await environments.prepare(needs("numpy<2"), report=silent)
    assert environments.ready() == []


async def test_a_line_that_is_no_requirement_is_refused_before_anything_runs(environments: Environments) -> None:
    with pytest.raises(DeclarationError, match="--index-url"):
        await environments.prepare(needs("--index-url=http://elsewhere"), report=silent)


# -- interruptions -----------------------------------------------------------------------------------------------------

IN_ANOTHER_PROCESS = """
import asyncio, sys
from pathlib import Path
from gesso.runtime.host.environment import Environments
from gesso.spec.model import Requirements

async def main():
    report = lambda news: print(news, flush=True)
    made = await Environments(Path(sys.argv[1])).prepare(Requirements(dependencies=(sys.argv[2],)), report=report)
    print(made.python)

asyncio.run(main())
"""


def prepare_elsewhere(folder: Path, requirement: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(IN_ANOTHER_PROCESS), str(folder), requirement]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def test_killed_in_the_middle_it_leaves_no_process_and_is_made_again(
    environments: Environments, slow: SlowPackage, tmp_path: Path
) -> None:
    with prepare_elsewhere(tmp_path / "environments", slow.requirement) as other:
        await until(lambda: slow.builds == 1)
        other.send_signal(signal.SIGKILL)
    await until(lambda: not processes_and_memory(str(tmp_path)).processes, timeout_s=5)
    assert environments.ready() == []
    slow.let_go()
    made = await environments.prepare(needs(slow.requirement), report=silent)
    assert asked(made, "__import__('slow').__name__") == "slow"
    assert len(list(made.folder.parent.iterdir())) == 2, "the environment and its marker"


async def test_canceled_it_ends_the_installer_and_leaves_nothing(
    environments: Environments, slow: SlowPackage, tmp_path: Path
) -> None:
    preparing = asyncio.create_task(environments.prepare(needs(slow.requirement), report=silent))
    await until(lambda: slow.builds == 1)
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert not processes_and_memory(str(tmp_path)).processes
    assert not list((tmp_path / "environments").glob("*/"))


async def test_two_processes_make_it_once_and_the_second_says_that_it_waits(
    environments: Environments, slow: SlowPackage, tmp_path: Path
) -> None:
    with prepare_elsewhere(tmp_path / "environments", slow.requirement) as other:
        await until(lambda: slow.builds == 1)
        news: list[Progress | Log] = []
        preparing = asyncio.create_task(environments.prepare(needs(slow.requirement), report=news.append))
        await until(lambda: news)
        slow.let_go()
        made = await preparing
        printed, _ = other.communicate()
    assert news == [Progress(0.0, "Waiting: somebody else is making this environment just now")]
    assert printed.splitlines()[-1] == str(made.python)
    assert slow.builds == 1


async def test_two_tasks_make_it_once(environments: Environments, slow: SlowPackage) -> None:
    tasks = [asyncio.create_task(environments.prepare(needs(slow.requirement), report=silent)) for _ in range(2)]
    await until(lambda: slow.builds == 1)
    slow.let_go()
    first, second = await asyncio.gather(*tasks)
    assert first == second
    assert slow.builds == 1


async def test_an_environment_that_is_no_longer_whole_is_made_again(environments: Environments) -> None:
    harms: list[Callable[[Environment], object]] = [
        lambda made: made.python.unlink(),
        lambda made: (made.folder / "pyvenv.cfg").write_text("home = /gone/bin\n"),
        lambda made: (made.folder.parent / "ready.json").write_text("{"),
        lambda made: (made.folder.parent / "ready.json").write_text(json.dumps({"digest": "0", "folder": "."})),
    ]
    made = await environments.prepare(needs("numpy<2"), report=silent)
    for harm in harms:
        assert made.is_own, "what is harmed here must not be the interpreter of these tests"
        harm(made)
        again = await environments.prepare(needs("numpy<2"), report=silent)
        assert again.digest == made.digest
        assert again.folder != made.folder
        assert not made.folder.exists()
        made = again


# -- the rest ----------------------------------------------------------------------------------------------------------


async def test_environments_that_no_model_uses_are_removed(environments: Environments, tmp_path: Path) -> None:
    kept = await environments.prepare(needs("numpy<2"), report=silent)
    unused = await environments.prepare(needs("numpy<2", "pillow==10.0"), report=silent)
    half_made = tmp_path / "environments" / "0123456789abcdef"
    half_made.mkdir()
    environments.remove_unused({kept.digest})
    assert environments.ready() == [kept]
    assert not unused.folder.parent.exists()
    assert not half_made.exists()


async def test_settings_of_this_process_do_not_lead_the_installer_astray(
    environments: Environments, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PIP_REQUIRE_VIRTUALENV", "1")
    monkeypatch.setenv("PIP_USER", "1")
    made = await environments.prepare(needs("numpy<2"), report=silent)
    assert not (tmp_path / "elsewhere").exists()
    monkeypatch.undo()
    assert asked(made, "numpy.VERSION") == "1.26"


def test_a_childs_variables_are_ours_without_some_and_with_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/elsewhere")
    variables = child_variables({"PYTHONHOME"}, {"OURS": "1"})
    assert variables == {name: value for name, value in os.environ.items() if name != "PYTHONHOME"} | {"OURS": "1"}


async def test_offline_nothing_is_fetched_and_what_is_there_still_serves(tmp_path: Path) -> None:
    shut = Door(Ledger(tmp_path), is_offline=lambda: True)
    offline = Environments(tmp_path / "environments", door=shut)
    assert not (await offline.prepare(Requirements(), report=silent)).is_own
    with pytest.raises(FetchError, match="offline"):
        await offline.prepare(Requirements(dependencies=("numpy<1.99",)), report=silent)
    assert not list((tmp_path / "environments").glob("*/"))


async def test_what_an_installer_contacts_is_written_down(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    environments = Environments(tmp_path / "environments", door=Door(ledger))
    with pytest.raises(InstallError):
        await environments.prepare(Requirements(dependencies=("no-such-thing @ file:///no/such.whl",)), report=silent)
    assert [(contact.host, contact.outcome) for contact in ledger.contacts()] == [("package index", "failed")]
