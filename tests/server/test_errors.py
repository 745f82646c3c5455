from __future__ import annotations

import logging
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Query

from gesso import errors
from gesso.server.errors import install, problem_of, status_of

STATUSES = {
    "InputError": 422,
    "NotFoundError": 404,
    "TrustError": 403,
    "FetchError": 422,
    "ConflictError": 409,
    "QueueFullError": 503,
    "DiskFullError": 507,
    "DamagedError": 500,
    "ModelError": 422,
    "GessoError": 500,
}


def made(name: str) -> errors.GessoError:
    if name == "InputError":
        return errors.InputError("a picture", "a PDF", hint="Save it as PNG.", where="photo")
    kind: type[errors.GessoError] = getattr(errors, name)
    return kind("It went wrong.", hint="Try again.")


@pytest.fixture
def client() -> httpx.AsyncClient:
    server = FastAPI()
    install(server)

    @server.get("/raise/{name}")
    async def _raise(name: str) -> None:
        raise ZeroDivisionError("secret") if name == "bug" else made(name)

    @server.get("/asked")
    async def _asked(number: Annotated[int, Query(ge=1)]) -> None:
        """Take a number."""

    transport = httpx.ASGITransport(server, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:5142")


@pytest.mark.parametrize("name", [name for name in errors.__all__ if name != "from_data"])
async def test_every_error_of_the_tree_has_a_status_and_one_shape(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/raise/{name}")
    assert answer.status_code == status_of(made(name))
    assert answer.json() == problem_of(made(name)).model_dump(exclude_none=True)
    assert answer.json()["hint"]


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_the_nearest_class_decides_the_status(name: str, status: int) -> None:
    assert status_of(made(name)) == status


async def test_a_wrong_input_says_where_it_is(client: httpx.AsyncClient) -> None:
    assert (await client.get("/raise/InputError")).json() == {
        "code": "input",
        "message": "photo: expected a picture, but got a PDF.",
        "hint": "Save it as PNG.",
        "where": "photo",
        "expected": "a picture",
        "given": "a PDF",
    }


async def test_a_full_queue_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    assert (await client.get("/raise/QueueFullError")).headers["Retry-After"]


async def test_a_fault_of_ours_says_a_number_and_the_log_the_rest(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "gesso.server"):
        answer = await client.get("/raise/bug")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    number = answer.json()["message"].partition("error ")[2].rstrip(").")
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("query", ["", "?number=x", "?number=0", "?number=1.5"])
async def test_a_wrong_question_says_what_was_expected_and_given(client: httpx.AsyncClient, query: str) -> None:
    answer = (await client.get(f"/asked{query}")).json()
    assert answer["code"] == "input"
    assert answer["where"] == "number"
    assert answer["message"] == f"number: expected {answer['expected']}, but got {answer['given']}."


async def test_what_is_not_there_has_the_same_shape(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nowhere")).json()["code"] == "not_found"
    assert (await client.post("/asked")).json()["code"] == "method"
