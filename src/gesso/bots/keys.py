"""The keys of bots: tokens that a network gives out, in the system's keyring or in environment variables.

They are in no file of Gesso's and in no database. A variable goes before the keyring, so that a server without one can
be given its keys.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Final, Literal, TypeAlias

from gesso.errors import ConflictError, InputError

_SERVICE: Final = "gesso"
_LONGEST: Final = 5000
Source: TypeAlias = Literal["variable", "keyring", ""]
"""Where a key comes from; "" if there is none."""


def variable(bot: str, key: str) -> str:
    """Return the name of the environment variable that holds a key: GESSO_BOT_MY_POET_TOKEN."""
    return f"GESSO_BOT_{bot}_{key}".upper().replace("-", "_")


@dataclass(frozen=True)
class Keys:
    """The keys of all bots. `read_variable` returns what an environment variable says, "" if it says nothing."""

    read_variable: Callable[[str], str]
    _met: set[tuple[str, str]] = field(default_factory=set, repr=False)

    def get(self, bot: str, key: str) -> str:
        """Return a key, or "" if there is none."""
        return self.read_variable(variable(bot, key)).strip() or self._kept(bot, key)

    def source(self, bot: str, key: str) -> Source:
        """Say where a key comes from. A keyring may ask a person each time, so that what was met there is not asked."""
        if self.read_variable(variable(bot, key)).strip():
            return "variable"
        return "keyring" if (bot, key) in self._met or self._kept(bot, key) else ""

    def put(self, bot: str, key: str, *, value: str) -> None:
        """Keep a key in the keyring. Raises `ConflictError` where there is none, `InputError` for what is no key."""
        value = value.strip()
        if not 0 < len(value) <= _LONGEST or not value.isascii() or not value.isprintable() or " " in value:
            raise InputError("a key as the network shows it", "something with other signs, or nothing", where=key)
        with _explained(variable(bot, key)) as keyring:
            keyring.set_password(_SERVICE, _name(bot, key), value)
            self._met.add((bot, key))

    def remove(self, bot: str, key: str) -> None:
        """Forget a key. One that is not there is no fault."""
        self._met.discard((bot, key))
        with contextlib.suppress(ConflictError):
            if self._kept(bot, key):
                with _explained(variable(bot, key)) as keyring:
                    keyring.delete_password(_SERVICE, _name(bot, key))

    def _kept(self, bot: str, key: str) -> str:
        try:
            with _explained(variable(bot, key)) as keyring:
                found = keyring.get_password(_SERVICE, _name(bot, key)) or ""
            (self._met.add if found else self._met.discard)((bot, key))
            return found
        except ConflictError:
            return ""


def _name(bot: str, key: str) -> str:
    return f"bot {bot} {key}"


@contextlib.contextmanager
def _explained(name: str) -> Iterator[ModuleType]:
    """Lend the keyring; what is wrong with it raises `ConflictError` that says what to do instead."""
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError as error:
        raise ConflictError("The system's keyring is out of reach.", hint=_hint(name, _INSTALL)) from error
    try:
        yield keyring
    except NoKeyringError as error:  # its own words are for programmers
        raise ConflictError("This system has no keyring that could keep it.", hint=_hint(name, "Instead,")) from error
    except KeyringError as error:
        words = f"The system's keyring does not take it: {error}".rstrip(".")
        raise ConflictError(f"{words}.", hint=_hint(name, "Unlock it, or")) from error


_INSTALL: Final = 'Install it with pip install "gesso[bots]", or'


def _hint(name: str, first: str) -> str:
    return f"{first} set the environment variable {name} for the Gesso that serves: keys go into no file."
