"""A FastAPI of a few lines that does the work in its event loop: the limit of what an HTTP server in Python can do."""

from fastapi import FastAPI, Response, UploadFile
from pydantic import BaseModel

from benchmarks.peers.served import model

app = FastAPI()


class Given(BaseModel):
    """What the model of the small JSON is given."""

    prompt: str


class Told(BaseModel):
    """What it answers."""

    text: str


@app.get("/health")
async def health() -> str:
    """Say that the server is there."""
    return "ok"


@app.post("/picture")
async def picture(image: UploadFile) -> Response:
    """A JPEG in, a JPEG out."""
    return Response(model.picture(await image.read()), media_type="image/jpeg")


@app.post("/data")
async def data(given: Given) -> Told:
    """Small JSON in and out."""
    return Told(text=model.reverse(given.prompt))
