"""What is left open is decided by the text, the base and the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso import InputError
from gesso.trainers.text import decide, huggingface
from gesso.trainers.text.corpus import Corpus
from gesso.trainers.text.decide import Course, course_for
from gesso.trainers.text.gpt import Shape
from gesso.trainers.text.options import Options
from gesso.trainers.text.trial import Speed
from tests.trainers.text.given import quick, write_dataset
from tests.trainers.text.test_gpt import fresh
from tests.trainers.text.test_tokens import BYTES


def corpus(text_bytes: int) -> Corpus:
    text = np.zeros(text_bytes // 4, np.uint16)
    return Corpus(
        tokenizer=BYTES,
        text=text,
        heldout=text[: len(text) // 20],
        heldout_bytes=text_bytes // 20,
        text_bytes=text_bytes,
    )


def course(text_bytes: int, **more: Any) -> Course:
    return course_for(Options(dataset=Path("none"), **more), corpus(text_bytes))


@pytest.fixture
def base(tmp_path: Path) -> str:
    huggingface.write(fresh(Shape(vocabulary=300, context=1024, layers=1, heads=2, width=16)), tmp_path, end=0)
    return str(tmp_path)


@pytest.mark.parametrize(
    ("text_bytes", "preset", "layers", "width"),
    [(5_000, "quick", 4, 128), (5_000, "thorough", 4, 128), (1_000_000, "quick", 6, 192), (10**7, "thorough", 6, 384)],
)
def test_more_text_and_more_time_make_a_larger_model(text_bytes: int, preset: str, layers: int, width: int) -> None:
    shape = course(text_bytes, preset=preset).shape
    assert (shape.layers, shape.width) == (layers, width)


def test_what_is_said_goes_before_what_would_be_chosen() -> None:
    made = course(10**6, size="medium", layers=3, heads=2, width=32, block_size=40, batch_tokens=400, learning_rate=0.5)
    assert (made.shape.layers, made.shape.heads, made.shape.width, made.length) == (3, 2, 32, 40)
    assert (made.rows, made.rate) == (10, 0.5)


def test_a_short_text_is_read_in_short_pieces() -> None:
    assert course(400).length == course(400).shape.context == 50


def test_a_new_model_reads_to_the_end_of_its_context_and_a_base_need_not(base: str) -> None:
    assert course(10**7, size="large").length == 1024
    assert course(10**7, base=base).length == 512


def test_a_base_is_gone_through_a_text_less_often_and_more_slowly(base: str) -> None:
    tuned, new = course(100_000, base=base), course(100_000)
    assert tuned.steps(1e9) < new.steps(1e9)
    assert tuned.rate < new.rate


def test_steps_are_what_the_preset_has_time_for() -> None:
    quick_, thorough = (course(10**8, preset=preset, size="tiny").steps(2048) for preset in ("quick", "thorough"))
    assert (quick_, thorough) == (240, 9000)
    assert course(10**8, max_steps=7).steps(1) == 7


def test_memory_is_held_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    made = course(10**7, size="large")
    rows, saves_memory = made.at_once()
    assert made.memory_bytes(rows, saves_memory=saves_memory) <= 8 * 2**30
    monkeypatch.setattr(decide, "memory_budget", lambda _: 2**30)
    assert made.at_once() == (1, True)


def test_a_base_with_too_small_a_vocabulary_is_refused(tmp_path: Path) -> None:
    from gesso.trainers.text.work import make_tokenizer

    huggingface.write(fresh(Shape(vocabulary=20, context=64, layers=1, heads=2, width=16)), tmp_path, end=0)
    BYTES.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(InputError, match="20 pieces"):
        make_tokenizer(quick(write_dataset(tmp_path), base=str(tmp_path)))


@pytest.mark.parametrize(
    ("text_bytes", "said"),
    [(4_999, "is noise"), (5_000, "learns to spell"), (50_000, "half-made words"), (10**6, "sounds like")],
)
def test_it_is_said_what_to_expect(text_bytes: int, said: str, tmp_path: Path) -> None:
    made = course_for(quick(write_dataset(tmp_path), max_steps=0), corpus(text_bytes))
    words = made.plan(Speed(precision="fp32", tokens_per_s=1000)).words
    assert said in words[0]
    assert any("minute" in each for each in words)


@pytest.mark.parametrize(
    ("text_bytes", "said"),
    [(4_999, "hardly enough for a voice"), (5_000, "colour the base's"), (50_000, "your tone"), (10**6, "by heart")],
)
def test_it_is_said_what_to_expect_of_a_base(text_bytes: int, said: str, base: str, tmp_path: Path) -> None:
    made = course_for(quick(write_dataset(tmp_path), base=base, max_steps=0), corpus(text_bytes))
    assert said in made.plan(Speed(precision="fp32", tokens_per_s=1000)).words[0]
