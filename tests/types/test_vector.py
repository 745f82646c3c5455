from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from gesso.errors import DeclarationError, InputError
from gesso.types.vector import VectorType
from tests.types.hostile import npy


def saved(array: np.ndarray[Any, Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize(
    "given",
    [
        [1, 2.5],
        (1, 2.5),
        np.array([1, 2.5]),
        np.array([[1, 2.5]], np.float16),
        [np.float32(1), np.float64(2.5)],
        "1, 2.5",
        "[1, 2.5]",
        "1 2.5",
        "1,\n2.5\n",
        "+1 .25e1",
    ],
)
def test_numbers_come_in_many_forms(given: Any) -> None:
    vector = VectorType().coerce(given)
    assert vector.tolist() == [1, 2.5]
    assert vector.dtype == np.float32
    assert vector.shape == (2,)


def test_float32_is_not_copied() -> None:
    array = np.arange(3, dtype=np.float32)
    assert np.shares_memory(VectorType().coerce(array), array)


@pytest.mark.parametrize(
    "given", [np.zeros((2, 2)), np.array(["1"]), np.array([True]), np.array([1j]), np.array(1.0), [[1]], ["1"], [True]]
)
def test_what_is_no_row_of_numbers_is_refused(given: Any) -> None:
    with pytest.raises(InputError):
        VectorType().coerce(given)


def test_an_error_says_which_number_is_outside() -> None:
    with pytest.raises(InputError, match=r"^\[1\]: expected a list of numbers, each at most 3"):
        VectorType(le=3).coerce([1, 4])


@pytest.mark.parametrize("array", [np.array([1, 2]), np.array([[1.0, 2.0]]), np.asfortranarray([1.0, 2.0])])
def test_a_numpy_file_is_read(array: np.ndarray[Any, Any]) -> None:
    assert VectorType().decode(saved(array)).tolist() == [1, 2]


@pytest.mark.parametrize(
    "data",
    [
        saved(np.array([object()])),
        saved(np.zeros(100))[:-8],
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}\n"),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}\n", bytes(4)),
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n", bytes(8)),
        npy("__import__('os').system('id')\n"),
        npy("(" * 5000),
        b"\x93NUMPY\x09\x09",
    ],
)
def test_a_numpy_file_that_lies_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="numpy file"):
        VectorType().decode(data)


def test_an_empty_vector_survives() -> None:
    kind = VectorType()
    assert kind.unpack(kind.pack(kind.coerce([]))).tolist() == []
    assert kind.parse("").tolist() == []


@pytest.mark.parametrize("words", [{"length": 0}, {"sampling_std": -1}, {"ge": 2, "le": 1}])
def test_a_contradiction_is_told(words: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        VectorType(**words)
