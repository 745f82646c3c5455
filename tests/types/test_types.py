"""What every type promises, asked of all of them alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gesso.errors import InputError
from gesso.types import catalogue
from gesso.types.base import DataType, Packed
from tests.types.hostile import HOSTILE, Hostile
from tests.types.json_schema import fits

# Each type once as it is (or as near to that as can be), and with constraints.
DECLARED: list[tuple[str, dict[str, Any]]] = [
    ("audio", {}),
    ("audio", {"sample_rate": 16_000, "channels": 2, "max_duration_s": 0.1}),
    ("boolean", {}),
    ("bounding_boxes", {}),
    ("bounding_boxes", {"min_length": 3, "max_length": 3}),
    ("category", {"choices": ["red", 64, 0.5, True, None]}),
    ("directory", {}),
    ("file", {}),
    ("file", {"extensions": [".safetensors", ".onnx"], "max_size_bytes": 10}),
    ("image", {}),
    ("image", {"channels": 4, "min_width": 100, "max_height": 5}),
    ("image", {"channels": 1, "depth": 16, "max_pixels": 64}),
    ("json", {}),
    ("json", {"max_depth": 3, "max_items": 20}),
    ("landmarks", {}),
    ("landmarks", {"names": ["nose", "left eye"], "connections": [["nose", "left eye"]]}),
    ("list", {"items": {"type": "number", "constraints": {"ge": 3}}}),
    ("list", {"items": {"type": "image"}, "min_length": 3, "max_length": 4}),
    ("list", {"items": {"type": "list", "constraints": {"items": {"type": "audio"}}}}),
    ("mask", {}),
    ("number", {}),
    ("number", {"is_integer": True, "ge": 2, "le": 32, "step": 2}),
    ("number", {"le": -0.5}),
    ("points", {}),
    ("segmentation", {}),
    (
        "segmentation",
        {"labels": {"sky": 0, "sea": 300, "sand": 7}, "colours": {"sea": "#0000ff"}, "default_label": "sky"},
    ),
    ("text", {}),
    ("text", {"min_length": 100, "max_length": 120, "multiline": True}),
    ("vector", {}),
    ("vector", {"length": 5, "sampling_mean": 1.0, "sampling_std": 2.0, "ge": 0, "le": 2}),
    ("video", {}),
]
LOSSY = {".jpg", ".jpeg", ".webp", ".avif"}
EIGHT_BIT = {".bmp", *LOSSY}
ALL = [pytest.param(catalogue.declare(*one), id=f"{one[0]}-{index}") for index, one in enumerate(DECLARED)]
every_type = pytest.mark.parametrize("data_type", ALL)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def test_every_type_is_asked() -> None:
    assert {name for name, _ in DECLARED} == set(catalogue.names())


@every_type
def test_it_is_named_as_its_file_and_its_widget(data_type: DataType[Any]) -> None:
    assert type(data_type).__module__ == f"gesso.types.{data_type.name}"
    assert data_type.widget == data_type.name


@every_type
def test_its_sample_is_within_its_own_limits_and_always_the_same(data_type: DataType[Any]) -> None:
    assert same(data_type.coerce(data_type.sample()), data_type.sample())


@every_type
def test_a_value_survives_the_wire(data_type: DataType[Any]) -> None:
    value = data_type.sample()
    assert same(data_type.coerce(json.loads(json.dumps(data_type.to_wire(value)))), value)


@every_type
def test_a_value_survives_the_way_to_another_process(data_type: DataType[Any]) -> None:
    value = data_type.sample()
    packed = data_type.pack(value)
    header = json.loads(json.dumps(packed.header))
    for copy in (bytes, bytearray, lambda buffer: memoryview(bytes(buffer))):
        assert same(data_type.unpack(Packed(header, [copy(buffer) for buffer in packed.buffers])), value)


@every_type
def test_the_wire_form_fits_the_schema(data_type: DataType[Any]) -> None:
    schema = json.loads(json.dumps(data_type.schema()))
    assert fits(data_type.to_wire(data_type.sample()), schema)


@every_type
def test_constraints_survive_a_spec(data_type: DataType[Any]) -> None:
    constraints = json.loads(json.dumps(data_type.constraints))
    assert catalogue.declare(data_type.name, constraints) == data_type


@every_type
def test_it_is_read_from_each_form_that_it_is_written_to(data_type: DataType[Any], tmp_path: Path) -> None:
    value = data_type.sample()
    written = (
        [".gif"] if data_type.name == "video" else [".safetensors"] if data_type.name == "file" else data_type.writes
    )
    for ending in written:
        path = tmp_path / f"sample{ending}"
        data_type.write(value, path)
        again = data_type.read(path)
        if ending in EIGHT_BIT and data_type.name == "image":
            assert (again.width, again.height) == (value.width, value.height)
        elif data_type.name in ("file", "video"):
            assert again.bytes() == value.bytes()
        else:
            assert same(again, value), ending


@every_type
def test_a_form_that_it_is_not_written_to_is_refused(data_type: DataType[Any], tmp_path: Path) -> None:
    if not {"*", "/"} & set(data_type.writes):
        with pytest.raises(InputError, match="ends in"):
            data_type.write(data_type.sample(), tmp_path / "sample.xyz")


@every_type
def test_what_it_expects_is_said_in_words(data_type: DataType[Any]) -> None:
    assert data_type.expected
    assert not data_type.expected[0].isupper()
    assert not data_type.expected.endswith(".")


# -- what must never come in ------------------------------------------------------------------------------------------


def check_words(error: InputError) -> None:
    assert error.expected
    assert error.given
    assert len(str(error)) < 1000
    str(error).encode()  # a terminal can show it


def only_input_errors(data_type: DataType[Any], value: Any, folder: Path) -> None:
    """Try all doors; each gives a value or raises `InputError`."""
    doors: list[Callable[[], Any]] = [lambda: data_type.coerce(value)]
    if isinstance(value, str):
        doors.append(lambda: data_type.parse(value))
    if isinstance(value, bytes):
        path = folder / "input"
        path.write_bytes(value)
        doors += [lambda: data_type.decode(value), lambda: data_type.read(path)]
    for door in doors:
        try:
            door()
        except InputError as error:
            check_words(error)


def test_there_are_at_least_200_hostile_inputs() -> None:
    assert len({str(case) for case in HOSTILE}) == len(HOSTILE) >= 200
    assert {case.type for case in HOSTILE} == set(catalogue.names())


@pytest.mark.parametrize("case", HOSTILE, ids=str)
def test_a_hostile_input_is_refused_with_words(case: Hostile) -> None:
    with pytest.raises(InputError) as caught:
        catalogue.declare(case.type, case.constraints).coerce(case.value)
    check_words(caught.value)


@every_type
def test_what_is_no_ordinary_file_is_refused(data_type: DataType[Any], tmp_path: Path) -> None:
    paths = [tmp_path / "missing", Path("a\0b"), Path("a" * 5000), Path("/dev/zero")]
    if data_type.name != "directory":
        paths.append(tmp_path)
    for path in paths:
        with pytest.raises(InputError):
            data_type.read(path)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(max_size=64),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fuzzed = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@every_type
@fuzzed
@given(value=JUNK)
def test_junk_gives_a_value_or_an_input_error(data_type: DataType[Any], value: Any, tmp_path: Path) -> None:
    only_input_errors(data_type, value, tmp_path)
    only_input_errors(data_type, json.dumps(value, default=repr), tmp_path)


@every_type
@fuzzed
@given(data=st.data())
def test_a_file_with_broken_bytes_gives_a_value_or_an_input_error(
    data_type: DataType[Any], data: st.DataObject, tmp_path: Path
) -> None:
    if data_type.name == "directory":
        return
    ending = ".gif" if data_type.name == "video" else data.draw(st.sampled_from(data_type.writes))
    whole = bytearray(data_type.encode(data_type.sample(), ending.replace("*", "")))
    for place in data.draw(st.lists(st.integers(0, max(0, len(whole) - 1)), max_size=8)):
        if whole:
            whole[place] = data.draw(st.integers(0, 255))
    only_input_errors(data_type, bytes(whole[: data.draw(st.integers(0, len(whole)))]), tmp_path)
