"""The models as BentoML has them: one service each. `bentoml serve benchmarks.peers.served.with_bentoml:Picture`."""

from pathlib import Path
from typing import Annotated

import bentoml
from bentoml.validators import ContentType

from benchmarks.peers.served import model


@bentoml.service(workers=model.WORKERS)
class Picture:
    """A JPEG in, a JPEG out."""

    @bentoml.api
    def picture(
        self, image: Annotated[Path, ContentType("image/jpeg")], context: bentoml.Context
    ) -> Annotated[Path, ContentType("image/jpeg")]:
        """Answer with a file in the request's folder: `PIL.Image`, the other documented way, is sent as PNG."""
        out = Path(context.temp_dir) / "answer.jpg"
        out.write_bytes(model.picture(image.read_bytes()))
        return out


@bentoml.service(workers=model.WORKERS)
class Data:
    """Small JSON in and out."""

    @bentoml.api
    def data(self, prompt: str) -> dict[str, str]:
        """Call the model."""
        return {"text": model.reverse(prompt)}


@bentoml.service(workers=1, traffic={"concurrency": model.MOST_AT_ONCE})
class Batch:
    """Requests that wait run together."""

    @bentoml.api(batchable=True, max_batch_size=model.MOST_AT_ONCE)
    def data(self, prompt: list[str]) -> list[str]:
        """Call the model once for all."""
        return model.reverse_all(prompt)


@bentoml.service(workers=1)
class Slow:
    """A model that is busy as long as it is told."""

    @bentoml.api
    def data(self, seconds: float) -> str:
        """Call the model."""
        return model.slow(seconds)
