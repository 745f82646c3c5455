"""The models as LitServe has them. `python -m benchmarks.peers.served.with_litserve Picture 8000`."""

import sys
from typing import Any

import litserve
from fastapi import Response, UploadFile

from benchmarks.peers.served import model


class Picture(litserve.LitAPI):
    """A JPEG in, a JPEG out."""

    def setup(self, device: str) -> None:
        """There is nothing to load."""

    def decode_request(self, request: UploadFile) -> model.Pixels:
        """Decode in the worker, as the documentation does it."""
        return model.decode(request.file.read())

    def predict(self, x: model.Pixels) -> model.Pixels:
        """Call the model."""
        return model.identity(x)

    def encode_response(self, output: model.Pixels) -> Response:
        """Answer with the bytes: base64 in JSON, the other documented way, is slower."""
        return Response(model.encode(output), media_type="image/jpeg")


class Data(litserve.LitAPI):
    """Small JSON in and out."""

    def setup(self, device: str) -> None:
        """There is nothing to load."""

    def decode_request(self, request: dict[str, str]) -> str:
        """Take the words."""
        return request["prompt"]

    def predict(self, x: str) -> str:
        """Call the model."""
        return model.reverse(x)

    def encode_response(self, output: str) -> dict[str, str]:
        """Answer."""
        return {"text": output}


class Batch(litserve.LitAPI):
    """Requests that wait run together."""

    def setup(self, device: str) -> None:
        """There is nothing to load."""

    def decode_request(self, request: dict[str, str]) -> str:
        """Take the words."""
        return request["prompt"]

    def predict(self, x: list[str]) -> list[str]:
        """Call the model once for all."""
        return model.reverse_all(x)

    def encode_response(self, output: str) -> dict[str, str]:
        """Answer."""
        return {"text": output}


class Slow(litserve.LitAPI):
    """A model that is busy as long as it is told."""

    def setup(self, device: str) -> None:
        """There is nothing to load."""

    def decode_request(self, request: dict[str, float]) -> float:
        """Take the time."""
        return request["seconds"]

    def predict(self, x: float) -> str:
        """Call the model."""
        return model.slow(x)

    def encode_response(self, output: str) -> dict[str, str]:
        """Answer."""
        return {"text": output}


def serve(name: str, port: int) -> None:
    """Serve one of the models."""
    is_shared = name in {"Picture", "Data"}
    batching: dict[str, Any] = {"max_batch_size": model.MOST_AT_ONCE, "batch_timeout": 0.01} if name == "Batch" else {}
    server = litserve.LitServer(
        globals()[name](**batching),
        accelerator="cpu",
        workers_per_device=model.WORKERS if is_shared else 1,
        fast_queue=True,
    )
    server.run(host="127.0.0.1", port=port, generate_client_file=False, log_level="warning")


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
