"""Entries of a list of pages: exact, with any port, and those that mean nobody."""

import pytest

from gesso.net.origins import is_meant


@pytest.mark.parametrize(
    ("origin", "listed"),
    [
        ("https://editor.p5js.org", "https://editor.p5js.org"),
        ("http://localhost:3000", "http://localhost:*"),
        ("http://localhost", "http://localhost:*"),
        ("http://[::1]:8080", "http://[::1]:*"),
    ],
)
def test_a_page_is_the_one_listed(origin: str, listed: str) -> None:
    assert is_meant(origin, listed)


@pytest.mark.parametrize(
    ("origin", "listed"),
    [
        ("https://editor.p5js.org", "http://editor.p5js.org"),
        ("https://editor.p5js.org.evil.example", "https://editor.p5js.org"),
        ("https://anything.example", "*"),
        ("null", "null"),
        ("https://a.example", "https://*"),
        ("https://a.b.example", "https://*.b.example"),
        ("http://localhost.evil.example:80", "http://localhost:*"),
        ("http://localhost:80@evil.example", "http://localhost:*"),
        ("http://evil@localhost:80", "http://localhost:*"),
        ("http://localhost:999999", "http://localhost:*"),
        ("http://[::1:80", "http://localhost:*"),
        ("https://localhost:80", "http://localhost:*"),
    ],
)
def test_a_page_is_not_the_one_listed(origin: str, listed: str) -> None:
    assert not is_meant(origin, listed)
