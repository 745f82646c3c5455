from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.errors import InputError
from gesso.registry.git.reference import is_git_reference, read_git_reference

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "url", "rev", "subdirectory", "repository"),
    [
        ("git+https://github.com/ada/Pose", "https://github.com/ada/Pose", "HEAD", "", "Pose"),
        ("git+https://github.com/ada/pose.git/", "https://github.com/ada/pose.git", "HEAD", "", "pose"),
        ("git+https://GitHub.com:443/~ada/p@v1.2", "https://github.com/~ada/p", "v1.2", "", "p"),
        ("git+https://git.x.org:8443/p@feature/a-b+c", "https://git.x.org:8443/p", "feature/a-b+c", "", "p"),
        (f"git+https://x.org/a/b@{COMMIT}#subdirectory=m/é x", "https://x.org/a/b", COMMIT, "m/é x", "b"),
        ("git+http://127.0.0.1:81/p", "http://127.0.0.1:81/p", "HEAD", "", "p"),
        ("git+https://x.org/.git", "https://x.org/.git", "HEAD", "", "model"),
    ],
)
def test_what_a_reference_says(text: str, url: str, rev: str, subdirectory: str, repository: str) -> None:
    assert is_git_reference(text)
    read = read_git_reference(text)
    assert (read.url, read.rev, read.subdirectory, read.repository) == (url, rev, subdirectory, repository)
    assert read.commit == (rev if rev == COMMIT else "")
    assert read_git_reference(str(read)) == read


HOSTILE = [
    "git+https://-oProxyCommand=calc/x",
    "git+https://x.org/-oProxyCommand@--upload-pack=calc",
    "git+https://x.org/a@-x",
    "git+https://x.org/a@--upload-pack=touch",
    "git+https://x.org/a@../b",
    "git+https://x.org/a@a..b",
    "git+https://x.org/a@a:b",
    "git+https://x.org/a@+refs/heads/x:refs/heads/y",
    "git+https://x.org/a@^main",
    "git+https://x.org/a@a@{1}",
    "git+https://x.org/a@a b",
    "git+https://x.org/a@a\nb",
    "git+https://x.org/a@x.lock",
    "git+https://x.org/a@a//b",
    "git+https://x.org/a@a/",
    "git+https://x.org/a@",
    "git+https://x.org/a@" + "a" * 300,
    "git+https://ada:secret@x.org/a",
    "git+https://x.org@evil.org/a",
    "git+https://x.org\\@evil.org/a",
    "git+https://x.org:443:80/a",
    "git+https://x.org:0/a",
    "git+https://x.org:99999/a",
    "git+https://x.org/",
    "git+https://x.org",
    "git+https:///a",
    "git+https://[::1]/a",
    "git+https://2130706433/a",
    "git+https://0x7f.1/a",
    "git+https://127.1/a",
    "git+https://0177.0.0.1/a",
    "git+https://x_y.org/a",
    "git+https://x..org/a",
    "git+https://x.org./a",
    "git+https://é.org/a",
    "git+https://x.org/a/../b",
    "git+https://x.org/a//b",
    "git+https://x.org/./a",
    "git+https://x.org/%2e%2e/a",
    "git+https://x.org/a?x=y",
    "git+https://x.org/a b",
    "git+https://x.org/a\n",
    "git+https://x.org/a#egg=x",
    "git+https://x.org/a#subdirectory=../x",
    "git+https://x.org/a#subdirectory=/etc",
    "git+https://x.org/a#subdirectory=",
    "git+https://x.org/a#subdirectory=a\\b",
    "git+https://x.org/a#subdirectory=C:x",
    "git+ssh://x.org/a",
    "git+file:///etc",
    "git+ext::sh -c touch",
    "git+https::ext://x",
    "ext::sh -c touch% /tmp/x",
    "git://x.org/a",
    "ssh://-oProxyCommand=x/y",
    "git@x.org:a/b",
    "git+",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_be_understood_otherwise_is_refused(text: str) -> None:
    assert is_git_reference(text)
    with pytest.raises(InputError, match="a repository like git") as caught:
        read_git_reference(text)
    assert "secret" not in str(caught.value)


@given(st.text(max_size=30).map("git+https://{}".format) | st.text(max_size=30).map("git+https://x.org/a@{}".format))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = read_git_reference(text)
    except InputError:
        return
    assert not read.rev.startswith("-")
    assert read.url.isascii()


@pytest.mark.parametrize("text", ["pose", "./git+x", "C:/x::y", "https://github.com/a/b", "gitx"])
def test_other_references_are_not_meant(text: str) -> None:
    assert not is_git_reference(text)
