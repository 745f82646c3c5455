"""Requests that somebody made up, with a token, after the descriptions of all that a guest may ask: none fails.

What a deployment takes by Gesso's own protocol and by Runway's stands in the description of the server, what it takes
by OpenAI's, Replicate's and Cog's in one that is made here.
"""

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

from gesso.server.application import bare
from gesso.server.protocols import addresses
from gesso.server.schemas.openai import ChatRequest, CompletionRequest
from tests.server.program import Program
from tests.server.protocols.hosted import host_over_http, hosting

UNSENDABLE = (httpx.InvalidURL, UnicodeEncodeError, TypeError)  # what no client can put into a request
NAMES = ("writer", "painter")
GIVEN = st.fixed_dictionaries(
    {"prompt": st.text(max_size=50)},
    optional={
        "max_tokens": st.integers(-1, 20),
        "temperature": st.floats(allow_nan=False, allow_infinity=False),
        "image": st.text(max_size=20),
    },
)
"""Inputs that a model may know."""
PLACES = {"name": "writer", "owner": "me", "model": "writer"}


def described() -> dict[str, Any]:
    """Return the description of what these protocols are here: it is part of no other."""
    server = FastAPI(generate_unique_id_function=lambda route: f"{route.name}{route.path}".replace("/", "_"))
    addresses.install(server, is_described=True)
    made = server.openapi()
    for kind in (CompletionRequest, ChatRequest):
        schema = kind.model_json_schema(ref_template="#/components/schemas/{model}")
        made["components"]["schemas"] |= schema.pop("$defs", {}) | {kind.__name__: schema}
    return made


SCHEMAS: tuple[OpenApiSchema, ...] = tuple(map(schemathesis.openapi.from_dict, (described(), bare().openapi())))
OPERATIONS = [
    found.ok()
    for schema in SCHEMAS
    for found in schema.get_all_operations()
    if isinstance(found, Ok) and not found.ok().path.startswith("/api/")
]


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

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=case, name=st.sampled_from(NAMES), is_real=st.booleans(), inputs=GIVEN)
    def make_up(case: schemathesis.Case[Any], name: str, *, is_real: bool, inputs: dict[str, Any]) -> None:
        if is_real and isinstance(case.path_parameters, dict):
            case.path_parameters |= {key: name if value == "writer" else value for key, value in PLACES.items()
                                     if key in case.path_parameters}  # fmt: skip
        if is_real and isinstance(case.body, dict):
            case.body |= {key: inputs for key in ("input", "inputs") if key in case.body} or inputs
        sent = case.as_transport_kwargs(base_url=program.address)
        body = {key: sent[key] for key in ("json", "content") if sent.get(key) is not None}
        body |= {"content": sent["data"]} if isinstance(sent.get("data"), bytes | str) else {}
        headers = {"Authorization": f"Bearer {held[name]}", **(sent.get("headers") or {})}
        # there is no TLS here: without `verify=False`, every client would read all of the system's certificates
        with (
            httpx.Client(timeout=60, verify=False) as client,
            contextlib.suppress(httpx.LocalProtocolError, *UNSENDABLE),
        ):
            answer = client.request(sent["method"], sent["url"], params=sent.get("params"), headers=headers, **body)
            assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.text[:500])
            assert program.process.poll() is None

    make_up()
