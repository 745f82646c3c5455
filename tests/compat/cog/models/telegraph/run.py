"""An async model: its setup waits too, two runs wait side by side, and a cancel ends one of them."""

import asyncio

from cog import AsyncConcatenateIterator, BaseRunner, concurrent


class Runner(BaseRunner):
    async def setup(self) -> None:
        self.line = asyncio.Lock()  # belongs to the loop that it is first waited for in
        async with self.line:
            await asyncio.sleep(0)
        self.most = self.under_way = 0

    @concurrent(max=2)
    async def run(self, text: str, pause_s: float = 0.0) -> AsyncConcatenateIterator[str]:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for word in text.split():
                async with self.line:
                    print(word)
                await asyncio.sleep(pause_s)
                yield f"{word} STOP "
            yield f"({self.most})"
        except asyncio.CancelledError:
            print("the wire is cut")
            raise
        finally:
            self.under_way -= 1
