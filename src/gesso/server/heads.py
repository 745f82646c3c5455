"""HEAD: what GET would answer, without the body. Players ask so how long a film is, downloaders whether to go on."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from starlette.types import Message

from gesso.server.layer import Call, Layer


class Heads(Layer):
    """Asks with GET inside, and lets go of the answer where its body would begin: nothing of it is made or read."""

    async def meet(self, call: Call) -> None:
        """Answer HEAD, hand on everything else."""
        if not call.is_request or call.scope["method"] != "HEAD":
            await call.to(self.app)
            return
        told: list[Message] = []
        is_enough = asyncio.Event()

        async def send_head(message: Message) -> None:
            told.append(message)
            is_enough.set()
            await asyncio.Event().wait()  # until `answering` is canceled

        asked = replace(call, scope={**call.scope, "method": "GET"}, send=send_head)
        answering = asyncio.create_task(asked.to(self.app))
        answering.add_done_callback(lambda _: is_enough.set())
        try:
            await is_enough.wait()
            if not told:
                await answering  # raises why
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
        await call.send(told[0])
        await call.send({"type": "http.response.body", "body": b""})
