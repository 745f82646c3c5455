"""The messenger of one prediction: tells its webhook of the beginning, of news now and then, and of the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from gesso.errors import GessoError
from gesso.hosting.prediction import Occasion, Prediction, Webhook
from gesso.hosting.webhooks import Message, Webhooks

Form: TypeAlias = Callable[[Prediction], Awaitable[bytes]]
"""How a protocol shows a prediction: the body of a message about it."""

EVERY_S: Final = 0.5
"""So much time lies between two messages about outputs or logs."""
_logger: Final = logging.getLogger(__name__)


class Messenger:
    """Tells one webhook. `look` returns the prediction as it stands, `form` makes a body of it."""

    def __init__(
        self,
        webhooks: Webhooks,
        webhook: Webhook,
        *,
        sender: str,
        secrets: tuple[str, ...],
        look: Callable[[], Awaitable[Prediction]],
        form: Callable[[], Awaitable[Form]],
    ) -> None:
        self._webhooks = webhooks
        self._webhook = webhook
        self._sender = sender
        self._secrets = secrets
        self._look = look
        self._form = form
        self._waiting: set[Occasion] = set()
        self._wake = asyncio.Event()
        self._count = 0

    def hear(self, occasion: Occasion) -> None:
        """Hear that something has happened. Returns at once; what is overtaken is told of with what comes next."""
        if occasion in self._webhook.occasions:
            self._waiting.add(occasion)
            self._wake.set()

    async def work(self) -> None:
        """Tell what happens until the task is canceled. What does not arrive is not sent again."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._waiting.clear()
            try:
                await self._webhooks.send(await self._message(str(self._count)))
            except GessoError as error:
                _logger.info("a webhook was not told: %s", error)
            self._count += 1
            await asyncio.sleep(EVERY_S)

    async def tell_end(self) -> GessoError | None:
        """Tell of the end, again and again if need be. Return why it was given up, None if it was told."""
        if "completed" not in self._webhook.occasions:
            return None
        return await self._webhooks.send_surely(await self._message("completed"))

    async def _message(self, name: str) -> Message:
        prediction = await self._look()
        body = await (await self._form())(prediction)
        message_id = f"msg_{prediction.id}_{name}"
        return Message(url=self._webhook.url, sender=self._sender, id=message_id, body=body, secrets=self._secrets)
