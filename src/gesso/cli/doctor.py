"""`gesso doctor`: what is wrong with a model, or with the installation."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from gesso.cli.exits import OK, RUN_FAILED
from gesso.cli.options import TrustOption
from gesso.cli.terminal import Terminal

if TYPE_CHECKING:
    from gesso.app import App
    from gesso.doctor.finding import Finding
    from gesso.doctor.trial import Trial
    from gesso.registry.source import ModelSource


def doctor(
    ctx: typer.Context,
    model: Annotated[
        str | None,
        typer.Argument(metavar="[MODEL]", help="A model or a trainer; without one, the installation is looked at."),
    ] = None,
    *,
    is_trusted: TrustOption = False,
) -> None:
    """Say what is wrong with a model, a trainer, or the installation."""
    terminal = ctx.ensure_object(Terminal)
    is_well = _installation(terminal) if model is None else asyncio.run(_model(terminal, model, is_trusted=is_trusted))
    raise typer.Exit(OK if is_well else RUN_FAILED)


def _installation(terminal: Terminal) -> bool:
    from gesso import settings
    from gesso.doctor.installation import look_at_installation

    kinds = [_show(terminal, finding) for finding in look_at_installation(settings.load())]
    return "problem" not in kinds


async def _model(terminal: Terminal, reference: str, *, is_trusted: bool) -> bool:
    from gesso import settings
    from gesso.app import App
    from gesso.cli.opening import ensure_trust
    from gesso.doctor.finding import problem_of
    from gesso.doctor.trial import DECLARATION, look_at
    from gesso.errors import DeclarationError, InputError

    async with App(settings.load(), report=terminal.report) as app:
        try:
            source, kind = _find(app, reference)
        except DeclarationError as error:
            _show(terminal, problem_of(DECLARATION, error))
            return False
        if source.server:
            raise InputError("a model with files, to look into", f"one that serves itself ({source.address})")
        code, findings = look_at(source.manifest)
        kinds = [_show(terminal, finding) for finding in findings]
        if "problem" in kinds:
            terminal.say("\nMend that first; then the rest can be tried.")
            return False
        ensure_trust(app, source, is_trusted=is_trusted, terminal=terminal)
        trial = kind(app=app, source=source, code=code, report=terminal.report)
        kinds = [_show(terminal, finding) async for finding in trial.findings()]
    if "problem" in kinds:
        return False
    terminal.result(f"\n{source.manifest.title} is well.")
    return True


def _find(app: App, reference: str) -> tuple[ModelSource, type[Trial]]:
    """Return a model, or else the trainer of that name (`trainer:text` is always one), and how to try it."""
    from gesso.doctor.trainer import TrainerTrial
    from gesso.doctor.trial import Trial
    from gesso.errors import NotFoundError
    from gesso.training.trainers import read_reference

    if (trainer := read_reference(reference)) is not None:
        return app.trainers.find(trainer), TrainerTrial
    try:
        return app.registry.find(reference), Trial
    except NotFoundError:
        if reference not in app.trainers.names():
            raise
        return app.trainers.find(reference), TrainerTrial


def _show(terminal: Terminal, finding: Finding) -> str:
    terminal.finding(finding)
    return finding.kind
