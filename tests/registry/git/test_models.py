from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from gesso.errors import FetchError, InputError, InstallError
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from gesso.registry.git import fetching as fetching_file
from gesso.registry.git.models import Checkout, GitModels
from gesso.registry.git.reference import read_git_reference
from gesso.runtime.host import guarded
from gesso.spec.runnable import Event, Log, Progress
from tests.registry.git.repositories import GitServer, commit, git, make_repository, serving_repositories

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git, as the models in repositories do")


class Models:
    """The models of a home, and what was told and run."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "models" / "git"
        self.ledger = Ledger(home)
        self.news: list[Event] = []
        self.commands: list[Sequence[str]] = []
        self.variables: Mapping[str, str] = {}
        self.git = self.made()

    def made(self, *, is_offline: bool = False, allow_private: bool = True) -> GitModels:
        door = Door(self.ledger, is_offline=lambda: is_offline)
        return GitModels(self.folder, door=door, run=self._run, allow_private=allow_private)

    async def fetch(self, reference: str, *, is_newest: bool = False) -> Checkout:
        return await self.git.fetch(read_git_reference(reference), self.news.append, is_newest=is_newest)

    async def refused(self, reference: str) -> str:
        with pytest.raises(FetchError) as caught:
            await self.fetch(reference)
        assert self.kept == []
        return f"{caught.value} {caught.value.detail}"

    @property
    def kept(self) -> list[str]:
        return [path.name for path in self.folder.iterdir() if path.suffix != ".lock"]

    @property
    def warnings(self) -> list[str]:
        return [event.text for event in self.news if isinstance(event, Log) and event.level == "warning"]

    async def _run(
        self, command: Sequence[str], hear: Callable[[str], None], *, variables: Mapping[str, str], scratch: Path
    ) -> int:
        self.commands.append(command)
        self.variables = variables
        return await guarded.run(command, hear, variables=variables, scratch=scratch)


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "home")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    make_repository(tmp_path / "web" / "pose")
    with serving_repositories(tmp_path / "web") as server:
        yield server


@pytest.fixture
def repository(server: GitServer) -> Path:
    return server.root / "pose"


# -- what goes well ----------------------------------------------------------------------------------------------------


async def test_a_repository_is_fetched_once_and_is_a_folder(
    models: Models, server: GitServer, repository: Path
) -> None:
    assert models.git.find(read_git_reference(server.url("pose"))) is None
    found = await models.fetch(server.url("pose"))
    assert found.path == models.folder / found.reference.key / "pose"
    assert [path.name for path in found.path.iterdir()] == ["model.py"]
    assert found.reference.rev == git(repository, "rev-parse", "HEAD")
    asked = len(server.asked)
    assert await models.fetch(server.url("pose")) == found == await models.fetch(str(found.reference))
    assert len(server.asked) == asked
    assert Progress(1.0, "Downloading pose") in models.news
    (contact,) = models.ledger.contacts()
    assert (contact.host, contact.what_for, contact.outcome) == ("127.0.0.1", "the model pose", "done")
    assert contact.received_bytes > 100


async def test_a_branch_keeps_its_commit_until_somebody_asks_for_the_newest(
    models: Models, server: GitServer, repository: Path
) -> None:
    first = await models.fetch(server.url("pose@main"))
    newer = commit(repository, {"more.py": ""})
    assert await models.fetch(server.url("pose@main")) == first
    second = await models.fetch(server.url("pose@main"), is_newest=True)
    assert second.reference.rev == newer
    assert second.path.parent != first.path.parent
    assert first.path.is_dir()
    assert await models.fetch(server.url("pose@main")) == second
    shutil.rmtree(second.path.parent)
    commit(repository, {"third.py": ""})
    assert (await models.fetch(server.url("pose@main"))).reference.rev == newer


@pytest.mark.parametrize("kind", ["branch", "tag", "annotated tag", "commit"])
async def test_versions(models: Models, server: GitServer, repository: Path, kind: str) -> None:
    meant = git(repository, "rev-parse", "HEAD")
    git(repository, "tag", "v1.0+cuda")
    git(repository, "tag", "--annotate", "--message", "x", "v1.0-said")
    git(repository, "branch", "feature/blur")
    commit(repository, {"more.py": ""})
    rev = {"branch": "feature/blur", "tag": "v1.0+cuda", "annotated tag": "v1.0-said", "commit": meant}[kind]
    found = await models.fetch(server.url(f"pose@{rev}"))
    assert found.reference.rev == meant
    assert not (found.path / "more.py").exists()


async def test_a_model_in_a_folder_of_a_repository(models: Models, server: GitServer, repository: Path) -> None:
    commit(repository, {"models/blur/model.py": "", "models/blur/gesso.toml": ""})
    found = await models.fetch(server.url("pose#subdirectory=models/blur"))
    assert found.path.name == "blur"
    assert (found.path / "model.py").exists()
    (models.folder / "x").mkdir()
    with pytest.raises(FetchError, match="has no folder other"):
        await Models(models.folder / "x").fetch(server.url("pose#subdirectory=other"))


async def test_two_at_once_fetch_once(models: Models, server: GitServer) -> None:
    found = await asyncio.gather(*(models.fetch(server.url("pose")) for _ in range(3)))
    assert found[0] == found[1] == found[2]
    assert sum("fetch" in command for command in models.commands) == 1


async def test_two_branches_at_one_commit_share_its_folder(models: Models, server: GitServer, repository: Path) -> None:
    git(repository, "branch", "other")
    first, second = await asyncio.gather(models.fetch(server.url("pose@main")), models.fetch(server.url("pose@other")))
    assert first.path == second.path


# -- what a repository may not do --------------------------------------------------------------------------------------


async def test_nothing_of_a_repository_or_of_a_person_is_run(
    models: Models, server: GitServer, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"
    config = tmp_path / "person" / ".gitconfig"
    config.parent.mkdir()
    config.write_text(
        f'[filter "x"]\n smudge = touch {mark}\n[core]\n hooksPath = {tmp_path}\n[url "https://evil.invalid/"]\n'
        " insteadOf = http://\n"
    )
    hook = tmp_path / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    for name, value in {
        "HOME": str(config.parent),
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_SSH_COMMAND": f"touch {mark}",
        "GIT_PROXY_COMMAND": f"touch {mark}",
        "http_proxy": "http://127.0.0.1:1",
        "ALL_PROXY": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    commit(repository, {".gitattributes": "* filter=x\n", "model.py": "x = 1"})
    found = await models.fetch(server.url("pose"))
    assert (found.path / "model.py").read_text() == "x = 1"
    assert not mark.exists()
    assert {name for name in models.variables if "proxy" in name.lower() or name.startswith("GIT_")} == {
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_GLOBAL",
        "GIT_TERMINAL_PROMPT",
        "GIT_ASKPASS",
    }


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../secret", "link", ".."])
async def test_a_link_that_leads_out_is_refused(
    models: Models, server: GitServer, repository: Path, target: str
) -> None:
    (repository / "folder").mkdir()
    (repository / "folder" / "link").symlink_to("../" + target if target == ".." else target)
    commit(repository, {"folder/x": ""})
    assert "a link that leads out of it, folder/link" in await models.refused(server.url("pose"))


async def test_a_link_inside_stays(models: Models, server: GitServer, repository: Path) -> None:
    (repository / "other.py").symlink_to("model.py")
    commit(repository, {})
    found = await models.fetch(server.url("pose"))
    assert (found.path / "other.py").read_text() == (found.path / "model.py").read_text()


async def test_a_tree_that_names_git_itself_is_refused(models: Models, server: GitServer, repository: Path) -> None:
    blob = git(repository, "hash-object", "-w", "--stdin", given=b"[core]\n")
    inner = git(repository, "mktree", given=f"100644 blob {blob}\tconfig\n".encode())
    tree = git(repository, "hash-object", "-t", "tree", "--literally", "-w", "--stdin",
        given=b"40000 .git\0" + bytes.fromhex(inner))  # fmt: skip
    made = git(repository, "commit-tree", tree, "-m", "x")
    git(repository, "update-ref", "refs/heads/main", made)
    assert "made to deceive git" in await models.refused(server.url("pose"))


async def test_a_bomb_is_not_written_to_the_disk(
    models: Models, server: GitServer, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = git(repository, "hash-object", "-w", "--stdin", given=b"boom")
    kind = "100644 blob"
    for _ in range(10):  # ten thousand million files
        inner = git(repository, "mktree", given="".join(f"{kind} {inner}\tf{n}\n" for n in range(10)).encode())
        kind = "040000 tree"
    git(repository, "update-ref", "refs/heads/main", git(repository, "commit-tree", inner, "-m", "x"))
    assert "too large: more than 100000 files" in await models.refused(server.url("pose"))


async def test_too_much_to_download_ends_it(
    models: Models, server: GitServer, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "noise").write_bytes(os.urandom(3_000_000))
    commit(repository, {})
    monkeypatch.setattr(fetching_file, "_MOST_PACKED_BYTES", 100_000)
    assert "larger than 100 kB" in await models.refused(server.url("pose"))


async def test_submodules_and_pointers_are_told_and_not_fetched(
    models: Models, server: GitServer, repository: Path
) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 1200000000\n"
    commit(repository, {"net.safetensors": pointer, "notes.md": "version https://git-lfs.github.com/spec/v1"})
    other = make_repository(server.root / "other")
    git(repository, "submodule", "--quiet", "add", str(other), "inner")
    commit(repository, {})
    found = await models.fetch(server.url("pose"))
    submodules, pointers = models.warnings
    assert submodules.startswith("pose: inner: other repositories")
    assert pointers.startswith("pose: net.safetensors (1.2 GB): only pointers")
    assert list((found.path / "inner").iterdir()) == []


# -- where it may not go -----------------------------------------------------------------------------------------------


async def test_without_the_switch_neither_this_computer_nor_plain_http(models: Models, server: GitServer) -> None:
    models.git = models.made(allow_private=False)
    with pytest.raises(InputError, match=r"git\+https://"):
        await models.fetch(server.url("pose"))
    assert "private network" in await models.refused("git+https://localhost/pose")
    assert "not a place on the web" in await models.refused("git+https://169.254.169.254/latest")
    assert server.asked == []


@pytest.mark.parametrize("lead_to", ["http://127.0.0.1:1", "http://169.254.169.254", "https://example.org", "ext::x"])
async def test_redirects_are_not_followed(models: Models, server: GitServer, lead_to: str) -> None:
    server.lead_to = lead_to
    assert "lies elsewhere" in await models.refused(server.url("pose"))


async def test_git_goes_to_the_address_that_the_guard_has_looked_at(
    models: Models, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is known to nobody but the guard, so git can only have it from there."""
    real = socket.getaddrinfo
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: here if host == "web.invalid" else real(host, *rest, **more)
    )
    found = await models.fetch(f"git+http://web.invalid:{server.port}/pose")
    assert (found.path / "model.py").exists()


