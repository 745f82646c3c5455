"""Repositories of the hub, from a server on this computer that has one in its true layout."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gesso.errors import FetchError, InputError
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from gesso.registry.weights import WeightsFolder
from gesso.spec.runnable import Progress
from gesso.training.hub import Hub, Repository, read_repository
from tests.net.server import response, serving

COMMIT = "607a30d783dfa663caf39e06633721c8d4cfcd7e"
CONFIG = json.dumps({"model_type": "gpt2", "n_embd": 8}).encode()
WEIGHTS = b"\x08\x00\x00\x00\x00\x00\x00\x00{}      " + bytes(range(256)) * 400


class Repo:
    """What the hub has. `asked` are the paths that were asked for, with the bytes from where on."""

    def __init__(self) -> None:
        self.files = {
            "config.json": CONFIG,
            "vocab.json": b"{}",
            "merges.txt": b"#version\n",
            "model.safetensors": WEIGHTS,
        }
        self.extra: list[dict[str, Any]] = [{"rfilename": "pytorch_model.bin", "size": 9, "lfs": {"sha256": "0" * 64}}]
        self.asked: list[str] = []
        self.breaks_at = 0
        self.gate = threading.Event()
        self.gate.set()
        self.port = 0

    def siblings(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = []
        for name, data in self.files.items():
            told: dict[str, Any] = {"rfilename": name, "size": len(data)}
            if name.endswith(".safetensors"):
                told["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            else:
                told["blobId"] = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
            listed.append(told)
        return [*listed, *self.extra]

    def answer(self, connection: socket.socket, request: str) -> None:
        path = request.split(" ")[1]
        begin = int(found.split("=")[1].split("-")[0]) if (found := _header(request, "Range")) else 0
        self.asked.append(f"{path} {begin}" if begin else path)
        if path.startswith("/api/models/tiny/gpt2/revision/"):
            told = {"sha": COMMIT, "cardData": {"license": "mit"}, "siblings": self.siblings()}
            connection.sendall(response(json.dumps(told).encode()))
        elif path.startswith(f"/tiny/gpt2/resolve/{COMMIT}/model.safetensors"):
            moved = f"http://127.0.0.1:{self.port}/cdn/model"  # as the hub does for what is large
            connection.sendall(response(status="302 Found", Location=moved))
        elif path == "/cdn/model":
            self.send_large(connection, begin)
        elif path.startswith(f"/tiny/gpt2/resolve/{COMMIT}/") and (name := path.rpartition("/")[2]) in self.files:
            connection.sendall(response(self.files[name]))
        else:
            connection.sendall(response(b"Repository not found", status="401 Unauthorized"))

    def send_large(self, connection: socket.socket, begin: int) -> None:
        data = self.files["model.safetensors"]
        self.gate.wait(60)
        if self.breaks_at and not begin:
            whole = response(data, ETag='"v1"', Accept_Ranges="bytes")
            connection.sendall(whole[: -len(data) + self.breaks_at])
        elif begin:
            part = f"bytes {begin}-{len(data) - 1}/{len(data)}"
            connection.sendall(response(data[begin:], status="206 Partial Content", Content_Range=part, ETag='"v1"'))
        else:
            connection.sendall(response(data, ETag='"v1"'))


def _header(request: str, name: str) -> str:
    lines = [line for line in request.split("\r\n") if line.lower().startswith(name.lower() + ":")]
    return lines[0].partition(":")[2].strip() if lines else ""


@pytest.fixture
def repo() -> Iterator[Repo]:
    made = Repo()
    with serving(made.answer) as port:
        made.port = port
        yield made


def hub_of(repo: Repo, folder: Path, *, is_offline: bool = False) -> Hub:
    door = Door(Ledger(folder), is_offline=lambda: is_offline)
    weights = WeightsFolder(folder / "weights", door=door, allow_private=True)
    address = f"http://127.0.0.1:{repo.port}"
    return Hub(folder / "bases", weights=weights, door=door, address=address, allow_private=True)


def ignore(event: Progress) -> None:
    """Hear nothing."""


@pytest.mark.parametrize(
    ("reference", "repository"),
    [
        ("gpt2", Repository("openai-community/gpt2")),
        ("distilgpt2", Repository("distilbert/distilgpt2")),
        ("gpt2-medium@abc", Repository("openai-community/gpt2-medium", "abc")),
        ("owner/name", Repository("owner/name")),
        ("owner/na.me_2@v1.0/x", Repository("owner/na.me_2", "v1.0/x")),
    ],
)
def test_names_of_repositories_are_read(reference: str, repository: Repository) -> None:
    assert read_repository(reference) == repository


@pytest.mark.parametrize(
    "reference", ["", "nothing", "a/b/c", "../x/y", "a/b@", "a/..", "http://x/y", "a b/c", "a/b@../x"]
)
def test_what_is_no_repository_is_refused(reference: str) -> None:
    with pytest.raises(InputError, match="repository of the hub"):
        read_repository(reference)


async def test_what_is_needed_is_fetched_once_and_written_down(repo: Repo, tmp_path: Path) -> None:
    hub, told = hub_of(repo, tmp_path), list[Progress]()
    fetched = await hub.fetch(Repository("tiny/gpt2"), told.append)
    assert (fetched.commit, fetched.licence) == (COMMIT, "mit")
    assert {path.name: path.read_bytes() for path in fetched.path.iterdir()} == repo.files
    assert not any("pytorch_model" in path for path in repo.asked)
    assert any("tiny" in event.text for event in told)
    assert "tiny/gpt2 from the hub" in {contact.what_for for contact in Ledger(tmp_path).contacts()}
    asked = len(repo.asked)
    for revision in ("main", COMMIT):
        assert (
            await hub_of(repo, tmp_path, is_offline=True).fetch(Repository("tiny/gpt2", revision), ignore)
        ) == fetched
    assert len(repo.asked) == asked
    hub_of(repo, tmp_path, is_offline=True).check(Repository("tiny/gpt2"))


async def test_what_broke_off_goes_on_where_it_was(repo: Repo, tmp_path: Path) -> None:
    repo.breaks_at = 5000
    fetched = await hub_of(repo, tmp_path).fetch(Repository("tiny/gpt2"), ignore)
    assert (fetched.path / "model.safetensors").read_bytes() == WEIGHTS
    assert "/cdn/model 5000" in repo.asked


async def test_offline_it_is_said_before_anything_begins(repo: Repo, tmp_path: Path) -> None:
    hub = hub_of(repo, tmp_path, is_offline=True)
    with pytest.raises(FetchError, match="offline"):
        hub.check(Repository("tiny/gpt2"))
    with pytest.raises(FetchError, match="offline"):
        await hub.fetch(Repository("tiny/gpt2"), ignore)
    assert repo.asked == []


async def test_pickles_and_other_shapes_are_refused_before_the_weights_are_fetched(repo: Repo, tmp_path: Path) -> None:
    repo.files["config.json"] = json.dumps({"model_type": "llama"}).encode()
    with pytest.raises(InputError, match="GPT-2's shape"):
        await hub_of(repo, tmp_path).fetch(Repository("tiny/gpt2"), ignore)
    repo.files["config.json"] = CONFIG
    del repo.files["model.safetensors"]
    with pytest.raises(InputError, match=r"only pytorch_model\.bin"):
        await hub_of(repo, tmp_path).fetch(Repository("tiny/gpt2"), ignore)
    assert not any("cdn" in path for path in repo.asked)
    assert not [path for path in (tmp_path / "bases").rglob("*") if path.is_file()]


async def test_what_is_not_there_or_came_wrong_is_said(repo: Repo, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="has no model tiny/none"):
        await hub_of(repo, tmp_path).fetch(Repository("tiny/none"), ignore)
    real = repo.siblings()
    repo.files["vocab.json"] = b"{ }"
    repo.siblings = lambda: real  # type: ignore[method-assign]  # the hub says another thing than it sends
    with pytest.raises(FetchError, match="did not come as the hub says"):
        await hub_of(repo, tmp_path).fetch(Repository("tiny/gpt2"), ignore)
    repo.files["vocab.json"] = b"{}"
    repo.files["model.safetensors"] = WEIGHTS[::-1]
    with pytest.raises(FetchError, match="expected the SHA-256"):
        await hub_of(repo, tmp_path).fetch(Repository("tiny/gpt2"), ignore)


async def test_a_repository_without_a_tokenizer_is_refused(repo: Repo, tmp_path: Path) -> None:
    del repo.files["merges.txt"]
    with pytest.raises(InputError, match="tokenizer"):
        await hub_of(repo, tmp_path).fetch(Repository("tiny/gpt2"), ignore)
