"""The classes that a model derives from."""

from __future__ import annotations

from typing import Any

from cog.scope import Scope, current_scope


class BaseRunner:
    """A model: `setup` once, then `run` for each request. Models from before 2026 have `predict` instead of `run`."""

    def setup(self, *args: Any, **kwargs: Any) -> Any:
        """Load what takes time. A model may have a parameter `weights`: a file that was trained for it."""

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Run once; a model that has only `predict` is run by that."""
        if type(self).predict is not BaseRunner.predict:
            return self.predict(*args, **kwargs)
        raise NotImplementedError("run has not been implemented by parent class.")

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """Run once, by the old name."""
        if type(self).run is not BaseRunner.run:
            return self.run(*args, **kwargs)
        raise NotImplementedError("predict has not been implemented by parent class.")

    @property
    def scope(self) -> Scope:
        """The scope of the prediction that runs here."""
        return current_scope()

    def record_metric(self, key: str, value: Any, mode: str = "replace") -> None:
        """Record a metric of the prediction that runs here."""
        current_scope().record_metric(key, value, mode)


class BasePredictor(BaseRunner):
    """The old name of `BaseRunner`, which most published models use."""
