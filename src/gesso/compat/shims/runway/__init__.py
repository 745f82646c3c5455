"""Runway's SDK (`runway-python` 0.6.1) as models see it, written anew for Gesso.

In a worker of Gesso it collects what a model declares. By itself (`python runway_model.py` with this folder on
PYTHONPATH) it serves the model over HTTP and WebSocket as the original does; that needs `gesso[runway]`.
"""

from __future__ import annotations

from runway.__version__ import __version__ as __version__
from runway.data_types import *  # noqa: F403 - models use runway.image, runway.text, ...
from runway.model import RunwayModel

__defaultmodel__ = RunwayModel()
setup = __defaultmodel__.setup
command = __defaultmodel__.command
run = __defaultmodel__.run
