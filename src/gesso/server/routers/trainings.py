"""Trainings: begun, followed, paused, forked. Each is a job, whose events `/jobs/{id}/events` tells."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gesso.server.direct.gone import CanceledWhenGone, ClientGoneError
from gesso.server.rooms import House
from gesso.server.schemas.training import (
    CheckpointList,
    Curve,
    Estimate,
    NewFork,
    NewTraining,
    SampleList,
    TextToCheck,
    TrainerList,
    TrainerShown,
    TrainingPage,
)
from gesso.storage.blobs import BlobReference
from gesso.training.choosing import OWN_BASES
from gesso.training.memorised import Memorised
from gesso.training.trainers import Trainers
from gesso.training.training import Training

router = APIRouter(tags=["trainings"])
"""`/trainers` and `/trainings`."""
AfterStep = Annotated[int, Query(ge=-1, le=2**53, description="Only what came after this step.")]
"""From where on."""


@router.get("/trainers")
async def list_trainers(house: House) -> TrainerList:
    """List the trainers. Their options are in their specs, like the inputs of a model."""
    trainers = house.app.trainings.trainers
    return TrainerList(trainers=[_shown(trainers, name) for name in trainers.names()])


def _shown(trainers: Trainers, name: str) -> TrainerShown:
    spec, own = trainers.spec(name), OWN_BASES.get(name)
    return TrainerShown(
        name=name,
        title=spec.title,
        description=spec.description,
        options=list(trainers.options(name)),
        spec=spec,
        own_base=own.name if own else "",
        own_base_below_bytes=own.below_bytes if own else 0,
    )


@router.post("/trainings", status_code=201)
async def create_training(wanted: NewTraining, house: House, *, response: Response) -> Training:
    """Begin a training. It is durable when this answers, and goes on after a crash from its last checkpoint."""
    training = await house.app.trainings.start(wanted.order())
    response.headers["Location"] = f"/api/v1/trainings/{training.id}"
    return training


@router.post("/trainings/estimate")
async def estimate_training(wanted: NewTraining, house: House, *, request: Request) -> Estimate:
    """Try a training for a moment, and say how long it would take here. It may take a minute; nothing is kept.

    Who closes the connection ends it.
    """
    try:
        async with CanceledWhenGone(request.receive):
            return Estimate.of(await house.app.trainings.estimate(wanted.order()))
    except ClientGoneError:
        return Estimate()  # nobody reads it


@router.get("/trainings")
async def list_trainings(
    house: House,
    *,
    before: Annotated[str | None, Query(max_length=100, description="Only trainings older than this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TrainingPage:
    """List trainings, the newest first, without their logs."""
    found = await house.app.trainings.all(limit=limit, before=before)
    return TrainingPage(trainings=found, next_before=found[-1].id if len(found) == limit else None)


@router.get("/trainings/{training}")
async def get_training(training: str, house: House) -> Training:
    """Return a training by its id, or by the name of its model (then the newest of that name)."""
    return await house.app.trainings.get(training)


@router.delete("/trainings/{training}", status_code=204, response_class=Response)
async def delete_training(training: str, house: House) -> None:
    """Forget a training and its checkpoints. Its model stays. One that has not ended is canceled first."""
    await house.app.trainings.delete(training)


@router.get("/trainings/{training}/curve")
async def get_training_curve(training: str, house: House, *, after_step: AfterStep = -1) -> Curve:
    """Return the loss over the steps."""
    return Curve(points=await house.app.trainings.curve(training, after_step=after_step))


@router.get("/trainings/{training}/samples")
async def list_training_samples(training: str, house: House, *, after_step: AfterStep = -1) -> SampleList:
    """Return what the model has said at several steps."""
    return SampleList(samples=await house.app.trainings.samples(training, after_step=after_step))


@router.get("/trainings/{training}/checkpoints")
async def list_training_checkpoints(training: str, house: House) -> CheckpointList:
    """Return the checkpoints from which one can go on or fork."""
    return CheckpointList(checkpoints=await house.app.trainings.checkpoints(training))


@router.post("/trainings/{training}/pause")
async def pause_training(training: str, house: House) -> Training:
    """Have a training pause, and answer when it does: it keeps a checkpoint first. It pauses until it is resumed."""
    return await house.app.trainings.pause(training)


@router.post("/trainings/{training}/resume")
async def resume_training(training: str, house: House) -> Training:
    """Have a training go on. One that has failed or was canceled goes on as a new one, which is answered."""
    return await house.app.trainings.resume(training)


@router.post("/trainings/{training}/finish")
async def finish_training(training: str, house: House) -> Training:
    """Have a training end early, with a model of the best that it has. It is not waited for."""
    return await house.app.trainings.finish(training)


@router.post("/trainings/{training}/cancel")
async def cancel_training(training: str, house: House) -> Training:
    """Cancel a training, and answer when it has ended. Its checkpoints stay until it is deleted."""
    return await house.app.trainings.cancel(training)


@router.post("/trainings/{training}/fork", status_code=201)
async def fork_training(training: str, wanted: NewFork, *, house: House, response: Response) -> Training:
    """Begin another training with a checkpoint of this one, with other options if you like."""
    forked = await house.app.trainings.fork(training, wanted.fork())
    response.headers["Location"] = f"/api/v1/trainings/{forked.id}"
    return forked


@router.post("/trainings/{training}/export", status_code=201)
async def export_training(training: str, house: House) -> BlobReference:
    """Return a ZIP with the model as others read it (a Hugging Face folder), to be fetched from `/files`."""
    return await house.app.trainings.export(training)


@router.post("/trainings/{training}/memorised")
async def find_memorised(training: str, wanted: TextToCheck, *, house: House) -> Memorised:
    """Mark what of a text stands word for word in what was learnt."""
    return await house.app.trainings.memorised(training, wanted.text)
