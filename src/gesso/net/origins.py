"""Origins: what browsers send to say which page asks, and lists of those that may."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_meant(origin: str, listed: str) -> bool:
    """Compare with an entry of a list; both in small letters. `:*` at its end stands for any port.

    `*` and `null` stand for nobody.
    """
    if "://" not in listed or "*" in listed.removesuffix(":*"):
        return False
    if not listed.endswith(":*"):
        return origin == listed
    try:
        asked, wanted = urlsplit(origin), urlsplit(listed.removesuffix(":*"))
        is_plain = asked.netloc == (asked.hostname or "") + (f":{asked.port}" if asked.port else "")
    except ValueError:
        return False
    return is_plain and (asked.scheme, asked.hostname) == (wanted.scheme, wanted.hostname)
