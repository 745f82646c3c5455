from __future__ import annotations

import httpx

from gesso.version import VERSION


async def test_it_says_that_it_is_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/health")).json() == {"status": "ok", "version": VERSION, "needs_key": False}


async def test_figures_are_for_prometheus(client: httpx.AsyncClient) -> None:
    await client.get("/api/v1/health")
    await client.get("/api/v1/models/nobody")
    await client.get("/made/up/by/somebody")
    answer = await client.get("/api/v1/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'gesso_http_requests_total{operation="get_health",status="200"} 1.0' in answer.text
    assert 'gesso_http_requests_total{operation="get_model",status="404"} 1.0' in answer.text
    assert 'gesso_jobs{status="queued"} 0.0' in answer.text
    assert "made" not in answer.text
