from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from gesso.server.application import bare
from tests.house.source import ROOT

DESCRIBED = bare().openapi()
FILES = {"runModel", "runDeployment", "getFile", "getFileThumbnail", "getModelPreview", "getMetrics"}
STREAMS = {"streamJobEvents", "streamBotEvents", "rehearseBot"}
OPERATIONS = [
    pytest.param(operation, id=operation["operationId"])
    for path in DESCRIBED["paths"].values()
    for operation in path.values()
]


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        yield "request", media_type, body
    for status, response in operation["responses"].items():
        for media_type, body in response.get("content", {}).items():
            yield status, media_type, body


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_request_and_answer_has_a_type(operation: dict[str, Any]) -> None:
    for where, media_type, body in bodies(operation):
        if media_type == "application/json":
            assert re.fullmatch(r"#/components/schemas/\w+", body["schema"].get("$ref", "")), (where, body)
        else:
            assert operation["operationId"] in FILES | STREAMS | {"uploadFile", "appendToUpload"}, (where, media_type)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_says_what_it_does_and_how_it_fails(operation: dict[str, Any]) -> None:
    assert operation["description"]
    assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", operation["operationId"])
    problem = operation["responses"]["default"]["content"]["application/json"]["schema"]["$ref"]
    assert problem == "#/components/schemas/Problem"


def test_no_two_operations_have_one_name() -> None:
    names = [parameter.id for parameter in OPERATIONS]
    assert len(names) == len(set(names))


def test_what_is_answered_always_has_all_of_its_fields() -> None:
    schemas = DESCRIBED["components"]["schemas"]
    for name in ("Job", "Output", "ModelSpec", "Port", "BlobReference", "Health", "Recipe", "JobPage"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name
    assert set(schemas["Problem"]["required"]) == {"code", "message"}
    assert schemas["JobRequest"]["required"] == ["model"]


def test_what_a_job_tells_is_described() -> None:
    assert {"JobMessage", "ProgressMessage", "LogMessage", "PreviewMessage", "PartMessage"} <= set(
        DESCRIBED["components"]["schemas"]
    )


def test_direct_runs_and_live_streams_are_described() -> None:
    schemas = DESCRIBED["components"]["schemas"]
    assert {"ResultMessage", "ErrorMessage", "ReadyMessage", "LiveResultMessage", "LiveErrorMessage"} <= set(schemas)
    assert "required" not in schemas["LiveOpening"]
    assert schemas["LiveChange"]["required"] == ["inputs"]
    assert set(schemas["DirectResult"]["required"]) == set(schemas["DirectResult"]["properties"])
    assert "required" not in schemas["DirectRequest"]


def test_the_studios_types_are_made_from_this_description() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "gesso.server.openapi"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert json.loads(printed) == DESCRIBED
    kept = (ROOT / "studio" / "openapi.json").read_text(encoding="utf-8")
    assert kept == printed, "Run: python -m gesso.server.openapi > studio/openapi.json"
