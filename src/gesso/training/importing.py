"""Make a model of somebody else's: a Hugging Face folder, or a repository of the hub, of GPT-2's shape."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesso.spec.runnable import Event, Request, Result
from gesso.storage.durable import explained
from gesso.training.bases import Base, Bases
from gesso.training.run import Trainer
from gesso.training.trained import WEIGHTS, TrainedModels, copy_file

_TAKEN: Final = (  # by name: what else lies there, or is linked there, has no business in a model that is given away
    *("config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "vocab.json", "merges.txt"),
    *("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
)
_COMMAND: Final = "convert"


@dataclass(frozen=True, kw_only=True)
class Importing:
    """What takes a model over. `trainer` converts it in its own environment: a folder with weights becomes a model."""

    bases: Bases
    models: TrainedModels
    trainer: Trainer

    async def take(self, source: str, *, name: str, report: Callable[[Event], None]) -> str:
        """Put a model on the list, and return its name. Raises what bringing a base and converting it raise."""
        base = await self.bases.bring(source, report)
        if name:
            await asyncio.to_thread(self.models.check_free, name)
        else:
            name = await asyncio.to_thread(
                self.models.free_name, source.rstrip("/").rpartition("/")[2].partition("@")[0]
            )
        with tempfile.TemporaryDirectory(prefix="gesso-import-") as folder:
            made = Path(folder) / name
            await asyncio.to_thread(_lay_out, base.path, made / WEIGHTS)
            await self._convert(made, base, report=report)
            facts = {"imported_from": base.to_json()}
            await asyncio.to_thread(self.models.place, made, name, facts=facts)
        return name

    async def _convert(self, made: Path, base: Base, *, report: Callable[[Event], None]) -> None:
        told = {"folder": str(made), "name": made.name, "licence": base.licence, "source": base.reference}
        known = {port.name for port in self.trainer.spec.command(_COMMAND).inputs}
        inputs = {name: value for name, value in told.items() if name in known}
        await self.trainer.prepare(report)
        try:
            async with aclosing(self.trainer.run(Request(inputs=inputs, command=_COMMAND))) as events:
                async for event in events:
                    if not isinstance(event, Result):
                        report(event)
        finally:
            await self.trainer.close()


def _lay_out(source: Path, target: Path) -> None:
    with explained(target):
        target.mkdir(parents=True)
        for name in _TAKEN:
            if (source / name).is_file():
                copy_file(str(source / name), str(target / name))
