"""A prediction as Cog and Replicate show it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import quote

from gesso.app import App
from gesso.hosting.deployment import Deployment
from gesso.hosting.prediction import Prediction
from gesso.hosting.signing import seal
from gesso.jobs.job import Job, Output
from gesso.server.hosted.versions import version_of
from gesso.server.schemas.prediction import PredictionShown
from gesso.storage.blobs import BlobReference, is_reference
from gesso.types.base import Json

OWNER: Final = "gesso"
"""Who owns every model here, where a protocol wants somebody."""
STREAM: Final = "stream"
"""The purpose of a seal that opens the events of a prediction."""
_DATA_BYTES: Final = 8_000_000
_BAR: Final = 20


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a prediction is shown. `files`: as data URLs, as addresses, or whichever its clients can read.

    `is_waited_for`: a client that was promised the end takes everything but "starting" for it.
    """

    files: Literal["data", "address", "either"] = "either"
    is_waited_for: bool = False


async def shown(app: App, prediction: Prediction, *, manner: Manner) -> PredictionShown:
    """Return a prediction as its protocol shows it."""
    record, job = prediction.record, prediction.job
    deployment = app.hosting.get(record.deployment)
    addresses = _Addresses(prediction, secret=await app.hosting.secret_of(deployment.name))
    return PredictionShown(
        id=record.id if record.protocol == "replicate" else record.name or record.id,
        model=f"{OWNER}/{record.deployment}",
        version=_version(deployment, record.release),
        input={name: addresses.of_input(value) for name, value in job.inputs.items()},
        output=await _output(app, prediction, manner=manner, addresses=addresses),
        logs=logs_of(job),
        error=_error(prediction),
        status="starting" if manner.is_waited_for and not job.has_ended else status_of(prediction),
        metrics=_metrics(job),
        created_at=_time(job.created_at) or "",
        started_at=_time(job.started_at),
        completed_at=_time(job.completed_at),
        urls=addresses.all(),
    )


def sealed_text(prediction_id: str, purpose: str) -> str:
    """Return what the seal in an address of a prediction is made over.

    The purpose is `STREAM`, or the SHA-256 of a file: a seal opens one of them, and nothing else of the prediction.
    """
    return f"prediction {prediction_id} {purpose}"


def status_of(prediction: Prediction) -> Literal["starting", "processing", "succeeded", "failed", "canceled"]:
    """Return the status in the words of both protocols."""
    match prediction.job.status:
        case "queued" | "starting":
            return "starting"
        case "processing" | "paused":
            return "processing"
        case "failed" if prediction.is_late:
            return "canceled"
        case "failed" | "canceled" | "succeeded" as status:
            return status


def logs_of(job: Job) -> str:
    """Return the log, and last how far it is, as clients look for it: as `tqdm` writes it."""
    lines = [line.text for line in job.logs]
    if 0 < job.progress <= 1 and not job.has_ended:
        percent = round(job.progress * 100)
        done = "█" * round(job.progress * _BAR)
        lines.append(f"{percent:3d}%|{done:<{_BAR}}| {percent}/100")
    return "\n".join(lines)


async def output_of(app: App, prediction: Prediction, *, files: Literal["data", "address", "either"]) -> Any:
    """Return the output alone."""
    return (await shown(app, prediction, manner=Manner(files=files))).output


class _Addresses:
    """The addresses by which a guest reaches a prediction; a seal opens each that its clients ask for unsigned."""

    def __init__(self, prediction: Prediction, *, secret: str) -> None:
        self._id = prediction.id
        self._secret = secret
        self._base = prediction.record.base
        self._own = f"{self._base}/predictions/{prediction.id}"
        self.is_secure = self._base.startswith("https:")

    def all(self) -> dict[str, str]:
        if not self._base:
            return {}
        stream = f"{self._own}/stream{self._query(STREAM)}"
        return {"get": self._own, "cancel": f"{self._own}/cancel", "stream": stream, "web": self._own}

    def of_file(self, file: BlobReference) -> str:
        return f"{self._own}/files/{file.blob}/{quote(file.name, safe='')}{self._query(file.blob)}"

    def _query(self, purpose: str) -> str:
        return f"?signature={seal(self._secret, sealed_text(self._id, purpose))}"

    def of_input(self, value: Json) -> Json:
        if is_reference(value):
            return self.of_file(BlobReference(blob=value["blob"], name=str(value.get("name") or "file")))
        if isinstance(value, Mapping) and set(value) == {"files"} and isinstance(value["files"], Mapping):
            return [self.of_input(each) for each in value["files"].values()]
        return [self.of_input(each) for each in value] if isinstance(value, list) else value


async def _output(app: App, prediction: Prediction, *, manner: Manner, addresses: _Addresses) -> Any:
    """Return the output: the value itself where there is one, else all by name; None as long as there is nothing."""
    record, job = prediction.record, prediction.job
    if not job.has_ended and prediction.parts:
        return list(prediction.parts)
    if job.status != "succeeded":
        return None
    writer = _Writer(app, addresses, manner=manner, most_bytes=_DATA_BYTES)
    made = {output.name: await writer.value(output, prediction) for output in job.outputs}
    if len(record.outputs) == 1:
        value = next(iter(made.values()), None)
        return prediction.pieces_of(value) if record.is_streaming and isinstance(value, str) else value
    return {name: made.get(name) for name in record.outputs}


class _Writer:
    """Writes outputs: files as data URLs as long as they are small together, where a client reads no address."""

    def __init__(self, app: App, addresses: _Addresses, *, manner: Manner, most_bytes: int) -> None:
        self._blobs = app.blobs
        self._addresses = addresses
        self._manner = manner
        self._left_bytes = most_bytes

    async def value(self, output: Output, prediction: Prediction) -> Any:
        form = prediction.record.outputs.get(output.name, "plain")
        if not output.files:
            return output.value if form == "plain" else []
        if form == "plain":
            text = (await asyncio.to_thread(self._blobs.read, output.files[0].blob)).decode("utf-8", "surrogatepass")
            return text if output.type == "text" else json.loads(text)
        written = [await self._file(file) for file in output.files]
        return written if form == "files" else written[0]

    async def _file(self, file: BlobReference) -> str:
        is_small = file.size_bytes <= self._left_bytes
        is_either = self._manner.files == "either" and not self._addresses.is_secure and is_small
        if self._manner.files == "data" or is_either:
            self._left_bytes -= file.size_bytes
            return await asyncio.to_thread(self._data_url, file)
        return self._addresses.of_file(file)

    def _data_url(self, file: BlobReference) -> str:
        return f"data:{file.media_type};base64,{base64.b64encode(self._blobs.read(file.blob)).decode()}"


def _version(deployment: Deployment, number: int) -> str:
    found = (release for release in deployment.releases if release.number == number)
    return next((version_of(release) for release in found), "")


def _error(prediction: Prediction) -> str | None:
    error = prediction.job.error
    if prediction.record.error:
        return prediction.record.error
    if error is None or prediction.job.status == "canceled":
        return None
    return " ".join(part for part in (error.message, error.hint) if part)


def _metrics(job: Job) -> dict[str, float]:
    told = {"predict_time": job.metrics.run_s, "total_time": job.metrics.total_s}
    return {name: value for name, value in told.items() if value is not None}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
