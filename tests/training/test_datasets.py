from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gesso.errors import DamagedError, InputError, NotFoundError
from gesso.jobs.history import History
from gesso.storage.backup import backup, restore
from gesso.storage.home import Home
from gesso.training.datasets import Datasets
from tests.training.trainers import TEXT


@pytest.fixture
async def home_of_datasets(tmp_path: Path) -> AsyncIterator[Home]:
    with Home(tmp_path / "home") as home:
        yield home


@pytest.fixture
def datasets(home_of_datasets: Home) -> Datasets:
    return Datasets(home_of_datasets.database, home_of_datasets.blobs)


async def test_a_dataset_is_one_file_that_is_known_by_its_content(datasets: Datasets, home_of_datasets: Home) -> None:
    made = await datasets.make([("poems/snow.txt", TEXT.encode())], name="My snow")
    rows = [json.loads(line) for line in home_of_datasets.blobs.read(made.digest).splitlines()]
    assert {row["source"] for row in rows} == {"poems/snow.txt"}
    assert [row["split"] for row in rows] == sorted((row["split"] for row in rows), reverse=True)
    held = sum(len(row["text"]) for row in rows if row["split"] == "heldout")
    assert (made.heldout_characters, made.characters) == (held, sum(len(row["text"]) for row in rows))
    assert 0.02 < held / made.characters < 0.15
    assert made.name == "My snow"
    assert made.encodings == {"UTF-8": 1}
    assert made.words == sum(len(row["text"].split()) for row in rows)
    same = await datasets.make([("poems/snow.txt", TEXT.encode("utf-16"))], name="Other")
    assert (same.digest, same.name) == (made.digest, "My snow")
    assert [each.name for each in await datasets.all()] == ["My snow"]


async def test_what_is_a_dataset_already_stays_as_it_is(datasets: Datasets, home_of_datasets: Home) -> None:
    made = await datasets.make([("snow.txt", TEXT.encode())])
    data = home_of_datasets.blobs.read(made.digest)
    await datasets.delete(made.digest)
    again = await datasets.make([("other.jsonl", data)])
    assert (again.digest, again.name, again.encodings) == (made.digest, "other", {"UTF-8": 1})
    assert again.heldout_characters == made.heldout_characters
    with pytest.raises(InputError, match="a text"):  # nothing is held out
        await datasets.make([("other.jsonl", data.replace(b'"heldout"', b'"train"'))])
    strange = await datasets.make([("other.jsonl", data.replace(b'"heldout"', b'"spare"'))])
    assert strange.columns == ("text",)


async def test_a_name_that_is_taken_gets_a_number_and_none_is_the_files(datasets: Datasets) -> None:
    for number, name in enumerate(("snow", "snow-2", "snow-3")):
        made = await datasets.make([("snow.txt", f"{TEXT} {number}".encode())])
        assert made.name == name
    folder = await datasets.make([("poems/a.txt", TEXT.encode()), ("poems/b.md", f"# B\n{TEXT[::-1]}".encode())])
    assert (folder.name, folder.documents) == ("poems", 2)


@pytest.mark.parametrize("name", ["x" * 101, "a/b", "..\\x", "a\x00b", "a?b"])
async def test_a_name_that_no_address_can_have_is_refused(datasets: Datasets, name: str) -> None:
    with pytest.raises(InputError, match="without slashes"):
        await datasets.make([("snow.txt", TEXT.encode())], name=name)
    assert (await datasets.make([("50% snow?.txt", TEXT.encode())])).name == "50 snow"


async def test_it_is_found_by_name_digest_and_beginning(datasets: Datasets) -> None:
    made = await datasets.make([("snow.txt", TEXT.encode())])
    for word in ("snow", made.digest, made.digest[:8]):
        assert (await datasets.get(word)).digest == made.digest
    for word in ("rain", made.digest[:3], "", "../x"):
        with pytest.raises(NotFoundError):
            await datasets.get(word)


async def test_a_preview_shows_beginnings(datasets: Datasets) -> None:
    made = await datasets.make([("snow.txt", TEXT.encode())])
    samples = await datasets.preview(made.name, limit=5)
    assert samples[0].text == TEXT[:600]
    assert samples[0].is_cut
    assert samples[-1].split == "heldout"
    assert await datasets.preview(made.name, limit=5, after=100) == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "at least one text"),
        ([("a.txt", b"")], "an empty file"),
        ([("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(2000))], "a PNG picture"),
        ([("a.txt", b"A short poem.")], "only 13 bytes"),
        ([("a.txt", b"snow fox roof lane wood " * 400)], "the same over and over"),
        ([("a.txt", ("The same sentence over and over again, " * 4 + "\n\n").encode() * 100)], "without what is there"),
    ],
)
async def test_what_cannot_be_learnt_from_is_refused_and_nothing_is_kept(
    datasets: Datasets, files: list[tuple[str, bytes]], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        await datasets.make(files)
    assert await datasets.all() == []


async def test_little_text_is_taken_with_an_honest_word(datasets: Datasets) -> None:
    made = await datasets.make([("snow.txt", TEXT[:2000].encode())])
    assert "very little" in made.remarks[0]
    assert made.heldout_characters >= 200


async def test_what_is_left_out_is_counted(datasets: Datasets) -> None:
    rows = [*TEXT.split("\n\n"), TEXT.split("\n\n")[0], "", " "]
    made = await datasets.make([("t.jsonl", "\n".join(map(json.dumps, rows)).encode())], left_out=3)
    told = {each.why: each.count for each in made.left_out}
    assert told["documents that are there twice"] == 1
    assert told["empty rows"] == 2
    assert told["files that are no text, by their names"] == 3


async def test_its_file_is_in_use_as_long_as_it_is_there(datasets: Datasets, home_of_datasets: Home) -> None:
    made = await datasets.make([("snow.txt", TEXT.encode())])
    history, blobs = History(home_of_datasets.database), home_of_datasets.blobs
    assert blobs.sweep(history.files_in_use, grace_s=-1) == 0
    await datasets.delete(made.name)
    assert list(blobs.digests()) == []
    with pytest.raises(NotFoundError):
        await datasets.get(made.name)


async def test_a_backup_has_it(datasets: Datasets, home_of_datasets: Home, tmp_path: Path) -> None:
    made = await datasets.make([("snow.txt", TEXT.encode())])
    backup(home_of_datasets.path, tmp_path / "backup.zip")
    restore(tmp_path / "backup.zip", tmp_path / "other")
    with Home(tmp_path / "other") as other:
        again = Datasets(other.database, other.blobs)
        assert await again.get("snow") == made
        assert (await again.preview("snow"))[0].text


async def test_passages_that_are_known_by_heart_are_marked(datasets: Datasets, home_of_datasets: Home) -> None:
    made = await datasets.make([("snow.txt", TEXT.encode())])
    found = await datasets.find_memorised(made.digest, f"Once. {TEXT[:150]}")
    assert found.share > 0.8
    assert found.spans[0].source == "snow.txt"
    kept = home_of_datasets.blobs.put(b"no dataset\n", "dataset.jsonl")
    with pytest.raises(DamagedError):
        await datasets.find_memorised(kept.blob, "text")
