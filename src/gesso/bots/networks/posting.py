"""What a bot says by itself, now and then."""

from __future__ import annotations

import asyncio
from itertools import cycle
from typing import Final

from gesso.bots.message import Place
from gesso.bots.talk import Talk

MINUTE_S: Final = 60.0
"""How long a minute is."""


async def post_by_itself(talk: Talk, place: Place) -> None:
    """Post on the persona's schedule until the task is canceled; for ever quiet if it has none.

    The first post comes after the first pause: whoever connects anew should not begin with one each time.
    """
    posts = talk.persona.posts
    if not posts.every_minutes:
        await asyncio.Event().wait()
    for prompt in cycle(posts.prompts):
        await asyncio.sleep(posts.every_minutes * MINUTE_S)
        await talk.post(prompt, place)
