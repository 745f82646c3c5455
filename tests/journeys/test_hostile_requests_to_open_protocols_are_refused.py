"""Requests that somebody made up, after the descriptions of OpenAI's, Replicate's and Cog's protocols: none fails."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.schemas import OpenApiSchema

from gesso.server.protocols import addresses
from tests.server.program import Program
from tests.server.protocols.hosted import host_over_http, hosting

UNSENDABLE = (httpx.InvalidURL, UnicodeEncodeError, TypeError)  # what no client can put into a request
NAMES = ("writer", "painter")
PLACES = {"name": "writer", "owner": "me", "model": "writer"}


def described() -> dict[str, Any]:
    """Return the description of what these protocols are here: it is part of no other."""
    server = FastAPI(generate_unique_id_function=lambda route: f"{route.name}{route.path}".replace("/", "_"))
    addresses.install(server, is_described=True)
    return server.openapi()


SCHEMA: OpenApiSchema = schemathesis.openapi.from_dict(described())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, dict[str, str]]]:
    """A server with deployments, and a token of each."""
    with hosting(tmp_path_factory.mktemp("hosting")) as program:
        yield program, {name: host_over_http(program, name).token for name in NAMES}
        assert program.process.poll() is None, "the server has ended"
        _, said = program.stop()
        assert "Traceback" not in said, said


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "operation", [pytest.param(each, id=each.definition.raw["operationId"]) for each in OPERATIONS]
)
def test_what_the_descriptions_let_one_make_up(tokens: tuple[Program, dict[str, str]], operation: object) -> None:
    """Requests that fit the description, and requests that just do not; with a token, so that they come far."""
    program, held = tokens
    case = st.one_of(
        operation.as_strategy(),  # type: ignore[attr-defined]  # an operation, whose class is not public
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),  # type: ignore[attr-defined]  # as above
    )

    @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=case, name=st.sampled_from(NAMES), is_real=st.booleans())
    def make_up(case: schemathesis.Case[Any], name: str, *, is_real: bool) -> None:
        if is_real and isinstance(case.path_parameters, dict):
            case.path_parameters |= {key: name if value == "writer" else value for key, value in PLACES.items()
                                     if key in case.path_parameters}  # fmt: skip
        sent = case.as_transport_kwargs(base_url=program.address)
        body = {key: sent[key] for key in ("json", "content") if sent.get(key) is not None}
        body |= {"content": sent["data"]} if isinstance(sent.get("data"), bytes | str) else {}
        headers = {"Authorization": f"Bearer {held[name]}", **(sent.get("headers") or {})}
        with httpx.Client(timeout=60) as client, contextlib.suppress(httpx.LocalProtocolError, *UNSENDABLE):
            answer = client.request(sent["method"], sent["url"], params=sent.get("params"), headers=headers, **body)
            assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.text[:500])
            assert program.process.poll() is None

    make_up()
