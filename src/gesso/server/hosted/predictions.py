"""Predictions over HTTP, whatever the protocol: let in, accept, find again, and nobody sees another's."""

from __future__ import annotations

from fastapi import Request

from gesso.errors import AccessError, NotFoundError
from gesso.hosting.deployment import Release
from gesso.hosting.prediction import Prediction, PredictionOrder
from gesso.hosting.signing import is_sealed
from gesso.server.hosted.caller import Caller
from gesso.server.hosted.shown import sealed_text
from gesso.server.hosted.wanted import Preference, Sender, order_of
from gesso.server.rooms import Rooms
from gesso.server.schemas.prediction import PredictionRequest
from gesso.spec.model import Command

_HINT = "Ask the deployment's owner for one."


async def create(
    house: Rooms,
    request: Request,
    *,
    name: str,
    asked: PredictionRequest,
    preference: Preference,
    protocol: str,
    base: str,
    release: Release | None = None,
) -> Prediction:
    """Let a request in and accept what it asks for, of the current version or of a given one."""
    caller = Caller.of(request)
    admission = house.hosting.admit(
        name, secret=caller.token, origin=caller.origin, client=caller.client, protocol=protocol
    )
    admission.release = release or admission.release
    token_id = admission.token.id if admission.token else None
    guest = caller.name(admission.token)
    sender = Sender(base=base, host=request.headers.get("host", ""), guest=guest, token_id=token_id)

    async def order(command: Command) -> PredictionOrder:
        if asked.hook() is not None and token_id is None:
            raise AccessError("Only somebody with a token has a webhook told.", hint=_HINT)
        return await order_of(house, asked, command=command, sender=sender, preference=preference, protocol=protocol)

    return await house.app.predictions.create(admission, order)


async def find(house: Rooms, request: Request, *, prediction_id: str, purpose: str | None = None) -> Prediction:
    """Return a prediction to whoever may see it: by the token that has made it, or by an address sealed for a purpose.

    Raises `NotFoundError` for one that is somebody else's, and `AccessError` for a token that is none.
    """
    prediction = await house.app.predictions.get(prediction_id)
    record, caller = prediction.record, Caller.of(request)
    deployment = house.hosting.get(record.deployment)
    seal = request.query_params.get("signature")
    if seal is not None and purpose is not None:
        secret = await house.hosting.secret_of(deployment.name)
        if is_sealed(secret, sealed_text(record.id, purpose), seal_=seal):
            house.hosting.door.holder(deployment, record.token_id, origin=caller.origin)
            return prediction
    own = house.hosting.door.deployment_of(caller.token) if caller.token else None
    token = None
    if own is not None:
        token = house.hosting.door.check(house.hosting.get(own), secret=caller.token, origin=caller.origin)
    else:
        house.hosting.door.check(deployment, secret=caller.token, origin=caller.origin)
    if (token.id if token else None) != record.token_id:
        raise NotFoundError(f"There is no prediction {prediction_id[:40]!r}.", hint="They are kept for a day.")
    return prediction


async def named(house: Rooms, request: Request, *, name: str, prediction_id: str) -> Prediction | None:
    """Return the prediction of a deployment that a caller calls so. Raises `AccessError`."""
    caller = Caller.of(request)
    token = house.hosting.door.check(house.hosting.get(name), secret=caller.token, origin=caller.origin)
    token_id = token.id if token else None
    found = await house.app.predictions.named(prediction_id, deployment=name, token_id=token_id)
    if found is not None:
        return found
    try:
        prediction = await house.app.predictions.get(prediction_id)
    except NotFoundError:
        return None
    is_own = prediction.record.deployment == name and prediction.record.token_id == token_id
    return prediction if is_own else None
