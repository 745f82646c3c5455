from __future__ import annotations

import time

import pytest

from gesso.server.direct.timings import Timings, server_timing
from gesso.spec.runnable import Result


def test_what_is_neither_waiting_nor_running_is_transport() -> None:
    timings = Timings(began=time.perf_counter() - 10, decode_s=1, encode_s=2)
    timings.result = Result({}, 0, queue_s=0.5, setup_s=0.25, run_s=0.125, total_s=1)
    figures = timings.figures()
    assert figures.transport_s == pytest.approx(0.125)
    assert figures.total_s == pytest.approx(10, abs=5)
    assert server_timing(figures).startswith("queue;dur=500.00, decode;dur=1000.00, setup;dur=250.00, run;dur=125.00")


def test_without_a_result_there_is_only_what_was_before() -> None:
    assert Timings(decode_s=1).figures().transport_s == 0
