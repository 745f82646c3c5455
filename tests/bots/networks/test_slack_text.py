from __future__ import annotations

import pytest

from gesso.bots.networks import slack_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<@U1> hello <@U2>", "hello @Bo"),
        ("<@U3|cy> and <@U4>", "@cy and @U4"),
        ("see <https://example.org|this> or <https://example.org>", "see this or https://example.org"),
        ("<#C1|art> <#C2>", "#art #C2"),
        ("<!here> <!subteam^S1|@team> <!date^1^x|today>", "@here @subteam @date"),
        ("1 &lt; 2 &amp;amp; 3", "1 < 2 &amp; 3"),
        ("a < b > c", "a < b > c"),
        ("", ""),
    ],
)
def test_a_text_is_read_as_people_see_it(text: str, shown: str) -> None:
    assert slack_text.read(text, me="U1", names={"U2": "Bo"}) == shown


def test_what_is_written_commands_nothing() -> None:
    assert slack_text.write("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_people_are_found() -> None:
    assert slack_text.people_in("<@U1> <@U2|bo> <#C1>") == ["U1", "U2"]
