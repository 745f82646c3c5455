"""What a model's environment must hold: read the declaration, see whether it is met here, give it a digest."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from gesso.errors import InstallError
from gesso.registry.packages import read_python, read_requirement
from gesso.runtime.host import interpreter
from gesso.runtime.host.interpreter import Interpreter
from gesso.spec.model import Requirements
from gesso.version import VERSION

BASE_REQUIREMENTS: Final = ("msgspec>=0.18", "numpy>=1.26", "pillow>=10")
"""What the worker itself needs in every environment: the dependencies of the plain `gesso` in pyproject.toml."""


@dataclass(frozen=True)
class Needs:
    """A model's `Requirements`, read: names in their usual spelling, each list in alphabetical order."""

    python: SpecifierSet
    dependencies: tuple[Requirement, ...]
    without_dependencies: tuple[Requirement, ...]

    @property
    def together(self) -> tuple[str, ...]:
        """What is installed in one resolution: Gesso's own requirements and the model's, so that both are met."""
        return (*BASE_REQUIREMENTS, *map(str, self.dependencies))

    @property
    def alone(self) -> tuple[str, ...]:
        """What is installed after it, without what it asks for."""
        return tuple(map(str, self.without_dependencies))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all that is asked for, the worker's own included, in alphabetical order."""
        asked = (*map(Requirement, BASE_REQUIREMENTS), *self.dependencies, *self.without_dependencies)
        return tuple(sorted({canonicalize_name(requirement.name) for requirement in asked}))

    @property
    def are_met_here(self) -> bool:
        """Whether the environment that runs this has all of it.

        A requirement by address ("name @ https://...") never counts as met: there is no telling what lies there now.
        """
        if not self.python.contains(interpreter.running().version, prereleases=True):
            return False
        return all(_is_met(requirement) for requirement in (*self.dependencies, *self.without_dependencies))

    def digest(self, python: Interpreter, constraints: str) -> str:
        """Return the SHA-256, in hex, of all that decides what an environment holds, but for who installs it."""
        deciding = {
            "python": python.minor_version,
            "platform": python.platform,
            "together": self.together,
            "alone": self.alone,
            "constraints": constraints,
        }
        canonical = json.dumps(deciding, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def read_needs(requirements: Requirements) -> Needs:
    """Read a declaration; a line that is no requirement raises `DeclarationError`.

    Gesso itself is no need of a model's environment: the host brings it along. A model that asks for a version other
    than this one raises `InstallError`.
    """
    return Needs(
        read_python(requirements.python),
        _read_all(requirements.dependencies),
        _read_all(requirements.without_dependencies),
    )


def _read_all(lines: Iterable[str]) -> tuple[Requirement, ...]:
    requirements = {str(requirement): requirement for requirement in map(read_requirement, lines)}
    return tuple(requirements[line] for line in sorted(requirements) if not _is_gesso(requirements[line]))


def _is_gesso(requirement: Requirement) -> bool:
    if requirement.name != "gesso":
        return False
    if not requirement.specifier.contains(VERSION, prereleases=True):
        raise InstallError(f"The model asks for {requirement}, but this is Gesso {VERSION}.", hint="Update Gesso.")
    return True


def _is_met(requirement: Requirement, asked: frozenset[str] = frozenset()) -> bool:
    """Say whether the running environment meets a requirement, with what its extras ask for.

    `asked` are the requirements on the way here: packages whose extras name each other must not go round for ever.
    """
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return True
    if requirement.url is not None:
        return False
    try:
        found = importlib.metadata.distribution(requirement.name)
        is_right_version = requirement.specifier.contains(found.version, prereleases=True)
    except (importlib.metadata.PackageNotFoundError, InvalidVersion):
        return False
    if not is_right_version or str(requirement) in asked:
        return is_right_version
    asked |= {str(requirement)}
    return all(_is_met(needed, asked) for needed in _of_extras(found, requirement.extras))


def _of_extras(found: importlib.metadata.Distribution, extras: set[str]) -> list[Requirement]:
    """Return what a package asks for because of its extras, without the extras' markers."""
    needed = []
    for line in found.requires or ():
        requirement = Requirement(line)
        marker, requirement.marker = requirement.marker, None
        if marker is not None and any(marker.evaluate({"extra": extra}) for extra in extras):
            needed.append(requirement)
    return needed
