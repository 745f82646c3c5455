"""A predictor becomes a Gesso model: which class, which method, and how it is called."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from pathlib import Path as PlainPath
from types import ModuleType
from typing import Any

import pytest
from cog import AsyncConcatenateIterator, BasePredictor, BaseRunner, ConcatenateIterator, Input, Path, concurrent

from gesso.compat.cog.model import read
from gesso.errors import DeclarationError, InputError, ModelError
from gesso.sdk import declaration
from gesso.sdk.model import Model
from gesso.spec.model import Command
from gesso.spec.runnable import Log
from gesso.testing import run_model
from gesso.types.file import File


def module(**values: Any) -> ModuleType:
    made = ModuleType("predict")
    made.__file__ = "/models/predict.py"
    vars(made).update(values)
    return made


def model(target: Any) -> type[Model]:
    return read(module(it=target), "it")


def command(target: Any) -> Command:
    return declaration.bind(model(target))["run"].command


class Old(BasePredictor):
    def predict(self, text: str = "fox") -> str:
        """Say it louder."""
        return text.upper()


class Older(Old):
    """A model that derives from another."""


class Trained(BaseRunner):
    def setup(self, weights: Path | None = None) -> None:
        self.word = weights.read_text() if weights else "nothing"

    def run(self) -> str:
        return self.word


class Plain:
    def run(self, number: int = Input(default=1)) -> int:
        self.count = getattr(self, "count", 0) + number
        return self.count


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


class Decorated(BasePredictor):
    @decorated
    @decorated
    def predict(self, text: str = "fox") -> ConcatenateIterator[str]:  # type: ignore[misc]  # models write it
        yield text


class Partial(BasePredictor):
    """As replicate/cog-llama-template takes an input away again."""

    def wrapper(self, text: str = "fox", shout: bool = False) -> str:
        return text.upper() if shout else text

    predict = functools.partialmethod(wrapper, shout=True)


class Waiting(BaseRunner):
    async def run(self) -> str:
        await asyncio.sleep(0)
        return "fox"


class Writing(BaseRunner):
    @concurrent(max=3)
    async def run(self) -> AsyncConcatenateIterator[str]:  # type: ignore[misc]  # models write it
        for word in ("red", "fox"):
            yield word


class Counting(BaseRunner):
    async def run(self) -> AsyncIterator[int]:
        for number in range(3):
            yield number


class Measured(BaseRunner):
    def run(self) -> str:
        self.record_metric("words", 1)
        raise OSError("no more ink")


def test_runner_is_looked_for_before_predictor() -> None:
    assert read(module(Runner=Plain, Predictor=Old), "").__name__ == "Plain"
    assert read(module(Predictor=Old), "").__name__ == "Old"
    with pytest.raises(DeclarationError, match="no Runner and no Predictor"):
        read(module(Runner=3), "")
    with pytest.raises(DeclarationError, match=r"predict\.py has no Other"):
        read(module(Runner=Old), "Other")


def test_the_words_of_its_author_are_kept() -> None:
    assert command(Old).description == "Say it louder."
    assert model(Older).__doc__ == "A model that derives from another."


@pytest.mark.parametrize(
    ("target", "output"),
    [
        (Old, "FOX"),
        (Older, "FOX"),
        (Decorated, "fox"),
        (Partial, "FOX"),
        (Waiting, "fox"),
        (Writing, "redfox"),
        (Counting, [0, 1, 2]),
        (Trained, "nothing"),
    ],
)
def test_it_runs(target: Any, output: Any) -> None:
    assert run_model(model(target)).output == output


def test_what_waits_and_what_streams_is_known() -> None:
    assert [
        (command(target).is_async, command(target).is_streaming) for target in (Old, Waiting, Writing, Counting)
    ] == [
        (False, False),
        (True, False),
        (True, True),
        (True, True),
    ]


def test_weights_are_an_option(tmp_path: PlainPath) -> None:
    (tmp_path / "weights.txt").write_text("trained", encoding="utf-8")
    assert [port.name for port in declaration.options(model(Trained))] == ["weights"]
    assert declaration.options(model(Old)) == ()
    for source in (tmp_path / "weights.txt", b"trained"):
        ready: Any = model(Trained)()
        ready.setup(weights=File(source))
        assert run_model(ready).output == "trained"


def test_a_bad_value_is_the_clients_fault_and_a_failure_the_models() -> None:
    def strict(code: str = Input(regex="^[A-Z]+$")) -> str:
        return code

    with pytest.raises(InputError, match=r"^code: expected a text that matches"):
        run_model(model(strict), code="fox")
    with pytest.raises(ModelError, match="OSError: no more ink"):
        run_model(model(Measured))


def test_metrics_are_the_last_line_of_the_log() -> None:
    class Counted(BaseRunner):
        def run(self) -> str:
            self.record_metric("words", 1)
            return "fox"

    assert run_model(model(Counted)).events == (Log('Metrics: {"words": 1}'),)


class Both(BaseRunner):
    def run(self) -> str:
        return ""

    def predict(self) -> str:
        return ""


@pytest.mark.parametrize(
    ("target", "words"), [(Both, "both run and predict"), (BasePredictor, "neither run nor predict")]
)
def test_which_method_is_meant_must_be_clear(target: Any, words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        model(target)
