from __future__ import annotations

import json

import pytest

from gesso.errors import InputError
from gesso.training.documents import gather


def texts(*files: tuple[str, str], column: str = "") -> list[str]:
    gathered = gather([(name, text.encode()) for name, text in files], column=column)
    return [document.text for document in gathered.documents]


def test_a_plain_text_is_one_document_and_markdown_loses_what_is_not_its_text() -> None:
    markdown = "---\ntitle: Snow\n---\n# Snow\n<!-- later -->\nIt *fell*."
    assert texts(("a.txt", "one\ntwo"), ("b.md", markdown)) == ["one\ntwo", "# Snow\n\nIt *fell*."]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_has_a_document_in_each_row(mark: str) -> None:
    table = mark.join(["id", "text"]) + "\n" + mark.join(["1", '"a ""fox""\nin the snow"']) + f"\n2{mark}\n"
    name = "t.tsv" if mark == "\t" else "t.csv"
    gathered = gather([(name, table.encode())])
    assert [document.text for document in gathered.documents] == ['a "fox"\nin the snow']
    assert gathered.left_out == {"empty rows": 1}
    assert gathered.columns == ["text"]


def test_jsonl_is_objects_or_texts() -> None:
    lines = [{"n": 1, "body": "a fox"}, {"n": 2}, {"n": 3, "body": 7}]
    gathered = gather([("t.jsonl", "\n".join(map(json.dumps, lines)).encode())])
    assert [document.text for document in gathered.documents] == ["a fox"]
    assert gathered.left_out == {"rows without a text in 'body'": 2}
    assert texts(("t.jsonl", '"one"\n\n"two"')) == ["one", "two"]


def test_the_column_is_the_one_that_is_named_or_looks_like_it() -> None:
    table = "poem,note\nsnow falls on the roofs,x\nand the fox,y\n"
    assert texts(("t.csv", table)) == ["snow falls on the roofs", "and the fox"]
    assert texts(("t.csv", table), column="note") == ["x", "y"]
    longest = "id,what\n1,snow falls on all of the roofs\n2,and the fox walks by\n"
    assert texts(("t.csv", longest)) == ["snow falls on all of the roofs", "and the fox walks by"]


@pytest.mark.parametrize(
    ("name", "text", "column", "words"),
    [
        ("t.csv", "a,b\nsnow,rain\n", "c", "There are: a, b"),
        ("t.csv", "a,b\nsnow,rain\n", "", "Name one. There are: a, b"),
        ("t.csv", "text\n", "", "without rows"),
        ("t.jsonl", '{"text"\n{"text": "a"}', "", "line 1"),
        ("t.jsonl", "[" * 100_000, "", "line 1"),
        ("t.docx", "x", "", "a .docx file"),
        ("t.pdf", "x", "", "plain text"),
        ("t.txt", "", "", "an empty file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_name(name: str, text: str, column: str, words: str) -> None:
    with pytest.raises(InputError, match="t\\.") as raised:
        texts((name, text), column=column)
    assert words in str(raised.value)


def test_a_table_without_headings_loses_no_row() -> None:
    gathered = gather([("t.csv", b"1,snow falls on all of the roofs\n2,and the fox walks by there\n")])
    assert [document.text for document in gathered.documents] == [
        "snow falls on all of the roofs",
        "and the fox walks by there",
    ]
    assert gathered.columns == ["column 2"]
    assert "no headings" in gathered.remarks[0]
    assert texts(("t.csv", "snow " * 20 + "\nfox\n"), column="column 1") == ["snow " * 20, "fox"]


@pytest.mark.parametrize(
    "heading", ["2019,text", 'Timestamp,"What was the first snow that you remember, and who was there?"']
)
def test_headings_with_numbers_or_questions_are_headings(heading: str) -> None:
    table = f"{heading}\n1/2/2020,snow falls on all of the roofs\n"
    assert texts(("t.csv", table)) == ["snow falls on all of the roofs"]


def test_what_looks_wrong_with_a_table_is_told() -> None:
    gathered = gather([("t.csv", b'id,text\n1,"snow\n2,fox\n')])
    assert "opened and not closed" in gathered.remarks[0]
    gathered = gather([("t.csv", f'who,"{"snow " * 20}"\nx,"{"rain " * 20}"\n'.encode())])
    assert "put a line with headings above" in gathered.remarks[0]


def test_broken_lines_of_jsonl_are_left_out_and_told() -> None:
    gathered = gather([("t.jsonl", b'{"text": "a"}\n{"text"\n{"text": "b"}\n{"te')])
    assert [document.text for document in gathered.documents] == ["a", "b"]
    assert gathered.left_out == {"lines that are no JSON": 2}
    assert "t.jsonl: line 2 is left out: it is no JSON." in gathered.remarks


def test_of_a_folder_what_is_no_text_is_left_out_and_told() -> None:
    gathered = gather([("poems/a.txt", b""), ("poems/b.txt", b"snow"), ("poems/c.txt", bytes(range(256)))])
    assert [document.text for document in gathered.documents] == ["snow"]
    assert gathered.left_out == {"files of a folder that are no text": 2}
    assert gathered.remarks[0] == "poems/a.txt is left out: it is an empty file."
    with pytest.raises(InputError, match=r"poems/a\.txt: expected a file with text, but got an empty file"):
        texts(("poems/a.txt", ""))


def test_an_endless_line_is_told_of() -> None:
    gathered = gather([("t.txt", b"snow " * 30_000)])
    assert "one line has 150,000 characters" in gathered.remarks[0]
