"""The base classes: one method stands for the other."""

from __future__ import annotations

import pytest
from cog import BasePredictor, BaseRunner


class Old(BasePredictor):
    def predict(self, text: str) -> str:
        return text.upper()


class New(BaseRunner):
    def run(self, text: str) -> str:
        return text.lower()


def test_either_name_runs_a_model() -> None:
    assert Old().run("fox") == "FOX"
    assert New().predict("FOX") == "fox"


def test_a_model_with_neither_says_so() -> None:
    with pytest.raises(NotImplementedError):
        BaseRunner().run()
    with pytest.raises(NotImplementedError):
        BasePredictor().predict()
