"""Which deployment a request means, where its address does not say: the one that its token is good for."""

from __future__ import annotations

from gesso.errors import AccessError, NotFoundError
from gesso.hosting.deployment import Deployment
from gesso.hosting.hosting import Hosting
from gesso.hosting.tokens import Token
from gesso.server.hosted.caller import Caller

_HINT = "Send a deployment's token as `Authorization: Bearer <token>`."


def own_deployment(hosting: Hosting, caller: Caller) -> tuple[Deployment, Token]:
    """Return the deployment that a caller's token is good for, and the token. Raises `AccessError`."""
    name = hosting.door.deployment_of(caller.token) if caller.token else None
    if name is None or caller.token is None:
        raise AccessError("This asks for a deployment's token.", hint=_HINT, is_unknown=True)
    deployment = hosting.get(name)
    token = hosting.door.check(deployment, secret=caller.token, origin=caller.origin)
    assert token is not None
    return deployment, token


def expect_guest(hosting: Hosting, caller: Caller, *, protocol: str) -> Token | None:
    """Check who is about to ask for something, before it is read which deployment they mean, and return their token.

    None if they have none, and something is public. Raises as `Hosting.expect`.
    """
    if caller.token is None and any(each.is_public and each.is_active for each in hosting.all()):
        return None
    deployment, _ = own_deployment(hosting, caller)
    return hosting.expect(deployment.name, secret=caller.token, origin=caller.origin, protocol=protocol)


def seen_deployments(hosting: Hosting, caller: Caller) -> list[Deployment]:
    """Return the deployments that a caller may use: that of their token, and the public ones, by name.

    Raises `AccessError` for a token that is none, and where there is nothing to be seen without one.
    """
    own = own_deployment(hosting, caller)[0].name if caller.token else None
    seen = [each for each in hosting.all() if each.is_active and (each.name == own or each.is_public)]
    if not seen and own is None:
        raise AccessError("This asks for a deployment's token.", hint=_HINT, is_unknown=True)
    return seen


def seen_deployment(hosting: Hosting, name: str, *, caller: Caller) -> Deployment:
    """Return one deployment, if the caller may use it. Raises `NotFoundError` and `AccessError`."""
    deployment = hosting.get(name)
    if not deployment.is_active:
        raise NotFoundError(f"The deployment {name} is switched off.", hint="Its owner can switch it on.")
    hosting.door.check(deployment, secret=caller.token, origin=caller.origin)
    return deployment
