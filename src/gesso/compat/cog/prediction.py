"""One prediction of a Cog model: the files that it gets and makes, its metrics, and how it ends."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL.Image
from cog import scope
from cog.types import Path as CogPath

from gesso.compat.cog.endings import ending_of
from gesso.sdk import context
from gesso.types.file_names import plain_name
from gesso.types.raster import Raster
from gesso.types.stored import Stored


class Prediction:
    """The files of one prediction, in its run's own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._given: set[Path] = set()
        self._made: set[Path] = set()
        self._count = 0
        self._open = contextlib.ExitStack()

    def place(self, name: str) -> Path:
        """Return where a new file of that name may lie: each in a folder of its own, because names come twice."""
        self._count += 1
        folder = self._folder / f"cog-{self._count}"
        folder.mkdir(parents=True)
        return folder / name

    def give(self, value: Stored | Raster, name: str) -> CogPath:
        """Return a file with this content, which the model may change. `name` is that of the input."""
        if isinstance(value, Raster):
            path = self.place(f"{name}.png")
            PIL.Image.fromarray(value.pixels).save(path, compress_level=1)  # it is read once, and soon
        else:
            path = self.place(value.name if Path(value.name).suffix else value.name + ending_of(value))
            if value.data is None:
                shutil.copyfile(value.path, path)
            else:
                path.write_bytes(value.data)
        self._given.add(path)
        return CogPath(path)

    def opened(self, path: Path) -> Any:
        """Return the file, open for reading bytes until the prediction is over."""
        return self.close_later(path.open("rb"))

    def close_later(self, opened: Any) -> Any:
        """Return an open file that is closed when the prediction is over."""
        if hasattr(opened, "close"):
            self._open.callback(opened.close)
        return opened

    def keep(self, path: Path) -> Path:
        """Return a copy of a file that the model made: the next prediction may well write to the same place."""
        kept = self.place(plain_name(path.name))
        shutil.copyfile(path, kept)
        if path not in self._given:
            self._made.add(path.resolve())
        return kept

    def close(self) -> None:
        """Close what is open, and remove the outputs that the model left among the temporary files.

        Those are the worker's own (`TMPDIR`); what a model writes into /tmp by that name stays there, as with Cog.
        """
        self._open.close()
        temporary = Path(tempfile.gettempdir()).resolve()
        for path in self._made:
            if temporary in path.parents and Path.cwd().resolve() not in path.parents:  # not in the model's own folder
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def prediction() -> Iterator[Prediction]:
    """Begin a prediction, and end it when the code inside is done. Its metrics become a line of the log."""
    made = Prediction(context.scratch())
    with scope.prediction() as recorded:
        try:
            yield made
        finally:
            made.close()
    metrics = recorded.metrics.as_dict()
    if metrics and (run := context.current()) is not None:
        run.log(f"Metrics: {json.dumps(metrics, default=str)}", "info")
