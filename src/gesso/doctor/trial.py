"""Try a model out, one step after the other: look at it, make its environment, import it, set it up, run it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from gesso.app import App
from gesso.doctor.code import Code, read_code, read_script
from gesso.doctor.finding import Finding, problem_of
from gesso.doctor.imports import undeclared_imports
from gesso.errors import GessoError, NotFoundError
from gesso.registry.manifest import Manifest
from gesso.registry.source import ModelSource
from gesso.runtime.host.attempt import Report
from gesso.runtime.host.example_files import FILE, PACKAGE, find_own_file
from gesso.runtime.host.model import WorkerModel
from gesso.spec.model import Command, ModelSpec
from gesso.spec.runnable import Request, Result

DECLARATION: Final = "Declaration"
"""The first look: the files are there, and what they declare can be read."""
_LICENCE: Final = "Licence"
_EXAMPLES: Final = "Examples"
_ENVIRONMENT: Final = "Environment"
_LOADING: Final = "Loading"
_SETUP: Final = "Setup"

_T = TypeVar("_T")


def look_at(manifest: Manifest) -> tuple[Code, list[Finding]]:
    """Return what one can see without running any of the model's code."""
    if manifest.kind:
        return _look_at_foreign(manifest)
    code = read_code(manifest.entry, manifest.class_name)
    findings = [Finding(title=DECLARATION), *code.findings]
    if code.tree is not None:
        findings += undeclared_imports(code, manifest.requirements)
    return code, [*findings, *_own_examples(manifest), _licence(manifest)]


def _look_at_foreign(manifest: Manifest) -> tuple[Code, list[Finding]]:
    """Look at a model for another platform: what Gesso passes over is worth a remark."""
    code = read_script(manifest.entry)
    notes = [Finding(title=DECLARATION, kind="remark", message=note) for note in manifest.notes]
    return code, [*(notes or [Finding(title=DECLARATION)]), *code.findings, _licence(manifest)]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A model that is tried out by running it: whoever asks for it trusts the model. `report` hears the progress."""

    app: App
    source: ModelSource
    code: Code
    report: Report

    async def findings(self) -> AsyncIterator[Finding]:
        """Yield a finding for each step, until one is a problem that makes the rest impossible."""
        manifest = self.source.manifest
        _, finding = await self._try(_ENVIRONMENT, self.app.runtime.prepare(manifest, self.report))
        yield finding
        if finding.kind == "problem":
            return
        if examples := [value for value in _example_values(manifest) if value.startswith(PACKAGE)]:
            yield (await self._try(_EXAMPLES, self._find(examples)))[1]
        spec, finding = await self._try(_LOADING, self.app.runtime.describe(manifest, self.report))
        yield finding
        if spec is None:
            return
        model = self.app.runtime.open(spec, manifest)
        _, finding = await self._try(_SETUP, model.prepare(self.report))
        yield finding
        if finding.kind == "problem":
            return
        for command in self._commands(spec):
            yield (await self._try(f"Run: {command.name}", self._run(model, command)))[1]
            if command.is_batching:
                title = f"Run several at once: {command.name}_batch"
                yield (await self._try(title, self._run_batch(model, command)))[1]

    async def _try(self, title: str, work: Awaitable[_T]) -> tuple[_T | None, Finding]:
        try:
            return await work, Finding(title=title)
        except GessoError as error:
            return None, problem_of(title, error, where=self._place(error))

    def _commands(self, spec: ModelSpec) -> Sequence[Command]:
        """Return what is tried."""
        return spec.commands

    async def _find(self, examples: Sequence[str]) -> None:
        for value in examples:
            await self.app.runtime.example_file(self.source.manifest, value, report=self.report)

    async def _run(self, model: WorkerModel, command: Command) -> None:
        async with aclosing(model.run(_sample_request(command))) as events:
            async for event in events:
                if not isinstance(event, Result):
                    self.report(event)

    async def _run_batch(self, model: WorkerModel, command: Command) -> None:
        for outcome in await model.run_batch([_sample_request(command)] * 2, self.report):
            if isinstance(outcome, GessoError):
                raise outcome

    def _place(self, error: GessoError) -> str:
        """Say where in the model's file an error happened: its last line in the traceback, or the method named."""
        name = self.code.path.name
        lines = re.findall(rf'File "[^"]*{re.escape(name)}", line (\d+)', error.detail)
        if lines:
            return f"{name}, line {lines[-1]}"
        method = re.match(r"\w+\.(\w+)\b", error.message)
        return self.code.line_of(method[1]) if method else ""


def _sample_request(command: Command) -> Request:
    samples: dict[str, Any] = {port.name: port.data_type.sample() for port in command.inputs if port.is_required}
    return Request(inputs=samples, command=command.name, seed=0)


def _example_values(manifest: Manifest) -> list[str]:
    return [value for example in manifest.card.examples for value in example.values() if isinstance(value, str)]


def _own_examples(manifest: Manifest) -> list[Finding]:
    """Return whether the files that the examples name lie in the model's folder, if they name any."""
    names = [value.removeprefix(FILE) for value in _example_values(manifest) if value.startswith(FILE)]
    findings = []
    for name in dict.fromkeys(names):
        try:
            find_own_file(manifest.folder, name)
        except (NotFoundError, OSError, ValueError):
            message = f"An example names the file {name!r}, which is not in the model's folder."
            hint = "Put it there, or correct its name in [[examples]]."
            findings.append(Finding(title=_EXAMPLES, kind="problem", message=message, hint=hint))
    return findings or ([Finding(title=_EXAMPLES)] if names else [])


def _licence(manifest: Manifest) -> Finding:
    if manifest.card.licence or manifest.licence_path:
        return Finding(title=_LICENCE)
    is_file = manifest.path.is_file()
    place = "to [tool.gesso] in the comment at the top of the file" if is_file else "to gesso.toml"
    return Finding(
        title=_LICENCE,
        kind="remark",
        message="Nothing says what others may do with it.",
        hint=f'Add it {place}, say licence = "Apache-2.0", before you give the model away.',
    )
