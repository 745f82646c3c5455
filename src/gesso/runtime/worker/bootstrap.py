"""The first file that a worker runs: makes `gesso` importable in whatever environment this is, then starts the worker.

A model's environment holds what the model needs and not Gesso itself. This file loads the very package that the host
runs, and nothing else of the host's environment: two versions can never meet, and nothing leaks in.

    python -I bootstrap.py <package folder> <memory of the host> <memory of the worker>
"""

import gc
import importlib.util
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_MODEL = 4  # where `main` puts the model's file and kind among the arguments, which children are given too


def die_with_parent() -> None:
    """On Linux, have the kernel end this process when its parent, the guard, ends (man 2 prctl, PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        import ctypes

        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before we could ask
            os._exit(1)


def load_package(folder: str) -> None:
    """Import the package `gesso` from its folder, without putting the folder beside it on the path."""
    spec = importlib.util.spec_from_file_location("gesso", folder + "/__init__.py", submodule_search_locations=[folder])
    assert spec is not None and spec.loader is not None, folder
    package = importlib.util.module_from_spec(spec)
    sys.modules["gesso"] = package
    spec.loader.exec_module(package)


def take_part() -> None:
    """Let a process that the model itself starts ("spawn" of multiprocessing) import `gesso` and the model's file."""
    load_package(sys.argv[1])
    if len(sys.argv) > _MODEL:
        from gesso.runtime.worker.loading import import_model

        import_model(*sys.argv[_MODEL:])


if __name__ == "__mp_main__":
    take_part()
elif __name__ == "__main__":
    die_with_parent()
    gc.disable()  # what is imported stays: to look through it again and again would be a tenth of the start
    load_package(sys.argv[1])
    from gesso.runtime.worker.main import main

    gc.enable()
    main(*sys.argv[2:4])
