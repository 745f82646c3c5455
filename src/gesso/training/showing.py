"""From a job and the folder of its run to a `Training`, as people see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from gesso.jobs.job import Job
from gesso.training.choosing import NOTHING
from gesso.training.course import Course
from gesso.training.trained import TrainedModels
from gesso.training.training import ByHeart, Origin, Training, digest_of, options_of, text_of, trainer_of
from gesso.types.base import Json

_FORGOTTEN: Final = "a dataset that was deleted"


def show(job: Job, course: Course, *, dataset_names: Mapping[str, str], models: TrainedModels) -> Training:
    """Describe a training by its job and by what its run has kept. Reads files: call it in a thread."""
    origin = Origin.read(text_of(job, "from_checkpoint"))
    name = text_of(job, "name")
    model = name if models.has(name, training=job.id) else ""
    return Training(
        id=job.id,
        name=name,
        trainer=trainer_of(job),
        status=job.status,
        wanted=job.wanted,
        dataset=digest_of(job),
        dataset_name=dataset_names.get(digest_of(job), _FORGOTTEN),
        base=text_of(job, "base") or NOTHING,
        from_training=origin.training if origin else "",
        from_step=origin.step if origin else None,
        options=options_of(job),
        seed=job.seed,
        created_at=job.created_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        queue_position=job.queue_position,
        progress=job.progress,
        progress_text=job.progress_text,
        plan=course.plan(),
        latest=course.latest(),
        report=course.report(),
        model=model,
        memorised=_by_heart(models.facts(model).get("memorised")) if model else None,
        kept_bytes=course.size_bytes(),
        error=job.error,
        logs=job.logs,
    )


def _by_heart(told: Json) -> ByHeart | None:
    """Read what a model's recipe says; a person may have written into it."""
    try:
        return msgspec.convert(told, ByHeart)
    except msgspec.ValidationError:
        return None
