"""The owner's key: 256 random bits that open a server which others could reach. Kept is only its SHA-256.

The key comes to the owner once, in a link. The browser that opens the link gets a cookie made from the key, from which
the key cannot be found again: cookies of a computer go to every port of it, also to another program's.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final

from gesso.errors import SettingsError
from gesso.storage import record

LENT: Final = "server-key.json"
"""The file in a home with the key that a running server has lent to other programs of its owner."""
COOKIE: Final = "gesso_owner"
"""The name of the cookie of a browser that has signed in."""
COOKIE_AGE_S: Final = 90 * 24 * 3600
"""How long a browser stays signed in after it was last opened by the link."""


class OwnerKey:
    """The key of a home, kept in `owner.json` there."""

    def __init__(self, home: Path) -> None:
        self._path = home / "owner.json"
        self._kept = self._read()
        self._lent = self._lent_cookie = ""

    @property
    def is_made(self) -> bool:
        """Whether there is a key."""
        return bool(self._kept)

    def make(self) -> str:
        """Make a new key and return it, the only time that it is seen. The old one and its browsers are out."""
        key = secrets.token_urlsafe(32)
        self._kept = {"key_sha256": _hash(key), "cookie_sha256": _hash(cookie_of(key))}
        record.write(self._path, self._kept)
        return key

    def lend(self) -> str:
        """Return a key that opens as the owner's does until `take_back`, and write it where only the owner reads it.

        With it, `gesso run` uses the server that is there without asking its owner for the link, and `gesso studio`
        opens a browser that is signed in until the server stops.
        """
        key = secrets.token_urlsafe(32)
        record.write(self._path.with_name(LENT), {"key": key})
        self._lent, self._lent_cookie = _hash(key), _hash(cookie_of(key))
        return key

    def take_back(self) -> None:
        """Take the lent key back, because the server stops."""
        self._lent = self._lent_cookie = ""
        self._path.with_name(LENT).unlink(missing_ok=True)

    def opens(self, key: str) -> bool:
        """Say whether this is the key, or the one that was lent."""
        given = _hash(key)
        is_owners = hmac.compare_digest(given, self._kept.get("key_sha256", ""))
        return hmac.compare_digest(given, self._lent) or is_owners

    def knows(self, cookie: str) -> bool:
        """Say whether a browser's cookie was made from the key, or from the one that was lent."""
        given = _hash(cookie)
        is_owners = hmac.compare_digest(given, self._kept.get("cookie_sha256", ""))
        return hmac.compare_digest(given, self._lent_cookie) or is_owners

    def _read(self) -> dict[str, str]:
        try:
            kept = record.read(self._path)
        except (ValueError, OSError) as error:
            raise SettingsError(
                f"{self._path} cannot be read: {error}.", hint="Remove the file; a new key will be made."
            ) from error
        return {str(name): str(text) for name, text in kept.items()} if isinstance(kept, dict) else {}


def find_lent_key(home: Path) -> str:
    """Return the key that the server of a home has lent, "" if there is none."""
    try:
        kept = record.read(home / LENT)
    except (ValueError, OSError):
        return ""
    return str(kept.get("key", "")) if isinstance(kept, dict) else ""


def cookie_of(key: str) -> str:
    """Return the cookie of a key."""
    return hmac.new(key.encode("utf-8", "replace"), b"gesso browser", hashlib.sha256).hexdigest()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
