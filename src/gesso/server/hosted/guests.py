"""Pages of others: which of them may ask something of a deployment. All else of the server stays closed to them."""

from __future__ import annotations

import re
from typing import Final

from gesso.hosting.hosting import Hosting

_OF_ONE: Final = re.compile(r"/m/([a-z0-9-]{1,63})(?:\.runwayml\.cloud)?(?:/.*)?")
_OF_ALL: Final = re.compile(
    r"/(?:openai|replicate)/v1/.*|/v1/(?:models|predictions|completions|chat|deployments|files|account|hardware)\b.*"
)


def may_ask(hosting: Hosting, path: str, *, origin: str) -> bool:
    """Say whether a page may ask at this address. Which token it needs there is looked at later."""
    if found := _OF_ONE.fullmatch(path):
        return any(each.name == found[1] and hosting.door.may_be_asked_by(each, origin) for each in hosting.all())
    return bool(_OF_ALL.fullmatch(path)) and any(hosting.door.may_be_asked_by(each, origin) for each in hosting.all())
