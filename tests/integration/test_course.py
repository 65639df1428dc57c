"""What is asked once in a request, a command or a job."""

from datetime import date
from typing import Any

import pytest

from tenglong.actions.rules.releasing import put_rules, release_rules
from tenglong.domain.access.policy import Actor
from tenglong.domain.rules.owned import owned
from tenglong.queries.course import ask_again, in_course, one_course
from tenglong.queries.kernel.rules import shelf
from tenglong.queries.registry.rulebook import rulebook
from tests.factories import CITY, at_day, build_world

DAY = date(2021, 11, 9)


def asked(answers: list[int]) -> int:
    return in_course("a figure", lambda: answers.append(1) or len(answers))


def test_an_answer_lasts_as_long_as_its_course() -> None:
    answers: list[int] = []
    with one_course():
        assert asked(answers) == asked(answers) == 1
        with one_course():
            assert asked(answers) == 2
        assert asked(answers) == 1
        ask_again("a figure")
        assert asked(answers) == asked(answers) == 3
    assert (asked(answers), asked(answers)) == (4, 5)


@pytest.mark.django_db
def test_rules_are_asked_once_in_a_course_and_again_when_one_is_released(
    django_assert_num_queries: Any,
) -> None:
    build_world(per_unit=2)
    rulebook(CITY, DAY)
    with one_course(), django_assert_num_queries(1):
        for code in ("330421", "330482", CITY):
            rulebook(code, DAY)
    with django_assert_num_queries(2):
        rulebook("330421", DAY)
        rulebook("330482", DAY)
    one, other = Actor("命令行（甲）", everywhere=True), Actor("命令行（乙）", everywhere=True)
    raw = owned()["cards"].shipped_text.encode() + "# 另一份\n".encode()
    with one_course():
        assert not shelf().versions
        version = put_rules(actor=one, at=at_day(74), rule="cards", raw=raw, code=CITY, from_day=DAY)
        assert not shelf().versions
        release_rules(actor=other, at=at_day(75), version=version)
        assert [found.rule for found in shelf().versions] == ["cards"]
