from __future__ import annotations

import pytest

from gesso.errors import DamagedError, InputError, NotFoundError
from gesso.hosting.deployment import MOST_RELEASES, Deployment, Release, check_name, suggest_name


def release(number: int) -> Release:
    return Release(number=number, model="poet", digest="d" * 64, archive="a" * 64, command="run")


@pytest.mark.parametrize("name", ["a", "poet", "poet-2", "a" * 63, "0"])
def test_names_are_those_of_subdomains(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "A", "a.b", "a/b", "a b", "ä", "a" * 64, "www", "v1", "xn--abc", "a\n", "..", "a_b"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="name: expected up to 63 small letters"):
        check_name(name)


def test_a_suggested_name_is_one() -> None:
    for model in ("poet", "x" * 90, "-"):
        assert check_name(suggest_name(model))
    assert suggest_name("poet") != suggest_name("poet")


def test_it_comes_back_from_json() -> None:
    deployment = Deployment(name="poet", releases=(release(1), release(2)), current=2, origins=("https://a.example",))
    assert Deployment.from_json(deployment.to_json()) == deployment
    assert deployment.release.number == 2


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": 1}', '{"name":"a","releases":[{}]}'])
def test_a_broken_one_is_told(text: str) -> None:
    with pytest.raises(DamagedError, match="broken"):
        Deployment.from_json(text)


def test_a_version_that_is_not_there_is_told() -> None:
    with pytest.raises(NotFoundError, match="There are: 1, 2"):
        Deployment(name="poet", releases=(release(1), release(2))).numbered(3)


def test_the_oldest_version_goes_but_never_the_one_that_answers() -> None:
    deployment = Deployment(name="poet", releases=(release(1),), current=1)
    for _ in range(MOST_RELEASES + 3):
        deployment = deployment.with_release(release(deployment.next_number))
    numbers = [one.number for one in deployment.releases]
    assert len(numbers) == MOST_RELEASES
    assert numbers[:3] == [1, 6, 7]
