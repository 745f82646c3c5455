"""The environment of a model, with what to tell people if it was written for another platform."""

from __future__ import annotations

import re

from gesso.compat.kinds import KINDS
from gesso.errors import InstallError
from gesso.registry.manifest import Manifest
from gesso.runtime.host.environment import Environment, Environments, Report


async def prepare_needs(manifest: Manifest, environments: Environments, *, report: Report) -> Environment:
    """Return the environment of a model, and make it if there is none yet; raises what `Environments.prepare` raises.

    Of a model for another platform, an error says where the package is asked for, and where else the model could run.
    """
    try:
        return await environments.prepare(manifest.requirements, report=report)
    except InstallError as error:
        if manifest.kind:
            said = "\n".join([error.message, *re.findall(r"(?mi)^.*\berror\b.*$", error.detail)])
            places = [f"{line} stands in {place}." for line, place in manifest.places.items() if _is_in(line, said)]
            error.hint = " ".join([error.hint, *places, KINDS[manifest.kind].elsewhere]).strip()
        raise


def _is_in(line: str, said: str) -> bool:
    """Say whether an installer's words are about a requirement."""
    return re.search(rf"(?<![\w.-]){re.escape(line)}(?![\w.=<>~!-])", said) is not None