async def test_offline_nothing_is_fetched_and_what_is_here_is_found(models: Models, server: GitServer) -> None:
    found = await models.fetch(server.url("pose"))
    models.git = models.made(is_offline=True)
    assert await models.fetch(server.url("pose")) == found
    asked = len(server.asked)
    with pytest.raises(FetchError, match="offline"):
        await models.fetch(server.url("other"))
    assert len(server.asked) == asked


# -- what goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing", "no such repository, or it is not public"),
        ("pose@nothing", "no such version"),
        ("pose@" + "0" * 40, "no such version"),
        ("pose@abc1234", "all 40 digits"),
    ],
)
async def test_what_is_not_there(models: Models, server: GitServer, name: str, words: str) -> None:
    assert words in await models.refused(server.url(name))


@pytest.mark.parametrize(
    ("status", "words"), [(401, "not public"), (403, "not public"), (500, "git could not fetch it"), (301, "elsewhere")]
)
async def test_what_the_server_refuses(models: Models, server: GitServer, status: int, words: str) -> None:
    server.status = status
    assert words in await models.refused(server.url("pose"))
    assert [contact.outcome for contact in models.ledger.contacts()] == ["failed"]


async def test_nobody_there(models: Models) -> None:
    assert "cannot be reached" in await models.refused("git+http://127.0.0.1:1/pose")


