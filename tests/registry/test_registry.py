from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gesso.errors import DeclarationError, GessoError, InputError, NotFoundError, TrustError
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from gesso.registry import registry as registry_file
from gesso.registry.git.models import GitModels
from gesso.registry.registry import Registry
from gesso.registry.source import ModelSource
from gesso.runtime.host import guarded
from gesso.spec.model import ModelSpec
from tests.registry.git.repositories import GitServer, commit, make_repository, serving_repositories
from tests.registry.models import make_file, make_folder


class Describer:
    """Stands for the worker that reads a spec, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, source: ModelSource) -> ModelSpec:
        self.asked.append(source.name)
        return ModelSpec(name=source.name, title=source.manifest.title)


@pytest.fixture
def describer() -> Describer:
    return Describer()


@pytest.fixture
def registry(tmp_path: Path, describer: Describer, monkeypatch: pytest.MonkeyPatch) -> Registry:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    make_folder(tmp_path / "box" / "pose", 'licence = "Apache-2.0"')
    make_folder(tmp_path / "box" / "posterise")
    (tmp_path / "box" / "__pycache__").mkdir()
    return Registry(tmp_path / "home", describe=describer, box=tmp_path / "box")


# -- finding -----------------------------------------------------------------------------------------------------------


def test_the_box_of_gesso_is_found() -> None:
    async def describe(_: ModelSource) -> ModelSpec:
        raise AssertionError

    listed = Registry(Path("home"), describe=describe).models()
    assert [line.error for line in listed] == [None] * len(listed)


def test_each_kind_of_reference(registry: Registry, tmp_path: Path) -> None:
    make_folder(Path("mine"))
    make_file(Path("filter.py"))
    found = {
        reference: registry.find(reference)
        for reference in ("pose", "./mine", "mine/", "./filter.py", "filter.py", str(tmp_path / "here" / "mine"))
    }
    assert {reference: source.origin for reference, source in found.items()} == {
        "pose": "box",
        "./mine": "folder",
        "mine/": "folder",
        "./filter.py": "file",
        "filter.py": "file",
        str(tmp_path / "here" / "mine"): "folder",
    }
    assert all(source.reference == reference for reference, source in found.items())
    assert not found["pose"].is_outside
    assert found["./mine"].is_outside
    assert found["./mine"].path == tmp_path / "here" / "mine"


def test_the_folder_where_one_is_and_the_home(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    make_folder(Path("mine"))
    monkeypatch.setenv("HOME" if sys.platform != "win32" else "USERPROFILE", str(Path.cwd()))
    assert registry.find("~/mine").name == "mine"
    monkeypatch.chdir("mine")
    assert registry.find(".").name == "mine"


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("pos", "Did you mean pose"),
        ("Pose", "Did you mean pose"),
        ("zzz", "There are: pose, posterise."),
        ("mine", "write ./mine"),
        ("edges", "There is edges.py here: write ./edges.py."),
        ("", "There are: pose, posterise."),
        ("nu\0l", "There are: pose, posterise."),
        ("./none", "spelt right"),
        ("../../../none.py", "spelt right"),
    ],
)
def test_a_reference_that_leads_nowhere_says_what_is_near(registry: Registry, reference: str, hint: str) -> None:
    make_folder(Path("mine"))
    make_file(Path("edges.py"))
    with pytest.raises(NotFoundError) as caught:
        registry.find(reference)
    assert hint in caught.value.hint


@pytest.mark.parametrize("reference", ["git+https://example.org/x", "https://example.org/x", "git@example.org:x/y"])
def test_addresses_are_not_understood(registry: Registry, reference: str) -> None:
    with pytest.raises(InputError, match="expected the name of a model, a folder or a file, but got an address"):
        registry.find(reference)


# -- adding ------------------------------------------------------------------------------------------------------------


def test_a_folder_is_added_and_removed_and_stays_where_it_is(registry: Registry) -> None:
    folder = make_folder(Path("mine"))
    source = registry.add("./mine")
    assert (source.name, source.origin, source.reference) == ("mine", "added", "mine")
    assert registry.find("mine").path == folder.resolve()
    assert [line.name for line in registry.models()] == ["pose", "posterise", "mine"]
    registry.add("./mine")
    registry.remove("mine")
    assert (folder / "model.py").exists()
    with pytest.raises(NotFoundError):
        registry.find("mine")


def test_a_model_may_be_added_under_another_name(registry: Registry) -> None:
    make_file(Path("filter.py"))
    assert registry.add("filter.py", "blur").manifest.name == "blur"
    assert registry.find("blur").manifest.title == "Filter"


def test_names_that_cannot_be_given(registry: Registry) -> None:
    make_folder(Path("mine"))
    make_folder(Path("other"))
    registry.add("./mine")
    for name in ("pose", "mine", "Bad Name", "../x", ""):
        with pytest.raises(InputError):
            registry.add("./other", name)
    with pytest.raises(InputError, match="on the list already"):
        registry.add("mine", "again")
    assert [line.name for line in registry.models()] == ["pose", "posterise", "mine"]


def test_what_cannot_be_removed(registry: Registry) -> None:
    with pytest.raises(InputError, match="'pose', which comes with Gesso"):
        registry.remove("pose")
    with pytest.raises(NotFoundError):
        registry.remove("../../trust")


def test_a_model_that_comes_with_a_newer_gesso_goes_before_one_that_was_added(
    registry: Registry, tmp_path: Path
) -> None:
    registry.add(str(make_folder(Path("brush")).resolve()))
    make_folder(tmp_path / "box" / "brush")
    assert registry.find("brush").origin == "box"
    assert [line.name for line in registry.models()] == ["brush", "pose", "posterise"]
    registry.remove("brush")
    with pytest.raises(InputError):
        registry.remove("brush")


def test_a_broken_model_is_listed_with_its_error_and_can_be_removed(registry: Registry, tmp_path: Path) -> None:
    moved = make_folder(Path("moved"))
    registry.add("./moved")
    moved.rename("elsewhere")
    make_folder(Path("wrong"))
    registry.add("./wrong")
    make_folder(Path("wrong"), "titel = 1")
    make_folder(Path("lost"))
    registry.add("./lost")
    (tmp_path / "home" / "models" / "lost.json").write_text("{")

    listed = {line.name: line for line in registry.models()}
    assert listed["pose"].error is None
    errors = {name: type(line.error) for name, line in listed.items() if line.source is None}
    assert errors == {"moved": NotFoundError, "wrong": DeclarationError, "lost": DeclarationError}
    assert "nothing any more" in str(listed["moved"].error)
    for name in errors:
        registry.remove(name)
    assert all(line.source for line in registry.models())


# -- repositories ------------------------------------------------------------------------------------------------------


@pytest.fixture
def web(tmp_path: Path) -> Iterator[GitServer]:
    make_repository(tmp_path / "web" / "brush")
    with serving_repositories(tmp_path / "web") as server:
        yield server


@pytest.fixture
def with_git(registry: Registry, describer: Describer, tmp_path: Path) -> Registry:
    home = tmp_path / "home"
    git = GitModels(home / "models" / "git", door=Door(Ledger(home)), run=guarded.run, allow_private=True)
    return Registry(home, describe=describer, git=git, box=tmp_path / "box")


async def test_a_model_in_a_repository_is_fetched_when_it_is_asked_for(with_git: Registry, web: GitServer) -> None:
    with pytest.raises(NotFoundError, match="not on this computer yet"):
        with_git.find(web.url("brush@main"))
    assert web.asked == []
    source = await with_git.fetch(web.url("brush@main"), lambda _: None)
    assert (source.name, source.origin, source.is_outside) == ("brush", "git", True)
    assert source.place == source.address != str(source.path)
    assert with_git.find(source.address).path == with_git.find(web.url("brush@main")).path == source.path
    assert (await with_git.fetch("pose", lambda _: None)).origin == "box"


async def test_trust_is_for_one_commit(with_git: Registry, web: GitServer) -> None:
    source = await with_git.fetch(web.url("brush"), lambda _: None)
    with pytest.raises(TrustError) as caught:
        await with_git.spec(source)
    assert source.address in str(caught.value)
    with_git.trust.trust(source)
    assert (await with_git.spec(source)).name == "brush"
    commit(web.root / "brush", {"more.py": ""})
    newer = await with_git.fetch(web.url("brush"), lambda _: None, is_newest=True)
    assert not with_git.trust.is_trusted(newer)
    assert with_git.trust.is_trusted(with_git.find(source.address))


async def test_a_fetched_model_is_added_and_its_newer_version_takes_its_place(
    with_git: Registry, web: GitServer
) -> None:
    first = await with_git.fetch(web.url("brush"), lambda _: None)
    added = with_git.add(web.url("brush"))
    assert (added.name, added.origin, added.address, added.path) == ("brush", "added", first.address, first.path)
    commit(web.root / "brush", {"more.py": ""})
    second = await with_git.fetch(web.url("brush@main"), lambda _: None)
    assert with_git.find("brush").path == first.path
    with_git.add(web.url("brush@main"))
    assert with_git.find("brush").path == second.path != first.path
    make_repository(web.root / "other" / "brush")
    await with_git.fetch(web.url("other/brush"), lambda _: None)
    with pytest.raises(InputError, match="taken"):
        with_git.add(web.url("other/brush"))
    shutil.rmtree(second.path)
    with pytest.raises(NotFoundError) as caught:
        with_git.find("brush")
    assert f"gesso add {second.address}" in caught.value.hint


# -- specs -------------------------------------------------------------------------------------------------------------


async def test_a_model_of_the_box_brings_its_spec(registry: Registry, describer: Describer, tmp_path: Path) -> None:
    spec = ModelSpec(name="pose", title="Committed")
    (tmp_path / "box" / "pose" / "spec.json").write_text(spec.to_json())
    assert await registry.spec(registry.find("pose")) == spec
    assert describer.asked == []
    assert (await registry.spec(registry.find("posterise"))).name == "posterise"
    assert describer.asked == ["posterise"]


async def test_no_code_from_outside_runs_before_it_is_trusted(registry: Registry, describer: Describer) -> None:
    (make_folder(Path("mine")) / "spec.json").write_text(ModelSpec(name="forged").to_json())
    source = registry.find("./mine")
    with pytest.raises(TrustError):
        await registry.spec(source)
    assert describer.asked == []
    registry.trust.trust(source)
    assert (await registry.spec(source)).name == "mine"


async def test_a_spec_is_read_once_for_each_state_of_the_files(
    registry: Registry, describer: Describer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folder(Path("mine"))
    registry.trust.trust(registry.find("./mine"))
    for _ in range(2):
        assert (await registry.spec(registry.find("./mine"))).name == "mine"
    assert describer.asked == ["mine"]

    registry.add("./mine", "other")
    assert (await registry.spec(registry.find("other"))).name == "other"
    (Path("mine") / "part.py").touch()
    await registry.spec(registry.find("./mine"))
    monkeypatch.setattr(registry_file, "VERSION", "99")
    await registry.spec(registry.find("./mine"))
    assert describer.asked == ["mine", "other", "mine", "mine"]


async def test_a_kept_spec_that_is_broken_is_read_anew(
    registry: Registry, describer: Describer, tmp_path: Path
) -> None:
    make_folder(Path("mine"))
    registry.trust.trust(registry.find("./mine"))
    await registry.spec(registry.find("./mine"))
    (kept,) = (tmp_path / "home" / "cache" / "specs").iterdir()
    kept.write_text("{")
    assert (await registry.spec(registry.find("./mine"))).name == "mine"
    assert describer.asked == ["mine", "mine"]


async def test_a_spec_of_files_that_change_meanwhile_is_not_kept(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "mine")

    async def describe(source: ModelSource) -> ModelSpec:
        (folder / "model.py").write_text("changed")
        return ModelSpec(name=source.name)

    registry = Registry(tmp_path / "home", describe=describe)
    source = registry.find(str(folder))
    registry.trust.trust(source)
    await registry.spec(source)
    assert not (tmp_path / "home" / "cache").exists()


async def test_what_the_describer_raises_is_not_kept(tmp_path: Path) -> None:
    async def describe(_: ModelSource) -> ModelSpec:
        raise GessoError("no")

    registry = Registry(tmp_path / "home", describe=describe)
    source = registry.find(str(make_folder(tmp_path / "mine")))
    registry.trust.trust(source)
    for _ in range(2):
        with pytest.raises(GessoError, match="no"):
            await registry.spec(replace(source))


async def test_a_spec_that_cannot_be_kept_fails_nothing(
    registry: Registry, describer: Describer, tmp_path: Path
) -> None:
    make_folder(Path("mine"))
    registry.trust.trust(registry.find("./mine"))
    (tmp_path / "home" / "cache").touch()
    assert (await registry.spec(registry.find("./mine"))).name == "mine"
