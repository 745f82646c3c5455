from __future__ import annotations

import pytest

from gesso.runtime.host.install_news import Narrator, explain
from gesso.spec.runnable import Log, Progress

PIP = """
Looking in links: /somewhere
Collecting opencv-python-headless<5
  Downloading opencv_python_headless-4.11.0.86-cp37-abi3-manylinux_2_17_x86_64.whl.metadata (20 kB)
  Downloading opencv_python_headless-4.11.0.86-cp37-abi3-manylinux_2_17_x86_64.whl (50.0 MB)
Progress 0 of 50000000
Progress 20000000 of 50000000
Progress 20000001 of 50000000
Progress 50000000 of 50000000
Processing /somewhere/absl_py-2.1-py3-none-any.whl (from mediapipe==0.10.21)
Building wheels for collected packages: foo
  Building wheel for foo (pyproject.toml): started
  Building wheel for foo (pyproject.toml): finished with status 'done'
Installing collected packages: absl-py, foo, opencv-python-headless
Successfully installed absl-py-2.1
""".strip().splitlines()

UV = """
Using Python 3.11.7 environment at: /somewhere
Resolved 12 packages in 222ms
   Building foo==1.0
Downloading numpy (15.0MiB)
 Downloaded numpy
Prepared 2 packages in 286ms
Installed 2 packages in 89ms
 + numpy==2.5.5
""".strip().splitlines()


def told(lines: list[str]) -> list[tuple[float, str]]:
    news: list[Progress | Log] = []
    narrator = Narrator(news.append, steps=4)
    narrator.next_step("Making")
    narrator.next_step("Looking")
    for line in lines:
        narrator.hear(line)
    return [(item.fraction, item.text) for item in news if isinstance(item, Progress)]


def test_what_pip_prints() -> None:
    download = "Downloading opencv-python-headless (50.0 MB)"
    assert told(PIP) == [
        (0.0, "Making"),
        (0.25, "Looking"),
        (0.25, "Looking at opencv-python-headless"),
        (0.25, download),
        (0.25, f"{download}: 0 %"),
        (0.25, f"{download}: 40 %"),
        (0.25, f"{download}: 100 %"),
        (0.25, "Looking at absl-py"),
        (0.25, "Building foo, which can take minutes"),
        (0.5, "Installing 3 packages"),
    ]


def test_what_uv_prints() -> None:
    assert told(UV)[2:] == [
        (0.25, "Building foo, which can take minutes"),
        (0.25, "Downloading numpy (15.0MiB)"),
        (0.5, "Installing 2 packages"),
    ]


def test_the_last_lines_are_kept_and_each_is_logged() -> None:
    logs: list[Progress | Log] = []
    narrator = Narrator(logs.append, steps=1)
    for number in range(100):
        narrator.hear(f"line {number}")
        narrator.hear(f"Progress {number} of 100")
    assert logs == [Log(f"line {number}", level="debug") for number in range(100)]
    assert narrator.detail.splitlines() == [f"line {number}" for number in range(40, 100)]
    assert narrator.log.splitlines() == [f"line {number}" for number in range(100)]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        ("error: failed to write: There is not enough space on the disk. (os error 112)", "the disk is full"),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)': /simple/six/\n"
            "ERROR: No matching distribution found for six",
            "the package index cannot be reached, to get six.",
        ),
        (
            "  cause: tcp connect error\n  cause: Connection refused (os error 111)",
            "the package index cannot be reached, to get its packages.",
        ),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate in chain", "is not trusted"),
        ("ERROR: No matching distribution found for inks==9", "no package inks==9 fits this computer"),
        (
            "  cause: Because there is no version of inks==9 and you require inks==9, we can conclude that your "
            "requirements are unsatisfiable.",
            "no package inks==9 fits",
        ),
        ("  cause: Because inks was not found in the package registry and you require inks", "no package inks fits"),
        (
            "ERROR: Package 'inks' requires a different Python: 3.11.7 not in '>=3.12'",
            "no package inks fits this computer and this Python",
        ),
        (
            "ERROR: Cannot install a==1 and b because these package versions have conflicting dependencies.\n"
            "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/",
            "these do not go together: a==1 and b",
        ),
        (
            "  cause: Because a==1 depends on numpy<2 and you require a==1, we can conclude that you require numpy<2.\n"
            "         And because you require numpy>=2, we can conclude that your requirements are unsatisfiable.",
            "these do not go together: a==1 depends on numpy<2",
        ),
        ("error: command '/usr/bin/gcc' failed with exit code 1", "one of its packages would have to be built here"),
        (
            "error: command '/usr/bin/gcc' failed with exit code 1\n  ERROR: Failed building wheel for inks\n"
            "Failed to build inks\n× Failed to build installable wheels\n╰─> inks",
            ": inks would have to be built here",
        ),
        (
            "error: subprocess-exited-with-error\n╰─> [15 lines]\nerror: metadata-generation-failed\n╰─> inks",
            ": inks would have to be built here",
        ),
        ("error: Microsoft Visual C++ 14.0 or greater is required.", "would have to be built here"),
        ("ERROR: [Errno 2] No such file or directory: '/desk/inks.whl'", "there is no /desk/inks.whl"),
        ("ERROR: [Errno 13] Permission denied: '/environments'", "may not write there"),
        ("something else altogether", "the installer ended with the code 3"),
    ],
)
def test_the_usual_causes_are_told_in_plain_words(words: str, reason: str) -> None:
    error = explain(words, "the installer ended with the code 3.")
    assert error.message.startswith("The model's environment could not be made: ")
    assert reason in error.message
    assert error.message.endswith(".")
    assert error.hint
    assert error.detail == words
