"""The models as Cog has them: one predictor each."""

import asyncio
import tempfile
from pathlib import Path as LocalPath

from cog import BaseRunner, Path

from benchmarks.peers.served import model


def _through_files(image: str) -> str:
    out = tempfile.mkstemp(suffix=".jpg")[1]
    LocalPath(out).write_bytes(model.picture(LocalPath(image).read_bytes()))
    return out


class Picture(BaseRunner):
    """A JPEG in, a JPEG out."""

    async def run(self, image: Path) -> Path:
        """Call the model beside the event loop; files are what Cog takes and gives."""
        return Path(await asyncio.to_thread(_through_files, str(image)))


class Data(BaseRunner):
    """Small JSON in and out."""

    async def run(self, prompt: str) -> str:
        """Call the model."""
        return model.reverse(prompt)


class Slow(BaseRunner):
    """A model that is busy as long as it is told."""

    def run(self, seconds: float) -> str:
        """Call the model."""
        return model.slow(seconds)
