from __future__ import annotations

import pytest

from gesso.cli import models
from tests.cli.conftest import Gesso


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("the floor gave way")

    monkeypatch.setattr(models, "_registry", fail)


def test_a_fault_of_our_own_is_told_in_words(gesso: Gesso, fault: None) -> None:
    ended = gesso("models")
    assert ended.code == 1
    assert "RuntimeError: the floor gave way" in ended.err
    assert "fault in Gesso" in ended.err
    assert "Traceback" not in ended.err


def test_with_debug_it_has_its_traceback(gesso: Gesso, fault: None) -> None:
    with pytest.raises(RuntimeError):
        gesso("add", "x", "--debug")
