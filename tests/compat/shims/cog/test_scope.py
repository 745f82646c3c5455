"""Metrics are recorded as Cog's documentation says, and outside a prediction nobody minds."""

from __future__ import annotations

import threading

import pytest
from cog import current_scope
from cog.predictor import BaseRunner
from cog.scope import Metrics, prediction


def test_metrics_are_replaced_added_and_listed() -> None:
    metrics = Metrics()
    metrics.record("steps", 1, "incr")
    metrics.record("steps", 2, "incr")
    metrics.record("names", "a", "append")
    metrics.record("names", "b", "append")
    metrics["timing.inference"] = 0.5
    metrics["timing.total"] = 1.5
    metrics["gone"] = 1
    del metrics["gone"]
    metrics.record("steps_gone", 1)
    metrics.record("steps_gone", None)
    assert metrics.as_dict() == {"steps": 3, "names": ["a", "b"], "timing": {"inference": 0.5, "total": 1.5}}


def test_a_metric_keeps_its_kind() -> None:
    metrics = Metrics()
    metrics["count"] = 1
    with pytest.raises(TypeError):
        metrics["count"] = "oops"
    del metrics["count"]
    metrics["count"] = "text"


@pytest.mark.parametrize(
    "name", ["", "_a", "a_", "a__b", ".a", "a..b", "a b", "1a", "cog.system", "predict_time", "a.b.c.d.e", "a" * 129]
)
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Metrics().record(name, 1)


def test_an_unknown_mode_and_an_unknown_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="mode"):
        Metrics().record("a", 1, "twice")
    with pytest.raises(TypeError):
        Metrics().record("a", object())


def test_the_scope_is_that_of_the_prediction_also_in_a_thread() -> None:
    with prediction() as scope:
        thread = threading.Thread(target=lambda: current_scope().record_metric("a", 1))
        thread.start()
        thread.join()
        BaseRunner().record_metric("b", 2)
    assert scope.metrics.as_dict() == {"a": 1, "b": 2}
    current_scope().record_metric("c", 3)
    assert current_scope().metrics.as_dict() == {}
