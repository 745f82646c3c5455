from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Gesso, write_model
from tests.cli.serving import Served, serving

ECHO = """
class Echo(Model):
    def run(self, text: str = "fox") -> str:
        if text == "bad":
            raise ValueError("no good")
        log(f"I was told {text}")
        return text.upper()
"""


@pytest.fixture
def served(gesso: Gesso, home: Path, work: Path) -> Iterator[Served]:
    """A server that knows the model `echo`, which has run twice: once well, once badly."""
    write_model(ECHO, "echo.py")
    assert gesso("add", "./echo.py").code == 0
    with serving(home) as served:
        assert gesso("run", "echo", "--trust", "-i", "text=a hare").out == "A HARE\n"
        assert gesso("run", "echo", "-i", "text=bad").code == 1
        yield served


def ids(gesso: Gesso, *words: str) -> list[str]:
    return [job["id"] for job in gesso("jobs", *words, "--json").json]


def test_jobs_are_listed_the_newest_first(gesso: Gesso, served: Served) -> None:
    assert [job["status"] for job in gesso("jobs", "--json").json] == ["failed", "succeeded"]
    assert "echo:run" in gesso("jobs").out
    assert len(ids(gesso, "--search", "hare")) == 1
    assert len(ids(gesso, "--status", "failed", "--status", "queued")) == 1
    assert len(ids(gesso, "--limit", "1")) == 1
    assert gesso("jobs", "--status", "odd").code == 2


def test_a_job_is_shown(gesso: Gesso, served: Served) -> None:
    failed, done = ids(gesso)
    shown = gesso("jobs", "show", done).out
    for words in ("succeeded", "text = a hare", "output = A HARE", "I was told a hare"):
        assert words in shown
    assert "no good" in gesso("jobs", "show", failed).out
    assert gesso("jobs", "show", done, "--json").json["recipe"]["inputs"] == {"text": "a hare"}


def test_a_job_is_run_again_and_deleted(gesso: Gesso, served: Served) -> None:
    _, done = ids(gesso)
    again = gesso("jobs", "retry", done).out.strip()
    assert gesso("jobs", "show", again, "--json").json["retry_of"] == done
    assert gesso("jobs", "cancel", again).code == 0  # that it is over already is no error
    assert gesso("jobs", "delete", done, again).code == 0
    assert len(ids(gesso)) == 1


def test_an_id_that_is_none(gesso: Gesso, served: Served) -> None:
    for words in (["show"], ["cancel"], ["retry"], ["delete"]):
        ended = gesso("jobs", *words, "../health")
        assert ended.code == 4
        assert "There is no job" in ended.err


def test_without_a_server_the_same_is_read_from_the_database(gesso: Gesso, served: Served) -> None:
    before = gesso("jobs", "--json").json
    _, done = ids(gesso)
    shown = gesso("jobs", "show", done).out
    served.stop()
    assert gesso("jobs", "--json").json == before
    assert gesso("jobs", "show", done).out == shown
    refused = gesso("jobs", "retry", done)
    assert refused.code == 1
    assert "gesso studio" in refused.err
    assert gesso("jobs", "delete", done).code == 0
    assert len(ids(gesso)) == 1


def test_where_nothing_was_run_there_is_nothing(gesso: Gesso) -> None:
    ended = gesso("jobs")
    assert (ended.code, ended.out, ended.err) == (0, "", "There are no jobs.\n")
