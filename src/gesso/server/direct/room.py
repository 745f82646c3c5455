"""What direct runs and live streams share."""

from __future__ import annotations

from pathlib import Path

from gesso.app import App
from gesso.server.direct.places import Places
from gesso.server.direct.threads import Threads
from gesso.server.direct.warm import WarmModels
from gesso.server.fetching import Fetching
from gesso.server.metrics import Metrics
from gesso.storage.blobs import Blobs


class Direct:
    """The models that are open, the places that there are, the threads that read and write pictures or fetch them."""

    def __init__(self, app: App, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
        self.models = WarmModels(app)
        self.places = Places()
        self.threads = Threads()
        self.fetching = Fetching()

    @property
    def blobs(self) -> Blobs:
        """The files of the home: an input may name one."""
        return self.app.blobs

    @property
    def runs(self) -> Path:
        """The folder under which a run has its files."""
        return self.app.settings.home / "runs"
