from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from gesso.app import App
from gesso.errors import FetchError
from gesso.settings import AFTER_RESTART, Settings, load


async def test_settings_are_shown(client: httpx.AsyncClient, home: Path) -> None:
    shown = (await client.get("/api/v1/settings")).json()
    assert shown["home"] == str(home)
    assert shown["fixed"] == ["home"]
    guards = {"needs_key": False, "fetch_private": False, "allowed_hosts": [], "installer": "pip"}
    assert shown | guards == shown


async def test_a_change_holds_at_once_and_for_the_future_and_keeps_the_rest(
    client: httpx.AsyncClient, home: Path
) -> None:
    (home / "settings.toml").write_text("# mine\nthreads = 3 # enough\n")
    answer = await client.patch("/api/v1/settings", json={"upload_limit_bytes": 5_000})
    assert answer.json()["upload_limit_bytes"] == 5_000
    assert (await client.get("/api/v1/settings")).json()["upload_limit_bytes"] == 5_000
    assert (home / "settings.toml").read_text() == "# mine\nthreads = 3 # enough\nupload_limit_bytes = 5000\n"
    assert load().upload_limit_bytes == 5_000
    assert load().threads == 3


async def test_offline_shuts_the_door_at_once_and_opens_it_again(app: App, client: httpx.AsyncClient) -> None:
    for is_offline in (True, False, True):
        shown = (await client.patch("/api/v1/settings", json={"offline": is_offline})).json()
        assert shown["offline"] is is_offline
        assert "offline" not in shown["after_restart"]
        with pytest.raises(FetchError) if is_offline else contextlib.nullcontext():
            app.door.check("a test")


async def test_what_takes_effect_later_says_so(client: httpx.AsyncClient) -> None:
    changes = {"threads": 1, "idle_unload_s": 5.5, "cancel_grace_s": 2.0, "memory_budget_mb": 4000}
    shown = (await client.patch("/api/v1/settings", json=changes)).json()
    assert shown | changes == shown
    assert set(changes) < set(shown["after_restart"]) <= set(shown)
    assert load().model_dump(include=set(changes)) == changes


async def test_what_the_environment_says_cannot_be_changed(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GESSO_UPLOAD_LIMIT_BYTES", "7")
    answer = await client.patch("/api/v1/settings", json={"upload_limit_bytes": 5})
    assert answer.status_code == 409
    assert "GESSO_UPLOAD_LIMIT_BYTES" in answer.json()["message"]


@pytest.mark.parametrize(
    "change",
    [
        {"home": "/tmp"},
        {"needs_key": False},
        {"allowed_hosts": ["evil.example"]},
        {"fetch_private": True},
        {"constraints": "/etc/passwd"},
        {"installer": "uv"},
        {"offline": "yes"},
        {"offline": 1},
        {"threads": 0},
        {"threads": True},
        {"idle_unload_s": 0},
        {"upload_limit_bytes": 0},
        {"upload_limit_bytes": "5"},
        {"upload_limit_bytes": 1e300},
        {"allowed_origins": ["*"]},
        {"allowed_origins": ["null"]},
        {"allowed_origins": ["https://*"]},
        {"allowed_origins": ["https://*.p5js.org"]},
        {"allowed_origins": ["https://evil.example/page"]},
        {"allowed_origins": "https://editor.p5js.org"},
        {"allowed_origins": ['https://a"\nneeds_key = false']},
        {"allowed_origins": ["https://a.example"] * 101},
    ],
)
async def test_what_guards_the_server_cannot_be_changed_over_http(
    client: httpx.AsyncClient, home: Path, change: dict[str, Any]
) -> None:
    answer = await client.patch("/api/v1/settings", json=change)
    assert answer.status_code == 422
    assert not (home / "settings.toml").exists()


async def test_a_broken_file_is_said_and_left_as_it_is(client: httpx.AsyncClient, home: Path) -> None:
    (home / "settings.toml").write_text("threads = [")
    answer = await client.patch("/api/v1/settings", json={"upload_limit_bytes": 5})
    assert answer.status_code == 422
    assert "settings.toml" in answer.json()["message"]
    assert (home / "settings.toml").read_text() == "threads = ["


def test_every_name_of_a_setting_that_waits_is_a_setting() -> None:
    assert set(Settings.model_fields) > AFTER_RESTART
