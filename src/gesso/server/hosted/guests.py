"""Pages of others: which of them may ask something of a deployment. All else of the server stays closed to them."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import HTTPConnection

from gesso.errors import AccessError
from gesso.hosting.hosting import Hosting
from gesso.server.hosted.caller import Caller
from gesso.server.schemas.problem import Problem

_OF_ONE: Final = re.compile(r"/m/([a-z0-9-]{1,63})(?:\.runwayml\.cloud)?(?:/.*)?")
_OF_ALL: Final = re.compile(
    r"/(?:openai|replicate)/v1/.*|/v1/(?:models|predictions|completions|chat|deployments|files|account|hardware)\b.*"
)


def may_ask(hosting: Hosting, path: str, *, origin: str) -> bool:
    """Say whether a page may ask at this address. Which token it needs there is looked at later."""
    if found := _OF_ONE.fullmatch(path):
        return any(each.name == found[1] and hosting.door.may_be_asked_by(each, origin) for each in hosting.all())
    return bool(_OF_ALL.fullmatch(path)) and any(hosting.door.may_be_asked_by(each, origin) for each in hosting.all())


def refusal(hosting: Hosting, asking: HTTPConnection, *, origin: str) -> Problem | None:
    """Say to a page why a deployment is closed to it, and where its token is good; None where none is meant."""
    found, token = _OF_ONE.fullmatch(asking.url.path), Caller.of(asking).token
    if not found and not _OF_ALL.fullmatch(asking.url.path):
        return None
    name = hosting.door.deployment_of(token) if token else None
    if name is not None and (found is None or found[1] == name):
        try:
            hosting.door.check(hosting.get(name), secret=token, origin=origin)
        except AccessError as error:
            return Problem.of(error)
    message = f"The page {origin[:200]} may not use {'this deployment' if found else 'any deployment'}."
    return Problem.of(AccessError(message, hint="It needs a browser token that names this page. The owner makes it."))
