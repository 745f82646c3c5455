from __future__ import annotations

import pytest

from gesso.server.protocols.runway_addresses import plain


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/m/pose/v1", "/m/pose/v1"),
        ("/m/pose/v1/", "/m/pose/v1"),
        ("/m/pose.runwayml.cloud/v1//info", "/m/pose/v1/info"),
        ("/m//pose.runwayml.cloud//v1///query//", "/m/pose/v1/query"),
        ("//m/pose/v1", "/m/pose/v1"),
        ("/m/pose/v1/predictions/7/cancel", "/m/pose/v1/predictions/7/cancel"),
        ("/m/pose.runwayml.cloud", "/m/pose.runwayml.cloud"),
        ("/m/pose/v10", "/m/pose/v10"),
        ("/m/pose.runwayml.cloud.example/v1", "/m/pose.runwayml.cloud.example/v1"),
        ("/m/.runwayml.cloud/v1", "/m/.runwayml.cloud/v1"),
        ("/m//v1", "/m//v1"),
        ("/m/pose/run", "/m/pose/run"),
        ("/api/v1//models", "/api/v1//models"),
        ("/m/pose/v1/\n", "/m/pose/v1/\n"),
        ("/", "/"),
    ],
)
def test_a_path_is_read_as_it_was_meant(path: str, meant: str) -> None:
    assert plain(path) == meant
