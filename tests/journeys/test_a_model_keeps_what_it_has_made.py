"""What a model makes once and can make again, it keeps in the home: the next worker finds it."""

from __future__ import annotations

from tests.journeys.conftest import Studio, run

CODE = '''
class Keeper(Model):
    """Counts how often it got ready."""

    def setup(self) -> None:
        self.cache_folder.mkdir(parents=True, exist_ok=True)
        (self.cache_folder / f"{len(list(self.cache_folder.iterdir()))}.txt").write_text("ready")
        self.times = len(list(self.cache_folder.iterdir()))

    def run(self) -> int:
        return self.times
'''


async def test_a_model_keeps_what_it_has_made(studio: Studio) -> None:
    for times in (1, 2):
        model = await studio.open(CODE, name="keeper")
        result, _ = await run(model)
        assert result.outputs["output"] == times
        await model.close()
    kept = studio.app.settings.home / "cache" / "models" / "keeper"
    assert sorted(path.name for path in kept.iterdir()) == ["0.txt", "1.txt"]
