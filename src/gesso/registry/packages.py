"""Read the lines by which a model says which packages and which Python it needs."""

from __future__ import annotations

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from gesso.errors import DeclarationError


def read_requirement(line: str) -> Requirement:
    """Read a requirement after PEP 508, its name in the usual spelling, or raise `DeclarationError`."""
    try:
        requirement = Requirement(line)
    except InvalidRequirement as error:
        raise DeclarationError(
            f"{line!r} does not name a package.", hint='Write dependencies like "numpy" or "numpy>=1.26,<3".'
        ) from error
    _check_condition(requirement, line)
    requirement.name = canonicalize_name(requirement.name)
    return requirement


def _check_condition(requirement: Requirement, line: str) -> None:
    """Try the condition after the semicolon: some that can be read compare what cannot be compared."""
    try:
        if requirement.marker is not None:
            requirement.marker.evaluate()
    except ValueError as error:
        raise DeclarationError(
            f"{line!r} has a condition that cannot be decided: {error}",
            hint="Write it like \"numpy; sys_platform == 'linux'\".",
        ) from error


def read_python(line: str) -> SpecifierSet:
    """Read which versions of Python are meant (">=3.11"; "" is any), or raise `DeclarationError`."""
    try:
        return SpecifierSet(line)
    except InvalidSpecifier as error:
        raise DeclarationError(
            f"requires-python: {line!r} does not say which versions of Python are meant.",
            hint='Write it like ">=3.11" or ">=3.11,<3.13".',
        ) from error
