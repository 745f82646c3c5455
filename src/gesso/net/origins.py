"""Origins: what browsers send to say which page asks, and lists of those that may."""

from __future__ import annotations

import re
from typing import Final

_PORT: Final = re.compile(r":[0-9]{1,5}", re.ASCII)


def is_meant(origin: str, listed: str) -> bool:
    """Compare with an entry of a list; both in small letters. `:*` at its end stands for any port.

    `*` and `null` stand for nobody.
    """
    page = listed.removesuffix(":*")
    if "://" not in page or "*" in page:
        return False
    if page == listed:
        return origin == listed
    return origin.startswith(page) and (origin == page or bool(_PORT.fullmatch(origin[len(page) :])))
