from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gesso.storage.home import find_server
from tests.cli.conftest import Gesso, write_model
from tests.cli.serving import GESSO, Served, serving

POET = """
class Poet(Model):
    def setup(self, mood: str = "plain") -> None:
        self.mood = mood

    def run(self, prompt: str = "fox") -> str:
        if prompt == "bad":
            raise ValueError("no rhyme")
        return f"{self.mood} {prompt}"
"""


@pytest.fixture
def served(gesso: Gesso, home: Path, work: Path) -> Iterator[Served]:
    """A server that knows the model `poet`, which nobody trusts yet."""
    write_model(POET, "poet.py")
    assert gesso("add", "./poet.py").code == 0
    with serving(home) as served:
        yield served


def hosted(gesso: Gesso, *words: str) -> dict[str, Any]:
    made: dict[str, Any] = gesso("host", "poet", "--trust", "--json", *words).json
    return made


def asked(gesso: Gesso, url: str, token: str, *, prompt: str = "hare") -> Any:
    return gesso("run", url, "--token", token, "-i", f"prompt={prompt}", "-q")


def test_a_model_becomes_a_url_with_a_token(gesso: Gesso, served: Served) -> None:
    assert gesso("host", "poet").code == 5  # it comes from outside, and nobody trusts it
    ended = gesso("host", "poet", "--trust")
    assert ended.code == 0, ended.err
    url, token = (line.split()[-1] for line in ended.out.splitlines()[:2])
    assert url == f"{served.address}/m/poet"
    assert token.startswith("gesso_")
    assert f"Authorization: Bearer {token}" in ended.out  # the code to copy works as it stands
    assert "only this once" in ended.err
    code = ended.out.partition("\n\n")[2]
    made = subprocess.run(["sh", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert '"plain' in made.stdout


def test_a_url_is_run_like_a_model(gesso: Gesso, served: Served) -> None:
    made = hosted(gesso, "-O", "mood=sad", "--name", "my-poet")
    assert asked(gesso, made["url"], made["token"]).out == "sad hare\n"
    refused = asked(gesso, made["url"], "gesso_wrong")
    assert refused.code == 1
    assert "no token of my-poet" in refused.err
    assert "gesso host tokens my-poet --make NAME" in refused.err
    assert "Authorization" not in refused.err  # that is for who writes a client
    assert asked(gesso, made["url"], made["token"], prompt="bad").code == 1
    assert gesso("run", made["url"], "--token", made["token"], "-i", "promt=x").code == 4
    assert gesso("run", made["url"], "--token", made["token"], "--option", "mood=x").code == 4


def test_the_list_and_one_of_it(gesso: Gesso, served: Served) -> None:
    assert "Nothing is hosted" in gesso("host").err
    made = hosted(gesso)
    asked(gesso, made["url"], made["token"])
    asked(gesso, made["url"], made["token"], prompt="bad")
    row = next(line for line in gesso("host").out.splitlines() if line.startswith("poet"))
    assert row.split()[1:] == ["awake", "poet:run", "2", "1", made["url"]]
    shown = gesso("host", "show", "poet").out
    for words in (made["url"], "awake", "2 requests, 1 errors", "one of 1 tokens"):
        assert words in shown
    log = gesso("host", "log", "poet").out
    assert "(made with the deployment) succeeded" in log
    assert "hare" not in log
    assert gesso("host", "--json").json[0]["last_day"]["requests"] == 2
    assert gesso("host", "show", "nothing").code == 4


def test_versions_are_switched(gesso: Gesso, served: Served) -> None:
    made = hosted(gesso)
    renewed = gesso("host", "poet", "--new-version", "-O", "mood=sad", "--trust", "--json").json
    assert (renewed["release"], renewed["token"]) == (2, None)
    assert asked(gesso, made["url"], made["token"]).out == "sad hare\n"
    assert gesso("host", "switch", "poet", "1").code == 0
    assert asked(gesso, made["url"], made["token"]).out == "plain hare\n"
    assert gesso("host", "switch", "poet", "9").code == 4
    second = gesso("host", "poet", "-O", "mood=shy", "--no-token", "--json")
    assert second.json["name"].startswith("poet-")
    assert second.json["token"] is None
    assert "--new-version" in second.err


def test_a_version_that_is_the_same_is_not_made_again(gesso: Gesso, served: Served) -> None:
    made = hosted(gesso, "-O", "mood=sad", "--name", "my-poet")
    same = gesso("host", "my-poet", "--new-version")  # the name of the deployment is enough; its options stay
    assert same.code == 0
    assert "Nothing has changed: version 1 of my-poet" in same.err
    other = gesso("host", "my-poet", "--new-version", "-O", "mood=shy")
    assert "Version 2 of my-poet answers now. Version 1 is kept: gesso host switch my-poet 1" in other.err
    back = gesso("host", "poet", "--name", "my-poet", "--new-version", "-O", "mood=sad", "--json")
    assert "Version 1 of my-poet answers now, as it did before" in back.err
    assert back.json["release"] == 1
    write_model(POET.replace("{self.mood}", "so {self.mood}"), "poet.py")
    assert gesso("host", "my-poet", "--new-version", "--trust", "--json").json["release"] == 3
    assert asked(gesso, made["url"], made["token"]).out == "so sad hare\n"
    assert gesso("host", "nobody", "--new-version").code == 4


def test_a_version_that_cannot_get_ready_takes_nobodys_place(gesso: Gesso, served: Served) -> None:
    made = hosted(gesso)
    write_model(POET.replace("self.mood = mood", "raise OSError('no ink')"), "poet.py")
    refused = gesso("host", "poet", "--new-version", "--trust")
    assert refused.code == 1
    assert "Version 2 of poet could not get ready, so version 1 goes on." in refused.err
    assert asked(gesso, made["url"], made["token"]).out == "plain hare\n"


def test_who_says_it_twice_has_one_address(gesso: Gesso, served: Served) -> None:
    made = hosted(gesso)
    again = gesso("host", "poet", "--json")
    assert again.json == {**made, "token": None, "is_new": False}
    assert "poet is hosted already: nothing new" in again.err
    assert "gesso host tokens poet --make NAME" in again.err
    named = gesso("host", "poet", "--name", "poet", "--browser", "https://editor.p5js.org", "--json")
    assert named.json["token"].startswith("gessob_")  # what was asked for besides is done
    assert gesso("host", "poet", "--name", "other", "--json").json["is_new"]  # on purpose
    write_model(POET.replace("plain", "grey"), "poet.py")
    changed = gesso("host", "poet", "--trust")
    assert "The model has changed since" in changed.err
    assert "gesso host poet --new-version" in changed.err
    taken = gesso("host", "poet", "--name", "poet", "-O", "mood=sad")
    assert taken.code == 1
    assert "gesso host poet --name poet --new-version" in taken.err
    assert len(gesso("host", "list", "--json").json) == 2


def test_a_path_is_hosted_as_it_stands(gesso: Gesso, served: Served) -> None:
    write_model(POET, "bard.py")
    made = gesso("host", "./bard.py", "--trust", "--json")
    assert made.json["name"] == "bard"
    assert "bard is on your list of models now" in made.err
    assert "bard" in gesso("models").out
    write_model(POET, "elsewhere/bard.py")
    taken = gesso("host", "./elsewhere/bard.py", "--trust")
    assert taken.code == 3
    assert "gesso add ./elsewhere/bard.py --name NAME" in taken.err


def test_a_model_that_cannot_get_ready_says_so_at_once(gesso: Gesso, served: Served) -> None:
    write_model(POET.replace("self.mood = mood", "raise OSError('no ink')"), "poet.py")
    made = gesso("host", "poet", "--trust")
    assert made.code == 1
    assert "Token  gesso_" in made.out  # it is never shown again
    for words in ("poet has its address, but", "no ink", "gesso doctor poet", "gesso host poet --new-version"):
        assert words in made.err
    assert gesso("host", "poet", "--name", "patient", "--no-wait").code == 0


def test_tokens_are_listed_made_and_taken_back(gesso: Gesso, served: Served) -> None:
    made = hosted(gesso, "--browser", "https://editor.p5js.org")
    assert made["token"].startswith("gessob_")
    secret = gesso("host", "tokens", "poet", "--make", "a bot", "--max-requests", "1").out.strip()
    assert asked(gesso, made["url"], secret).out == "plain hare\n"
    assert asked(gesso, made["url"], secret).code == 1  # that was all
    listed = gesso("host", "tokens", "poet").out
    assert "https://editor.p5js.org" in listed
    assert "1 of 1" in listed
    assert gesso("host", "tokens", "poet", "--revoke", "a bot").code == 0
    assert [token["kind"] for token in gesso("host", "tokens", "poet", "--json").json] == ["browser"]
    assert gesso("host", "tokens", "poet", "--revoke", "a bot").code == 4
    unmade = gesso("host", "tokens", "poet", "--days", "3", "--browser", "https://a.org")
    assert unmade.code == 2
    assert "gesso host tokens poet --make NAME --days 3 --browser https://a.org" in unmade.err


def test_what_holds_is_changed(gesso: Gesso, served: Served) -> None:
    made = hosted(gesso)
    changed = gesso("host", "set", "poet", "--page", "--per-minute", "60", "--public", "--browser", "https://a.org")
    assert changed.code == 0
    for words in ("Everybody who reaches", "https://a.org", f"At {made['url']} is a page", "60 times a minute"):
        assert words in changed.err
    shown = gesso("host", "show", "poet").out
    for words in ("everybody", "at most 60 requests a minute", f"Page      {made['url']}"):
        assert words in shown
    back = gesso("host", "set", "poet", "--no-page", "--private", "--per-minute", "0").err
    for words in ("asks for a token", "It has no page", "no limit"):
        assert words in back
    assert "--page or --no-page" in gesso("host", "set", "poet").err
    capped = gesso("host", "set", "poet", "--max-requests", "9")
    assert capped.code == 2
    assert "gesso host tokens poet --make NAME --max-requests 9" in capped.err
    assert gesso("host", "set", "nobody", "--page").code == 4


def test_deployments_that_share_their_workers_say_so(gesso: Gesso, served: Served) -> None:
    hosted(gesso, "--name", "one")
    gesso("host", "poet", "--name", "two", "--no-token")
    assert "shares its workers with one" in gesso("host", "sleep", "two").err
    assert [each["status"]["state"] for each in gesso("host", "--json").json] == ["asleep", "asleep"]
    assert "Shares    its workers with two" in gesso("host", "show", "one").out


def test_words_that_people_try_lead_on(gesso: Gesso, served: Served) -> None:
    hosted(gesso)
    assert "poet:run" in gesso("host", "ls").out
    for word, meant in (("delete", "remove poet"), ("stop", "pause poet"), ("logs", "log poet")):
        ended = gesso("host", word, "poet")
        assert ended.code == 2
        assert f"gesso host {meant}" in ended.err


def test_an_address_is_shown_like_a_model(gesso: Gesso, served: Served) -> None:
    made = hosted(gesso)
    shown = gesso("show", made["url"], "--token", made["token"])
    assert "prompt" in shown.out
    assert f"gesso run {made['url']}" in shown.out
    assert gesso("show", made["url"], "--token", made["token"], "--json").json["commands"]
    refused = gesso("show", made["url"])
    assert refused.code == 1
    assert "Give it with --token" in refused.err
    assert "gesso host tokens poet --make NAME" in refused.err


def test_it_sleeps_wakes_pauses_and_goes(gesso: Gesso, served: Served) -> None:
    made = hosted(gesso, "--public")
    assert made["token"] is None
    assert gesso("host", "wake", "poet").code == 0
    assert asked(gesso, made["url"], "").out == "plain hare\n"
    assert gesso("host", "sleep", "poet").code == 0
    assert "asleep" in gesso("host").out
    assert gesso("host", "pause", "poet").code == 0
    refused = gesso("host", "wake", "poet")
    assert refused.code == 1
    assert "switched off" in refused.err
    assert "gesso host resume poet" in refused.err
    assert asked(gesso, made["url"], "").code == 4
    assert gesso("host", "resume", "poet").code == 0
    assert gesso("host", "remove", "poet").code == 0
    assert gesso("host", "--json").json == []


def test_there_is_code_for_each_kind_of_client(gesso: Gesso, served: Served) -> None:
    hosted(gesso)
    assert "gesso.connect(" in gesso("host", "code", "poet", "--as", "python").out
    assert "gesso_x" in gesso("host", "code", "poet", "--as", "p5", "--token", "gesso_x").out
    refused = gesso("host", "code", "poet", "--as", "cobol")
    assert refused.code == 4
    assert "processing" in refused.err
    assert "take a text and give a text" not in refused.err


def test_what_cannot_be_hosted_is_told(gesso: Gesso, served: Served) -> None:
    assert gesso("host", "nothing").code == 4
    assert gesso("host", "./nothing.py").code == 4
    assert gesso("host", "poet", "--trust", "-O", "colour=red").code == 4
    assert gesso("host", "poet", "--trust", "--name", "Not A Name").code == 3
    assert gesso("host", "poet", "--trust", "--browser", "no page").code == 3
    assert gesso("host", "poet:dance", "--trust").code == 4


def test_without_a_server_it_says_what_to_do(gesso: Gesso, home: Path, work: Path) -> None:
    ended = gesso("host", "pose")
    assert ended.code == 1
    assert "gesso studio" in ended.err
    assert "--serve" in ended.err
    assert gesso("host").code == 1


def test_serve_starts_one_and_hosts(gesso: Gesso, home: Path, work: Path) -> None:
    write_model(POET, "poet.py")
    assert gesso("add", "./poet.py").code == 0
    words = [*GESSO, "host", "poet", "--trust", "--serve"]
    process = subprocess.Popen(
        words, env=os.environ | {"GESSO_HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "only this once" in line:
                break
        found = find_server(home)
        assert found is not None
        assert f"URL    {found.address}/m/poet\n" in lines
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0
    refused = subprocess.run([*words, "--name", "poet", "-O", "mood=sad"],
                             env=os.environ | {"GESSO_HOME": str(home)}, check=False,
                             capture_output=True, text=True, timeout=60)  # fmt: skip
    assert refused.returncode == 1
    assert "There is a deployment poet already" in refused.stderr


def test_serve_finds_what_it_has_hosted_before(gesso: Gesso, home: Path, work: Path) -> None:
    write_model(POET, "poet.py")
    with serving(home) as served:
        assert gesso("host", "./poet.py", "--trust").code == 0
        served.stop()
    words = ["host", "./poet.py", "--serve"]
    with serving(home, words=words) as served:
        for line in served.process.stdout or ():
            if "nothing new was made" in line:
                break
        assert [each["name"] for each in gesso("host", "--json").json] == ["poet"]
