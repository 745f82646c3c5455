"""Signatures: of messages that a deployment sends, and of addresses that open one thing of it.

Messages are signed as https://www.standardwebhooks.com says: HMAC-SHA256 over the id, the time and the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

_BYTES: Final = 32
_PREFIX: Final = "whsec_"


def new_secret() -> str:
    """Return a new secret, as a deployment keeps it."""
    return base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def secret_for(secret: str, token_id: str) -> str:
    """Return the secret of one token of a deployment: whoever has it learns nothing of the others."""
    return base64.b64encode(_mac(secret, f"token {token_id}")).decode()


def shown_secret(secret: str) -> str:
    """Return a secret as libraries that check messages take it."""
    return _PREFIX + secret


def sign(secrets_: tuple[str, ...], *, message_id: str, sent_s: int, body: bytes) -> str:
    """Return the header `webhook-signature`: a signature with each of the secrets, of which one is enough."""
    signed = f"{message_id}.{sent_s}.".encode() + body
    macs = (hmac.digest(base64.b64decode(secret), signed, "sha256") for secret in secrets_)
    return " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs)


def seal(secret: str, text: str) -> str:
    """Return what proves that an address with this text in it comes from us."""
    return base64.urlsafe_b64encode(_mac(secret, f"address {text}")).decode().rstrip("=")


def is_sealed(secret: str, text: str, *, seal_: str) -> bool:
    """Say whether it does."""
    return hmac.compare_digest(seal(secret, text).encode(), seal_.encode("utf-8", "replace"))


def _mac(secret: str, text: str) -> bytes:
    return hmac.digest(base64.b64decode(secret), text.encode("utf-8", "surrogatepass"), hashlib.sha256)
