"""Webhooks: signed as standard libraries check them, sent again, and nowhere where nothing may be sent."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks

from gesso.errors import FetchError
from gesso.hosting.signing import is_sealed, new_secret, seal, secret_for, shown_secret, sign
from gesso.hosting.webhooks import Message, Webhooks
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from tests.server.protocols.targets import target

PRIVATE = [
    "http://127.0.0.1/",
    "http://localhost:5142/",
    "http://[::1]/",
    "http://0.0.0.0/",
    "http://2130706433/",
    "http://10.1.2.3/",
    "http://192.168.0.1/",
]
NEVER = [
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
    "http://[::ffff:169.254.169.254]/",
]


def message(url: str, **more: Any) -> Message:
    return Message(
        url=url,
        sender=more.pop("sender", "anna"),
        id="msg_1",
        body=b'{"id": "1"}',
        secrets=more.pop("secrets", (new_secret(),)),
    )


@pytest.fixture
async def webhooks(tmp_path: Path) -> AsyncIterator[Webhooks]:
    made = Webhooks(Door(Ledger(tmp_path)), allow_private=lambda: True, pauses_s=(0.01, 0.01, 0.01))
    yield made
    made.stop()


@pytest.mark.parametrize("url", [*PRIVATE, *NEVER, "ftp://example.com/", "http://", "nonsense"])
async def test_nothing_is_sent_to_where_nothing_may_be_sent(tmp_path: Path, url: str) -> None:
    closed = Webhooks(Door(Ledger(tmp_path)), allow_private=lambda: False, pauses_s=(0.01,))
    with pytest.raises(FetchError):
        await closed.check(url, sender="anna")
    error = await closed.send_surely(message(url))
    assert isinstance(error, FetchError)
    assert not error.is_passing
    closed.stop()


@pytest.mark.parametrize("url", NEVER)
async def test_metadata_is_never_a_target(webhooks: Webhooks, url: str) -> None:
    with pytest.raises(FetchError):
        await webhooks.check(url, sender="anna")
    with pytest.raises(FetchError):
        await webhooks.send(message(url))


async def test_a_very_long_address_is_refused(webhooks: Webhooks) -> None:
    with pytest.raises(FetchError, match="at most"):
        await webhooks.check(f"https://example.com/{'a' * 3000}", sender="anna")


async def test_a_name_that_nobody_knows_may_be_known_later(webhooks: Webhooks) -> None:
    await webhooks.check("https://nobody.invalid/hook", sender="anna")


async def test_a_message_is_checked_with_any_of_its_secrets(webhooks: Webhooks) -> None:
    one, other = new_secret(), new_secret()
    with target() as kept:
        assert await webhooks.send_surely(message(kept.url, secrets=(one, other))) is None
    for secret in (one, other):
        assert standardwebhooks.Webhook(shown_secret(secret)).verify(kept.bodies[0], kept.heads[0]) == {"id": "1"}
    with pytest.raises(standardwebhooks.webhooks.WebhookVerificationError):
        standardwebhooks.Webhook(shown_secret(new_secret())).verify(kept.bodies[0], kept.heads[0])
    with pytest.raises(standardwebhooks.webhooks.WebhookVerificationError):
        standardwebhooks.Webhook(shown_secret(one)).verify(b'{"id": "2"}', kept.heads[0])


async def test_it_is_sent_again_until_it_has_arrived(webhooks: Webhooks) -> None:
    with target([500, 429, 200]) as kept:
        assert await webhooks.send_surely(message(kept.url)) is None
    assert len(kept.bodies) == 3
    assert {head["webhook-id"] for head in kept.heads} == {"msg_1"}


@pytest.mark.parametrize(("status", "attempts"), [(500, 4), (404, 4), (410, 1), (302, 4)])
async def test_it_is_given_up_in_the_end(webhooks: Webhooks, status: int, attempts: int) -> None:
    with target([status]) as kept:
        error = await webhooks.send_surely(message(kept.url))
    assert error is not None
    assert str(status) in error.message
    assert len(kept.bodies) == attempts


async def test_a_target_that_is_down_is_tried_again(webhooks: Webhooks) -> None:
    with target() as kept:
        pass
    error = await webhooks.send_surely(message(kept.url))
    assert isinstance(error, FetchError)
    assert error.is_passing


async def test_slow_targets_hold_up_nobody_else(webhooks: Webhooks) -> None:
    with target(wait_s=0.5) as kept:
        sending = [asyncio.create_task(webhooks.send(message(kept.url))) for _ in range(8)]
        began = time.monotonic()
        assert await asyncio.to_thread(lambda: "free") == "free"
        assert not any(task.done() for task in sending), time.monotonic() - began
        await asyncio.gather(*sending)


def test_each_token_has_a_secret_of_its_own() -> None:
    secret = new_secret()
    assert secret_for(secret, "one") != secret_for(secret, "two")
    assert secret_for(secret, "one") == secret_for(secret, "one")
    assert len(sign((secret, secret_for(secret, "one")), message_id="m", sent_s=1, body=b"{}").split()) == 2


@pytest.mark.parametrize("wrong", ["", "x", "é" * 43, "\x00", "="])
def test_a_seal_is_good_for_one_text(wrong: str) -> None:
    secret = new_secret()
    assert is_sealed(secret, "a", seal_=seal(secret, "a"))
    assert not is_sealed(secret, "b", seal_=seal(secret, "a"))
    assert not is_sealed(new_secret(), "a", seal_=seal(secret, "a"))
    assert not is_sealed(secret, "a", seal_=wrong)
    assert json.dumps(seal(secret, "a")).isascii()


async def test_a_slow_target_holds_up_messages_of_its_sender_alone(
    webhooks: Webhooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over = threading.Event()

    def send(given: Message) -> int:
        if given.sender == "anna":
            is_over.wait(60)
        return 200

    monkeypatch.setattr(webhooks, "_post", send)
    slow = [asyncio.create_task(webhooks.send(message("https://a.example/"))) for _ in range(30)]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(10):
        await webhooks.send(message("https://b.example/", sender="ben"))
    assert not any(each.done() for each in slow)
    is_over.set()
    await asyncio.gather(*slow)
