"""The doorkeeper: knows the tokens of all deployments, and says who may come in with which."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gesso.errors import AccessError, DamagedError, NotFoundError
from gesso.hosting.admission import Admission
from gesso.hosting.deployment import Deployment
from gesso.hosting.purse import Purse, Reserve
from gesso.hosting.rate import Rates
from gesso.hosting.tokens import Token, TokenOrder, hash_of, make_token
from gesso.net.origins import is_meant
from gesso.storage.hosting_rows import TokenRow

_logger: Final = logging.getLogger(__name__)
_NO_TOKEN: Final = (
    "Whoever owns it makes one in the studio, under Hosting. A request carries it as `Authorization: Bearer <token>`."
)
_WRONG_TOKEN: Final = "Was all of it copied, and is it one of this deployment? Whoever owns it can make another."
_FOREIGN: Final = "The owner can make a browser token for that page, in the studio, under Hosting."


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a token has been used for since this was last told."""

    id: str
    requests: int
    compute_ms: int
    used_ms: int


class Doorkeeper:
    """Holds the tokens in memory, by their SHA-256: whether one is right takes the same time for every wrong one."""

    def __init__(self) -> None:
        self._purses: dict[str, Purse] = {}
        self._inside: defaultdict[str, set[Admission]] = defaultdict(set)
        self._rates = Rates()

    # -- letting in ---------------------------------------------------------------------------------------------------

    def let_in(
        self, deployment: Deployment, *, secret: str | None, origin: str | None, client: str, expected_ms: int
    ) -> tuple[Token | None, Reserve | None]:
        """Check a request, and reserve what it may cost. Raises `AccessError` and `LimitError`."""
        purse = self._purse(deployment, secret)
        token = purse.token if purse else None
        _check_origin(deployment, token, origin=origin)
        if deployment.requests_per_minute:
            key = f"{deployment.name} {token.id if token else client}"
            self._rates.take(key, per_minute=deployment.requests_per_minute)
        if token and token.requests_per_minute:
            key = f"{token.id} {client}" if token.kind == "browser" else token.id
            self._rates.take(key, per_minute=token.requests_per_minute)
        return token, purse.reserve(expected_ms) if purse else None

    def let_in_again(
        self, deployment: Deployment, token_id: str | None, *, expected_ms: int
    ) -> tuple[Token | None, Reserve | None]:
        """Reserve what a request may cost that was let in before. Raises `AccessError` if its token is gone."""
        if token_id is None:
            return None, None
        purse = self._purse_of(deployment.name, token_id)
        return purse.token, purse.hold(expected_ms)

    def holder(self, deployment: Deployment, token_id: str | None, *, origin: str | None) -> Token | None:
        """Check somebody who proves by a signature that this token was theirs. Raises `AccessError`."""
        if token_id is None:
            if not deployment.is_public:
                raise AccessError(f"{deployment.name} asks for a token.", hint=_NO_TOKEN, is_unknown=True)
            token = None
        else:
            token = self._purse_of(deployment.name, token_id).token
        if origin is not None or token is None:
            _check_origin(deployment, token, origin=origin)
        return token

    def deployment_of(self, secret: str) -> str | None:
        """Return the deployment that a token is good for; None for what is no token."""
        purse = self._purses.get(hash_of(secret))
        return None if purse is None else purse.token.deployment

    def check(self, deployment: Deployment, *, secret: str | None, origin: str | None) -> Token | None:
        """Check who asks for something that costs nothing, such as how a deployment stands. Raises `AccessError`."""
        purse = self._purse(deployment, secret)
        token = purse.token if purse else None
        _check_origin(deployment, token, origin=origin)
        return token

    def may_be_asked_by(self, deployment: Deployment, origin: str) -> bool:
        """Say whether a web page may ask at all, with some token or without: what a browser asks before it asks."""
        if deployment.is_public and _is_among(origin, deployment.origins):
            return True
        return any(_is_among(origin, token.origins) for token in self.of(deployment.name))

    def entered(self, admission: Admission) -> None:
        """Hear that a request is under way."""
        if admission.token is not None:
            self._inside[admission.token.id].add(admission)

    def left(self, admission: Admission) -> None:
        """Hear that it is over."""
        if admission.token is not None:
            self._inside[admission.token.id].discard(admission)

    # -- tokens -------------------------------------------------------------------------------------------------------

    def load(self, rows: Iterable[TokenRow]) -> None:
        """Know the tokens that there are."""
        for row in rows:
            try:
                self.add(row)
            except DamagedError as error:  # a token that is broken opens nothing, and keeps nobody out
                _logger.error("a token of %s is left out: %s", row.deployment, error)

    def add(self, row: TokenRow) -> None:
        """Know one more."""
        token = Token.from_json(row.document)
        self._purses[row.sha256] = Purse(token, requests=row.requests, compute_ms=row.compute_ms, used_ms=row.used_ms)

    def make(self, order: TokenOrder, *, deployment: str, token_id: str) -> tuple[Token, str]:
        """Return a new token and itself; it opens nothing yet. Raises `InputError`."""
        return make_token(order, deployment=deployment, token_id=token_id)

    def row(self, token: Token, secret: str) -> TokenRow:
        """Return a token as the table has it."""
        return TokenRow(id=token.id, deployment=token.deployment, sha256=hash_of(secret), document=token.to_json())

    def of(self, deployment: str) -> list[Token]:
        """Return the tokens of a deployment, the oldest first."""
        return [purse.token for purse in self.purses(deployment)]

    def purses(self, deployment: str) -> list[Purse]:
        """Return the tokens of a deployment with what they have spent, the oldest first."""
        found = [purse for purse in self._purses.values() if purse.token.deployment == deployment]
        return sorted(found, key=lambda purse: purse.token.id)

    def find(self, deployment: str, token_id: str) -> Token:
        """Return a token of a deployment, or raise `NotFoundError`."""
        for token in self.of(deployment):
            if token.id == token_id:
                return token
        raise NotFoundError(f"{deployment} has no such token.", hint="Perhaps it was taken back already.")

    def revoke(self, token_id: str) -> None:
        """Forget a token, and end what is under way with it."""
        self._purses = {key: purse for key, purse in self._purses.items() if purse.token.id != token_id}
        for admission in list(self._inside.pop(token_id, ())):
            admission.revoke()

    def forget(self, deployment: str) -> None:
        """Forget a deployment's tokens, and end what is under way with them."""
        for token in self.of(deployment):
            self.revoke(token.id)

    def take_spent(self) -> list[Spent]:
        """Return what tokens have been used for since this was last asked."""
        spent = []
        for purse in self._purses.values():
            requests, compute_ms = purse.take_unsaved()
            if requests or compute_ms:
                assert purse.used_ms is not None
                spent.append(Spent(id=purse.token.id, requests=requests, compute_ms=compute_ms, used_ms=purse.used_ms))
        return spent

    def put_back(self, spent: Iterable[Spent]) -> None:
        """Take back what could not be saved."""
        by_id = {purse.token.id: purse for purse in self._purses.values()}
        for each in spent:
            if each.id in by_id:
                by_id[each.id].put_back(each.requests, each.compute_ms)

    def _purse_of(self, deployment: str, token_id: str) -> Purse:
        for purse in self._purses.values():
            if purse.token.id == token_id and purse.token.deployment == deployment and not purse.token.is_expired():
                return purse
        raise AccessError("The token that this began with is no longer good.", hint=_WRONG_TOKEN, is_unknown=True)

    def _purse(self, deployment: Deployment, secret: str | None) -> Purse | None:
        if secret is None:
            if deployment.is_public:
                return None
            raise AccessError(f"{deployment.name} asks for a token.", hint=_NO_TOKEN, is_unknown=True)
        purse = self._purses.get(hash_of(secret))
        if purse is None or purse.token.deployment != deployment.name:
            raise AccessError(f"This is no token of {deployment.name}.", hint=_WRONG_TOKEN, is_unknown=True)
        if purse.token.is_expired():
            raise AccessError("This token has expired.", hint="Ask the owner for another.", is_unknown=True)
        return purse


def _check_origin(deployment: Deployment, token: Token | None, *, origin: str | None) -> None:
    """Check the web page that asks. A browser token is good on its pages alone, and nowhere else."""
    if token is not None and token.kind == "browser":
        if origin is None:
            raise AccessError("This token is good only in a web page.", hint="Use a secret token for programs.")
        if not _is_among(origin, token.origins):
            pages = ", ".join(token.origins)
            raise AccessError(f"This token is good in pages of {pages}, and not of {origin[:200]}.", hint=_FOREIGN)
    elif origin is not None and not (token is None and _is_among(origin, deployment.origins)):
        raise AccessError(f"The page {origin[:200]} may not use {deployment.name}.", hint=_FOREIGN)


def _is_among(origin: str, listed: Iterable[str]) -> bool:
    """Say whether a page is one of those listed; `:*` at the end of one stands for any port."""
    return any(is_meant(origin.lower(), each) for each in listed)
