"""What every test stands on: a home that is not a person's, data to work with, and no silent skip in CI."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import browser
from tests.leftovers import processes_and_memory, what_stays

__all__ = ["browser"]

ROOT = Path(__file__).resolve().parents[1]
SHARED_HOME = ROOT / ".cache" / "home"
"""The home of the whole run: environments of models are slow to make, and stay from one run to the next."""

for _name in [name for name in os.environ if name.startswith(("GESSO_", "RW_")) and name != "GESSO_TEST_DATA"]:
    del os.environ[_name]  # a person's own settings say nothing about the program
os.environ["GESSO_HOME"] = str(SHARED_HOME)

# Tests stand side by side, and what they compute is small: two threads would take a hundred times as long to meet after
# each step of it. Models in workers hear of it, too.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[_name] = "1"

# A busy machine is slow, which is no fault of the code; and CI finds the same thing twice.
settings.register_profile("gesso", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("gesso")


def pytest_collection_finish() -> None:
    """Keep the garbage collector from what was imported and collected: it stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, empty. Its path is short, because sockets below it must be."""
    path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GESSO_HOME", str(path))
    return path


@pytest.fixture
def warm_home(home: Path) -> Path:
    """A home of the test's own, but for the environments of models, which all tests share."""
    environments = SHARED_HOME / "environments"
    environments.mkdir(parents=True, exist_ok=True)
    (home / "environments").symlink_to(environments, target_is_directory=True)
    return home


@pytest.fixture
def nothing_left(home: Path) -> Iterator[None]:
    """Fail the test if, five seconds after its end, a process of its home still runs or holds shared memory."""
    earlier = processes_and_memory(str(home))
    yield
    left = what_stays(str(home), earlier=earlier)
    assert not left, f"left behind: {left}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos, films and texts, which are not part of the repository."""
    named = os.environ.get("GESSO_TEST_DATA")
    places = [Path(named)] if named else [ROOT.parent / "shared" / "data", ROOT / "shared" / "data"]
    for place in places:
        if place.is_dir():
            return place
    pytest.skip(f"needs real photos and films: none in {places[0]}; name their folder in GESSO_TEST_DATA")


# -- in CI a skip is a failure: what should have been tested was not --------------------------------------------------


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"In CI nothing may be skipped. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test into a failure."""
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole file into a failure."""
    report = yield
    _fail_if_skipped(report)
    return report
