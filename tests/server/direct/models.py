"""A model with an input and an output of many kinds."""

from __future__ import annotations

from pathlib import Path

from gesso.app import App

CODE = '''
from __future__ import annotations
import os, time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
import numpy as np
from gesso import (
    Audio, Directory, Field, File, Image, InputError, Json, Mask, Model, Range, State, command, log, preview, progress,
    scratch, seed,
)

@dataclass
class Made:
    picture: Image
    words: str
    count: int

class Seen(State):
    count = 0

class Many(Model):
    def setup(self, size: str = "small") -> None:
        self.size = size

    def run(self, picture: Image, words: str = "hello", count: Annotated[int, Range(0, 100)] = 1) -> Made:
        """All at once."""
        return Made(picture, f"{words} {self.size} {seed()}", count)

    @command
    def invert(self, picture: Image) -> Image:
        return 255 - picture.rgb

    @command
    def repeat(self, words: str, times: int = 2) -> str:
        return words * times

    @command
    def data(self, value: Json, more: list[float] = []) -> Json:
        return [value, more]

    @command
    def blend(self, one: Image, two: Image) -> Image:
        return one

    @command
    def masked(self, picture: Image, mask: Mask) -> Made:
        return Made(mask, "masked", 1)

    @command
    def tiles(self, pictures: list[Image]) -> list[Image]:
        return pictures

    @command
    def tone(self, sound: Audio) -> Audio:
        return sound

    @command
    def file(self, file: File) -> File:
        path = scratch() / f"again-{file.name}"
        path.write_bytes(file.bytes())
        return File(path)

    @command
    def folder(self, folder: Directory) -> list[str]:
        return folder.relative_names()

    @command
    def spell(self, words: str) -> Iterator[str]:
        log("spelling")
        for number, letter in enumerate(words):
            progress(number / len(words), letter)
            yield letter

    @command
    def draw(self, picture: Image) -> Image:
        preview(picture.rgb // 2)
        return picture

    @command
    def wait(self, seconds: float, note: str) -> str:
        Path(note).write_text("began")
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                progress(0.5, "waiting")
                time.sleep(0.002)
        finally:
            Path(note).write_text("ended")
        return "waited"

    @command
    def measure(self, picture: Image) -> str:
        return f"{picture.width} x {picture.height}"

    @command
    def noise(self, picture: Image, seen: Seen) -> Image:
        seen.count += 1
        return np.random.default_rng(seen.count).integers(0, 255, (480, 640, 3), np.uint8)

    @command
    def trail(self, picture: Image, seen: Seen, note: str = "") -> Made:
        seen.count += 1
        return Made(picture, f"{note} {seed()}", seen.count)

    @command
    def slow(self, picture: Image, seconds: float = 0.0) -> Made:
        time.sleep(seconds)
        if int(picture.rgb[0, 0, 0]) == 13:
            os._exit(3)
        if int(picture.rgb[0, 0, 0]) == 66:
            raise ValueError("unlucky")
        return Made(picture, f"{picture.rgb[0, 0, 0]}", os.getpid() % 100)

    @command
    def fail(self, how: str = "raise") -> str:
        if how == "die":
            os._exit(3)
        if how == "refuse":
            raise InputError("something else", "that", where="how")
        raise ValueError("the brush broke")
'''


def add_many(app: App, folder: Path) -> None:
    """Put a model called many on the list of models, trusted."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.py").write_text(CODE)
    (folder / "gesso.toml").write_text('name = "many"\nlicence = "MIT"\n')
    app.trust.trust(app.registry.add(str(folder)))
