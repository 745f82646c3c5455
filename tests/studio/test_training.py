"""The room where models learn: from a text that is dropped to a model that one can try."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.server.program import Program
from tests.studio.trainings import begin, forget_all, keep_text
from tests.training.trainers import LINES, TEXT


@pytest.fixture(autouse=True)
def _nothing_trained(server: Program) -> Iterator[None]:
    forget_all(server)
    yield
    forget_all(server)


def text_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def set_option(page: Any, name: str, value: str) -> None:
    page.locator(f"#option-{name}").fill(value)


def test_a_text_becomes_a_model_that_one_tries_hosts_and_exports(page: Any, tmp_path: Path) -> None:
    page.goto("/training")
    page.get_by_role("button", name="Train a model").click()
    page.get_by_label("Choose texts").set_input_files(text_file(tmp_path, "winter.txt", TEXT))
    shown = page.get_by_role("region", name="Train a model")
    expect(shown.get_by_role("heading", name="winter")).to_be_visible()
    expect(shown.locator("dl")).to_contain_text(re.compile(r"Documents1Words[\d,]+"))
    expect(shown.get_by_role("list", name="Remarks")).to_contain_text("is little")
    expect(shown.get_by_role("status")).to_contain_text("on this machine")
    expect(shown.get_by_role("status")).to_contain_text("40 steps")
    shown.get_by_role("radio", name="Standard").check()
    expect(shown.get_by_role("status")).to_contain_text("200 steps")
    shown.get_by_role("radio", name="Quick").check()
    shown.get_by_label("Name", exact=True).fill("No Name!")
    shown.get_by_role("button", name="Train", exact=True).click()
    expect(shown.locator("#training-name-about")).to_contain_text("small letters")
    shown.get_by_label("Name", exact=True).fill("winter-poet")
    set_option(page, "prompt", "The")
    shown.get_by_role("button", name="Train", exact=True).click()

    run = page.get_by_role("region", name="winter-poet", exact=True)
    expect(run.get_by_role("button", name="Try it")).to_be_visible()
    expect(run.get_by_text("stand word for word in your text")).to_be_visible()
    expect(run.get_by_role("img", name=re.compile("Loss over the steps"))).to_be_visible()
    run.get_by_text("As a table").click()
    expect(run.get_by_role("table").first).to_contain_text("40")
    samples = run.get_by_role("list", name="Samples")
    expect(samples.get_by_role("listitem")).to_have_count(4)
    expect(samples.get_by_role("listitem").first).to_contain_text("Step 40")
    run.get_by_role("slider", name="Step 40").press("Home")
    expect(samples.locator("[aria-current]")).to_contain_text("Step 10")
    with page.expect_download() as saved:
        run.get_by_role("button", name="Export").click()
    assert saved.value.suggested_filename == "winter-poet.zip"
    run.get_by_role("button", name="Host it").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Model", exact=True)).to_have_value("winter-poet")
    page.go_back()
    run.get_by_role("button", name="Make a bot of it").click()
    expect(page.get_by_role("heading", name="Who writes?")).to_be_visible()
    expect(page.get_by_role("radio", name="Winter poet")).to_be_checked()


def test_a_run_pauses_survives_a_reload_goes_on_and_ends_early(page: Any, server: Program) -> None:
    page.goto(f"/training/{begin(server, 'slow-poet', max_steps=4000, step_s=0.02)}")
    run = page.get_by_role("region", name="slow-poet", exact=True)
    expect(run.get_by_role("progressbar")).to_be_visible()
    expect(run.get_by_role("list", name="Samples")).to_be_visible()
    run.get_by_role("button", name="Pause").click()
    expect(run.get_by_role("button", name="Go on")).to_be_visible()
    expect(run.get_by_role("status")).to_contain_text("Paused")
    page.reload()
    expect(run.get_by_text(re.compile(r"at step \d+"))).to_be_visible()
    expect(run.get_by_role("status")).to_have_text("Paused")
    expect(page.get_by_role("list", name="Trainings")).to_contain_text("Paused")
    run.get_by_role("button", name="Go on").click()
    expect(run.get_by_role("list", name="Log")).to_contain_text("Going on from step")
    run.get_by_role("button", name="Finish now").click()
    expect(run.get_by_role("button", name="Try it")).to_be_visible()


def test_a_full_disk_is_told_it_goes_on_from_what_is_kept_and_another_one_too(page: Any, server: Program) -> None:
    page.goto(f"/training/{begin(server, 'full-poet', die_at=25)}")
    run = page.get_by_role("region", name="full-poet", exact=True)
    expect(run.get_by_role("alert")).to_contain_text("The disk is full")
    expect(run.get_by_role("alert")).to_contain_text("goes on from there")
    run.get_by_role("button", name="Go on").click()
    expect(run.get_by_role("button", name="Try it")).to_be_visible()

    run.get_by_role("button", name="Fork from step 20").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("new-poet")
    dialog.locator("#fork-max_steps").fill("10")
    dialog.locator("#fork-die_at").fill("0")
    dialog.get_by_role("button", name="Begin").click()
    forked = page.get_by_role("region", name="new-poet", exact=True)
    expect(forked).to_contain_text("from another training at step 20")
    expect(forked.get_by_role("button", name="Try it")).to_be_visible()


def test_bad_texts_get_a_clear_word(page: Any, tmp_path: Path) -> None:
    page.goto("/training/new")
    page.get_by_label("Choose texts").set_input_files(text_file(tmp_path, "tiny.txt", "Snow."))
    expect(page.get_by_role("alert")).to_contain_text("of text")
    binary = tmp_path / "picture.txt"
    binary.write_bytes(bytes(range(256)) * 40)
    page.get_by_label("Choose texts").set_input_files(binary)
    expect(page.get_by_role("alert")).to_contain_text(re.compile("text", re.IGNORECASE))
    pictures = [text_file(tmp_path, name, "x") for name in ("a.png", "b.png")]
    page.get_by_label("Choose texts").set_input_files(pictures)
    expect(page.get_by_role("alert")).to_contain_text("no text among these files")


def test_a_table_has_its_texts_in_a_column_that_one_chooses(page: Any, tmp_path: Path) -> None:
    rows = "".join(
        f'{number},"{line} {number}","{line[::-1]} {number}"\n' for number in range(20) for line in LINES[:2]
    )
    page.goto("/training/new")
    page.get_by_label("Choose texts").set_input_files(text_file(tmp_path, "poems.csv", f"id,verse,echo\n{rows}"))
    column = page.get_by_label("Column with the texts")
    column.select_option("verse")  # no column looks like the one
    shown = page.get_by_role("region", name="Train a model")
    expect(shown.locator("dl").first).to_contain_text("Documents40")
    column.select_option("echo")
    shown.get_by_text("Look into it").click()
    expect(shown.locator("blockquote").first).to_contain_text(LINES[0][::-1][:20])
    expect(page.get_by_role("region", name="Texts").get_by_role("listitem")).to_have_count(1)


def test_a_text_is_pasted_looked_at_and_deleted(page: Any, server: Program) -> None:
    page.goto("/training/new")
    page.get_by_role("button", name="Paste a text").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Text", exact=True).fill(TEXT)
    dialog.get_by_label("Name", exact=True).fill("Snow in town")
    dialog.get_by_role("button", name="Use it").click()
    page.get_by_role("link", name=re.compile("Snow in town")).click()
    shown = page.get_by_role("region", name="Snow in town")
    expect(shown.locator("blockquote").first).to_contain_text("The snow lay")
    shown.get_by_role("button", name="Delete this text").click()
    expect(page.get_by_text("Nothing trained yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name=re.compile("Snow in town"))).to_be_visible()
    keep_text(server)  # the same words are the same text


def test_what_is_not_there_is_told(page: Any) -> None:
    page.goto("/training/nothing")
    expect(page.get_by_role("heading", name="There is no such training")).to_be_visible()
    page.goto("/training/texts/nothing")
    expect(page.get_by_role("heading", name="There is no such text")).to_be_visible()
