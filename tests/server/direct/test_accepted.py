from __future__ import annotations

import pytest

from gesso.errors import InputError, NotFoundError
from gesso.server.direct.accepted import Form, choose_form
from gesso.server.errors import Refusal
from gesso.spec.model import Command, Port

PICTURE = Port(name="picture", type="image")
MASK = Port(name="mask", type="mask")
WORDS = Port(name="words", type="text")
FILM = Port(name="film", type="video")
NOTES = Port(name="notes", type="file")
COUNT = Port(name="count", type="number")


def form(accept: str, *ports: Port, output: str | None = None) -> Form:
    return choose_form(accept, Command(name="run", outputs=ports), output=output)


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/json", "text/html, */*", "image/png;q=0, */*", ";;,", "application/*"]
)
def test_json_is_what_comes_if_nothing_else_is_asked_for(accept: str) -> None:
    assert form(accept, PICTURE).kind == "json"


@pytest.mark.parametrize(
    ("accept", "media_type", "ending"),
    [
        ("image/jpeg", "image/jpeg", ".jpg"),
        ("IMAGE/PNG", "image/png", ".png"),
        ("image/webp;q=0.5, image/png;q=0.9", "image/png", ".png"),
        ("image/*", "image/png", ".png"),
        ("text/html, image/webp", "image/webp", ".webp"),
        ("image/heic, image/jpeg;q=0.1", "image/jpeg", ".jpg"),
    ],
)
def test_the_dearest_that_there_is_comes(accept: str, media_type: str, ending: str) -> None:
    assert form(accept, PICTURE, WORDS, COUNT) == Form("medium", PICTURE, media_type, ending)


def test_a_text_comes_before_events() -> None:
    assert form("text/*", WORDS).media_type == "text/plain"
    assert form("text/*", PICTURE).kind == "events"
    assert form("text/event-stream", WORDS).kind == "events"


def test_a_mask_never_loses() -> None:
    assert form("image/*", MASK).media_type == "image/png"
    with pytest.raises(Refusal):
        form("image/jpeg", MASK)


def test_files_come_as_they_are() -> None:
    assert form("video/*", FILM) == Form("medium", FILM, "video/mp4", "")
    assert form("application/octet-stream", NOTES).port == NOTES


def test_several_that_fit_are_asked_about() -> None:
    with pytest.raises(InputError, match="picture, mask"):
        form("image/png", PICTURE, MASK)
    assert form("image/png", PICTURE, MASK, output="mask").port == MASK
    assert form("image/jpeg", PICTURE, MASK).port == PICTURE


def test_an_output_that_is_named_comes_alone() -> None:
    assert form("*/*", PICTURE, WORDS, output="words") == Form("json", WORDS)
    with pytest.raises(NotFoundError, match="picture"):
        form("*/*", PICTURE, output="sound")


def test_what_there_is_not_is_said() -> None:
    with pytest.raises(Refusal) as refused:
        form("image/png", WORDS, COUNT)
    assert refused.value.status_code == 406
    assert "text/plain" in refused.value.problem.hint
    assert "image" not in refused.value.problem.hint