async def test_what_is_no_repository(models: Models, server: GitServer) -> None:
    (server.root / "page").mkdir()
    (server.root / "page" / "index.html").write_text("hello")
    assert "no such repository" in await models.refused(server.url("page"))


async def test_without_git_it_says_how_to_get_it(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesso.registry.git.program.shutil.which", lambda _: None)
    with pytest.raises(InstallError, match="git is not on this computer") as caught:
        await models.fetch("git+http://127.0.0.1:1/pose")
    assert "ZIP" in caught.value.hint


async def test_canceling_ends_git_and_leaves_nothing(models: Models, nothing_left: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        task = asyncio.create_task(models.fetch(f"git+http://127.0.0.1:{port}/pose"))
        while not any("fetch" in command for command in models.commands):
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert models.kept == []
    assert [contact.outcome for contact in models.ledger.contacts()] == ["canceled"]


async def test_what_a_killed_process_left_is_removed(models: Models, server: GitServer) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    leftover = models.folder / f".fetching-{ended.pid}-x"
    leftover.mkdir(parents=True)
    (models.folder / f".fetching-{os.getpid()}-mine").mkdir()
    await models.fetch(server.url("pose"))
    assert not leftover.exists()
    assert (models.folder / f".fetching-{os.getpid()}-mine").exists()
