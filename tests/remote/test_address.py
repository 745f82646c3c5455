from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from gesso.errors import InputError
from gesso.net.distant import Distant
from gesso.net.loopback import Loopback
from gesso.remote.address import hosted_path, is_hosted, line_to


class Way:
    @contextlib.contextmanager
    def contact(self, host: str, what_for: str) -> Iterator[None]:
        yield


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://gesso.example.org/m/pose", "/m/pose"),
        ("https://gesso.example.org/m/pose/", "/m/pose"),
        ("https://gesso.example.org/m/pose/run", "/m/pose"),
        ("http://127.0.0.1:5142/m/pose-3f9a1c.runwayml.cloud/v1", "/m/pose-3f9a1c"),
        ("http://127.0.0.1:5142/", ""),
        ("http://127.0.0.1:5142", ""),
    ],
)
def test_what_an_address_means(url: str, path: str) -> None:
    assert hosted_path(url) == path
    assert is_hosted(url) == bool(path)


@pytest.mark.parametrize("url", ["https://example.org/fox/bat.git", "https://example.org/m/POSE", "https://x/m/a/b"])
def test_an_address_of_something_else_is_refused(url: str) -> None:
    assert not is_hosted(url)
    with pytest.raises(InputError):
        hosted_path(url)


@pytest.mark.parametrize("word", ["pose", "./m/pose", "file:///m/pose", "https://[::1/m/pose", "git+https://x/m/pose"])
def test_what_is_no_address_is_none(word: str) -> None:
    assert not is_hosted(word)


@pytest.mark.parametrize("url", ["http://127.0.0.1:5142/m/a", "http://localhost:5142", "http://[::1]:5142/"])
def test_this_computer_needs_no_way_out(url: str) -> None:
    assert isinstance(line_to(url, "t", way=Way()), Loopback)


def test_others_are_distant() -> None:
    line = line_to("https://gesso.example.org/m/pose", "t", way=Way())
    assert isinstance(line, Distant)
    assert (line.scheme, line.host, line.port) == ("https", "gesso.example.org", 443)
    assert "t'" not in repr(line)  # a token is in no log


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "https://", "https://me:secret@example.org/m/a", "http://x:99999"]
)
def test_what_cannot_be_asked_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        line_to(url, "t", way=Way())
