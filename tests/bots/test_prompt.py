from __future__ import annotations

from gesso.bots.memory import Line
from gesso.bots.persona import Persona
from gesso.bots.prompt import prompt_of

LINES = [Line("Ada", "hello"), Line("Bo", "and {name}?")]


def test_a_prompt_is_the_conversation_and_whose_turn_it_is() -> None:
    assert prompt_of(Persona(name="Poet", model="m"), LINES) == "Ada: hello\nBo: and {name}?\nPoet:"


def test_what_people_write_is_no_template() -> None:
    persona = Persona(name="Poet", model="m", template="{author} asks {name}: {message} {unknown}")
    assert prompt_of(persona, LINES) == "Bo asks Poet: and {name}? {unknown}"


def test_without_a_line_there_is_still_a_prompt() -> None:
    assert prompt_of(Persona(name="Poet", model="m"), []) == "\nPoet:"
