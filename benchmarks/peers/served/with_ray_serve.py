"""The models as Ray Serve has them. `python -m benchmarks.peers.served.with_ray_serve Picture 8000`."""

import asyncio
import signal
import sys

import ray
from ray import serve
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from benchmarks.peers.served import model

_OPTIONS = {"max_ongoing_requests": 2 * model.MOST_AT_ONCE}  # 5 by default: fewer than there are clients


@serve.deployment(num_replicas=model.WORKERS, **_OPTIONS)
class Picture:
    """A JPEG in, a JPEG out."""

    async def __call__(self, request: Request) -> Response:
        """Call the model with the file of the form."""
        async with request.form() as form:
            image = form["image"]
            assert isinstance(image, UploadFile)
            return Response(model.picture(await image.read()), media_type="image/jpeg")


@serve.deployment(num_replicas=model.WORKERS, **_OPTIONS)
class Data:
    """Small JSON in and out."""

    async def __call__(self, request: Request) -> dict[str, str]:
        """Call the model."""
        return {"text": model.reverse((await request.json())["prompt"])}


@serve.deployment(num_replicas=1, **_OPTIONS)
class Batch:
    """Requests that wait run together."""

    @serve.batch(max_batch_size=model.MOST_AT_ONCE, batch_wait_timeout_s=0.005)
    async def together(self, prompts: list[str]) -> list[str]:
        """Call the model once for all."""
        return await asyncio.to_thread(model.reverse_all, prompts)

    async def __call__(self, request: Request) -> dict[str, str]:
        """Wait for the batch."""
        return {"text": await self.together((await request.json())["prompt"])}


@serve.deployment(num_replicas=1, max_ongoing_requests=1)
class Slow:
    """A model that is busy as long as it is told."""

    async def __call__(self, request: Request) -> dict[str, str]:
        """Give way at every step: a request whose client has gone is canceled there."""
        for _ in model.steps((await request.json())["seconds"]):
            await asyncio.sleep(0)
        return {"text": "done"}


def main(name: str, port: int) -> None:
    """Serve one of the models until SIGTERM."""
    ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False)
    serve.start(http_options={"host": "127.0.0.1", "port": port})
    serve.run(globals()[name].bind(), route_prefix="/")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        signal.pause()
    finally:
        ray.shutdown()  # ends the cluster, which is ours alone; `serve.shutdown` alone may take half a minute


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
