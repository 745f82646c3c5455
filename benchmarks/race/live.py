"""A camera in a process of its own: frames go out when they are due, whatever comes back and when."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Final

from benchmarks.peers.all import peer_named
from benchmarks.peers.camera import Camera
from benchmarks.peers.peer import Address
from benchmarks.race.payloads import differs, film, number_in

_WARM_S: Final = 2.0
_LAST_S: Final = 1.0  # how long the last answers are waited for


@dataclass
class Watched:
    """What the camera saw: how many frames were due, and how long each that came back took from when it was due."""

    due: int
    times_ms: list[float] = field(default_factory=list)
    failure: str = ""
    differs: str = ""


async def watch(camera: Camera, *, fps: int, seconds: float) -> Watched:
    """Send frames for as long, after two seconds to get warm. One that is not sent when the next is due is dropped."""
    warm = int(fps * _WARM_S)
    frames = film(warm + int(fps * seconds))
    gc.freeze()
    gc.disable()
    came: list[tuple[float, bytes]] = []
    await camera.open()
    listening = asyncio.create_task(_listen(camera, came))
    began = time.perf_counter()
    with contextlib.suppress(OSError):  # who is gone is seen by what listens
        for number, frame in enumerate(frames):
            late_s = time.perf_counter() - (began + number / fps)
            if late_s < 1 / fps:
                await asyncio.sleep(max(0, -late_s))
                await camera.send(frame)
            if listening.done():
                break
    await asyncio.sleep(_LAST_S)
    failure = str(listening.exception()) if listening.done() else ""
    listening.cancel()
    await camera.close()
    first = {number_in(frame): (at, frame) for at, frame in reversed(came)}  # read now, so that it is not in the times
    counted = {number: at - began - number / fps for number, (at, _) in first.items() if warm <= number < len(frames)}
    return Watched(
        len(frames) - warm,
        times_ms=[time_s * 1000 for time_s in counted.values()],
        failure=failure,
        differs=next((differs(frames[number], first[number][1]) for number in counted), ""),
    )


async def _listen(camera: Camera, came: list[tuple[float, bytes]]) -> None:
    while True:
        frame = await camera.receive()
        came.append((time.perf_counter(), frame))


def main() -> None:
    """Do what is asked for in JSON, and print what came of it."""
    given = json.loads(sys.argv[1])
    open_camera = peer_named(given["peer"]).camera
    assert open_camera is not None
    camera = open_camera(Address(given["port"], given["token"]))
    print(json.dumps(asdict(asyncio.run(watch(camera, fps=given["fps"], seconds=given["seconds"])))))


if __name__ == "__main__":
    main()
