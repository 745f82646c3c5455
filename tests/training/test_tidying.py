from __future__ import annotations

from gesso.training.documents import Document, Gathered
from gesso.training.tidying import tidy

LONG = (
    "A paragraph of more than a hundred characters, so that nobody would take it for a refrain or a name that returns."
)


def tidied(*texts: str) -> tuple[list[str], dict[str, int]]:
    gathered = Gathered([Document(text, "a.txt") for text in texts])
    return [document.text for document in tidy(gathered)], gathered.left_out


def test_documents_and_paragraphs_that_are_there_twice_go() -> None:
    texts, left_out = tidied("One", "one\n", f"Two\n\n{LONG}", f"Three\n\n{LONG.upper()}\n\nand more")
    assert texts == ["One", f"Two\n\n{LONG}", "Three\n\nand more"]
    assert left_out == {"documents that are there twice": 1, "paragraphs that are there twice": 1}


def test_refrains_stay_and_space_that_says_nothing_goes() -> None:
    assert tidied("\n\nKING:\nso  \n\n\n\n\n\nKING:\n  so\t\n") == (["KING:\nso\n\n\nKING:\n  so"], {})


def test_a_document_of_nothing_else_goes_whole() -> None:
    assert tidied(LONG, f"{LONG}\n\n{LONG}")[0] == [LONG]
