"""What is raised in a model's code when its run is canceled."""

from __future__ import annotations


class CancelationException(BaseException):
    """The run was canceled. No `Exception`, so that `except Exception` lets it through; clean up and raise it again."""
