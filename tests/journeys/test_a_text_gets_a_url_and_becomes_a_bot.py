"""A text is trained on, the model gets a URL, two kinds of client ask it there, and a bot speaks through it."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import openai
import pytest

from tests.cli.serving import run, serving
from tests.journeys.test_a_bot_speaks_through_a_deployment import rehearse

SMALL = ["--layers", "1", "--heads", "2", "--width", "32", "--block-size", "64", "--vocabulary", "400"]
PROMPT = "Alice was"


@pytest.mark.timeout(1500)  # the first time, what the trainer needs is installed
def test_a_text_gets_a_url_and_becomes_a_bot(warm_home: Path, shared_data: Path) -> None:
    home = str(warm_home)
    book = str(shared_data / "text" / "alice.txt")
    with serving(warm_home) as served:
        trained = run("train", "text", book, "--name", "alice", "--preset", "quick", "--max-steps", "12", *SMALL,
                      patience_s=1400, GESSO_HOME=home)  # fmt: skip
        assert (trained.returncode, trained.stdout) == (0, "alice\n"), trained.stderr
        hosted = json.loads(run("host", "alice", "--name", "wonder", "--json", GESSO_HOME=home).stdout)

        client = openai.OpenAI(base_url=f"{served.address}/openai/v1", api_key=hosted["token"])
        made = client.completions.create(model="wonder", prompt=PROMPT, max_tokens=12, seed=5)
        assert made.choices[0].text
        assert made.usage is not None
        assert made.usage.completion_tokens == 12
        again = client.completions.create(model="wonder", prompt=PROMPT, max_tokens=12, seed=5)
        assert again.choices[0].text == made.choices[0].text

        head = {"Authorization": f"Bearer {hosted['token']}"}
        with httpx.Client(base_url=f"{served.address}/m/wonder/v1", headers=head, timeout=60) as runway:
            assert runway.get("").json()["status"] == "running"
            inputs = {"prompt": PROMPT, "max_characters": 40, "seed": 5}
            said = runway.post("/query", json=inputs).json()
            assert said["generated_text"].startswith(PROMPT)
            assert runway.post("/query", json=inputs).json() == said

        spoken = rehearse(warm_home, "--model", hosted["url"], "--token", hosted["token"])
        assert spoken.stdout.startswith("wonder: "), spoken.stderr
