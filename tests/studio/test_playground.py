"""The bench of a model that writes: its words as they come, several at once, and what it has by heart."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.server.program import Program
from tests.studio.trainings import API, begin

PROMPT = "A fox came down the lane"


@pytest.fixture(scope="module")
def writer(server: Program) -> str:
    """The name of a model that was trained on a text."""
    training = begin(server, "fox-writer")
    with httpx.stream("GET", f"{server.address}{API}/jobs/{training}/events", timeout=60) as events:
        for _ in events.iter_lines():  # they end with the job
            pass
    return "fox-writer"


def test_it_writes_on_and_goes_on_from_there(page: Any, writer: str) -> None:
    page.goto(f"/models/{writer}")
    page.get_by_label("Prompt").fill(PROMPT)
    page.get_by_role("button", name="Run", exact=True).click()
    sample = page.get_by_role("list", name="Samples").get_by_role("listitem")
    expect(sample).to_contain_text(re.compile(rf"^{PROMPT}.{{5,}}", re.DOTALL))
    expect(sample).to_contain_text(re.compile(r"Seed \d+, \d+ % word for word"))
    sample.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Prompt")).to_have_value(re.compile(rf"^{PROMPT}.{{5,}}", re.DOTALL))


def test_several_are_written_at_once_each_with_its_seed(page: Any, writer: str) -> None:
    page.goto(f"/models/{writer}")
    page.get_by_role("radiogroup", name="Samples at once").get_by_role("radio", name="4").check()
    page.get_by_label("Seed", exact=True).fill("41")
    page.get_by_role("button", name="Run", exact=True).click()
    samples = page.get_by_role("list", name="Samples").get_by_role("listitem")
    expect(samples).to_have_count(4)
    for number, seed in enumerate((41, 42, 43, 44)):
        expect(samples.nth(number)).to_contain_text(f"Seed {seed}, ")
    texts = samples.locator("p").all_inner_texts()
    assert len(set(texts)) == 4
    samples.nth(2).click()
    expect(page.locator("footer dl div", has_text="Seed").locator("dd")).to_have_text("43")
    page.get_by_role("radiogroup", name="Samples at once").get_by_role("radio", name="1").check()
    page.get_by_label("Seed", exact=True).fill("43")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(samples).to_have_count(1)
    expect(samples.locator("p")).to_have_text(texts[2], use_inner_text=True)


def test_what_it_has_by_heart_is_marked(page: Any, writer: str) -> None:
    def answer(route: Any) -> None:
        text = route.request.post_data_json["text"]
        span = {"start": len(PROMPT) - 3, "end": len(PROMPT) + 4, "source": "snow.txt"}
        route.fulfill(json={"spans": [span], "characters": len(text), "share": 0.5, "longest": 7})

    page.route("**/memorised", answer)  # a model as small as this one has nothing by heart
    page.goto(f"/models/{writer}")
    page.get_by_label("Prompt").fill(PROMPT)
    page.get_by_role("button", name="Run", exact=True).click()
    marked = page.get_by_role("list", name="Samples").locator("mark")
    expect(marked).to_have_count(1)  # what was given is not
    expect(marked).to_have_text(re.compile("^.{4}$", re.DOTALL), use_inner_text=True)
    expect(marked).to_have_attribute("title", "In snow.txt")
    expect(page.get_by_text("stands word for word in the text that it learnt from")).to_be_visible()
