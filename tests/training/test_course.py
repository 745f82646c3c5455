from __future__ import annotations

from pathlib import Path

from gesso.training.course import Checkpoint, Course, CurvePoint, SampleText


def test_a_folder_that_is_not_there_yet_says_nothing(tmp_path: Path) -> None:
    course = Course(tmp_path / "none")
    assert (course.plan(), course.report(), course.curve(), course.samples(), course.checkpoints()) == (
        None,
        None,
        [],
        [],
        [],
    )
    assert course.size_bytes() == 0


def test_half_a_line_and_nonsense_are_passed_over(tmp_path: Path) -> None:
    lines = ['{"step": 1, "loss": 2.5, "more": 1}', "", "nonsense", '{"loss": 1}', "[1]", '{"step": 2, "loss": NaN}',
             '{"step": 3, "heldout_loss": 2.0, "bits_per_byte": 2.9}', '{"step": 4, "lo']  # fmt: skip
    (tmp_path / "curve.jsonl").write_text("\n".join(lines))
    course = Course(tmp_path)
    assert course.curve() == [
        CurvePoint(step=1, loss=2.5),
        CurvePoint(step=2),
        CurvePoint(step=3, heldout_loss=2.0, bits_per_byte=2.9),
    ]
    assert course.curve(after_step=2) == course.curve()[2:]
    assert course.latest() == CurvePoint(step=3, loss=2.5, heldout_loss=2.0, bits_per_byte=2.9)
    (tmp_path / "samples.jsonl").write_bytes(b'{"step": 5, "text": "a f\xc3\xb6x"}\n{"step": 6, "text": "\xc3')
    assert course.samples() == [SampleText(step=5, text="a föx")]
    (tmp_path / "plan.json").write_text('{"steps": "')
    assert course.plan() is None
    (tmp_path / "plan.json").write_text('{"steps": 7, "words": ["a"], "every": {"sample": 1}}')
    plan = course.plan()
    assert plan is not None
    assert (plan.steps, plan.words) == (7, ("a",))


def test_checkpoints_are_those_that_lie_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "run" / "checkpoints" / "000020").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run" / "checkpoints.json").write_text(
        '[{"step": 20, "folder": "checkpoints/000020", "loss": 1.5, "at": 1795000000.5, "is_best": true},'
        '{"step": 10, "folder": "checkpoints/000010"}, {"step": 30, "folder": "../elsewhere"}, 7]'
    )
    found = Course(tmp_path / "run").checkpoints()
    assert found == [Checkpoint(step=20, folder="checkpoints/000020", loss=1.5, at="1795000000.5", is_best=True)]
