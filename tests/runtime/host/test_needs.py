"""Of a model for another platform, an environment that cannot be made says which line asked for it, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.errors import InstallError
from gesso.registry.manifest import read_manifest
from gesso.runtime.host.environment import Environments
from gesso.runtime.host.needs import prepare_needs
from tests.runtime.host.packages import Shelf, look_only_in


@pytest.mark.timeout(300)  # it makes an environment
async def test_a_package_that_is_not_there_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_only_in(tmp_path / "shelf", monkeypatch)
    Shelf(tmp_path / "shelf")
    folder = tmp_path / "fox"
    folder.mkdir()
    (folder / "runway.yml").write_text("entrypoint: python a.py\nbuild_steps: [pip install -r requirements.txt]\n")
    (folder / "requirements.txt").write_text("numpy\ngesso-no-such-package==1.2.0\n")
    (folder / "a.py").write_text("")
    with pytest.raises(InstallError) as raised:
        await prepare_needs(read_manifest(folder), Environments(tmp_path / "environments"), report=lambda _: None)
    assert "gesso-no-such-package==1.2.0 stands in requirements.txt, line 2." in raised.value.hint
    assert "numpy stands" not in raised.value.hint
    assert "gesso run runway+http://localhost:9000" in raised.value.hint
