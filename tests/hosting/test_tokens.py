from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from gesso.errors import DamagedError, InputError
from gesso.hosting.tokens import BROWSER_REQUESTS, Token, TokenOrder, check_origin, hash_of, make_token


def make(**order: object) -> tuple[Token, str]:
    return make_token(TokenOrder(**{"name": "my bot", **order}), deployment="poet", token_id="0" * 26)  # type: ignore[arg-type]  # each test says what it wants


def test_a_token_is_256_random_bits_and_only_its_hash_is_kept() -> None:
    token, secret = make()
    bits = base64.urlsafe_b64decode(secret.removeprefix("gesso_") + "=")
    assert len(bits) == 32
    assert secret not in token.to_json()
    assert token.hint == secret[-4:]
    assert len(hash_of(secret)) == 64
    assert make()[1] != secret
    assert Token.from_json(token.to_json()) == token


def test_a_secret_token_has_no_limits_unless_somebody_says() -> None:
    token, _ = make()
    assert (token.expires_at, token.max_requests, token.requests_per_minute) == (None, None, None)
    assert not token.is_expired()


def test_a_browser_token_has_pages_an_end_and_a_cap() -> None:
    token, secret = make(kind="browser", origins=("https://Editor.p5js.org/",))
    assert token.origins == ("https://editor.p5js.org",)
    assert token.expires_at is not None
    assert token.max_requests == BROWSER_REQUESTS
    assert secret.startswith("gessob_")


def test_an_expired_token_is_known() -> None:
    token, _ = make(days=1)
    assert not token.is_expired()
    assert replace(token, expires_at="2026-01-01T00:00:00Z").is_expired()


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ({"name": " "}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"kind": "browser"}, "the pages that may use it"),
        ({"origins": ("https://a.example",)}, "no pages"),
        ({"kind": "browser", "origins": ("*",)}, "beginning of a web address"),
        ({"days": 0}, "days"),
        ({"days": float("nan")}, "days"),
        ({"days": 1e9}, "days"),
    ],
)
def test_a_wrong_order_is_refused(order: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        make(**order)


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "https://*", "https://a.example/x", "https://u@a.example", "ftp://a", "https://", "//a", "a", "https://[",
     "https://a.example:99999", "https://*.example", "https://a.example?x", "http://localhost:*:*"],
)  # fmt: skip
def test_what_is_no_page_is_refused(origin: str) -> None:
    with pytest.raises(InputError):
        check_origin(origin)


def test_every_port_of_a_computer_can_be_meant() -> None:
    assert check_origin("http://localhost:*") == "http://localhost:*"
    assert check_origin("https://a.example:8443") == "https://a.example:8443"


def test_a_broken_token_is_told() -> None:
    with pytest.raises(DamagedError):
        Token.from_json('{"id": 7}')
