"""The organisation of every day and of every moment; who acts for whom; and what it can never be."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tenglong.domain.kernel.errors import Conflict, NotFound
from tenglong.domain.registry.organisation import Fact, Organisation, Subject

DAY, LATER, LEFT = date(2021, 4, 27), date(2021, 9, 1), date(2021, 10, 1)
KNOWN = datetime(2021, 4, 27, tzinfo=UTC)


class Told:
    """Facts in the order in which they became known, an hour after each other."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def say(
        self, subject: Subject, number: int, day: date = DAY, /, takes_back: int | None = None, **said: Any
    ) -> int:
        id = len(self.facts) + 1
        at = KNOWN + timedelta(hours=id)
        self.facts.append(Fact(id, subject, number, day, said, at, takes_back))
        return id

    def unit(self, number: int, kind: str, name: str, day: date = DAY, **said: Any) -> int:
        return self.say(Subject.UNIT, number, day, kind=kind, name=name, place="330421", **said)

    def post(
        self, number: int, person: int, unit: int, kind: str = "member", day: date = DAY, **said: Any
    ) -> int:
        return self.say(Subject.POST, number, day, person=person, unit=unit, kind=kind, **said)

    @property
    def known(self) -> Organisation:
        return Organisation(self.facts)


@pytest.fixture
def told() -> Told:
    """A headquarters with two commanders, its office, and a team under the office."""
    made = Told()
    made.unit(1, "headquarters", "演示指挥部")
    made.unit(2, "office", "演示整治办", parent=1)
    made.unit(3, "team", "第1攻坚小组", parent=2)
    for number, name in enumerate(("演示甲", "演示乙", "演示丙", "演示丁"), start=1):
        made.say(Subject.PERSON, number, name=name, place="330421", username=f"demo-{number}")
    made.post(1, 1, 1, "head")
    made.post(2, 2, 1, "head")
    made.post(3, 3, 3, "head")
    return made


def holders(known: Organisation, unit: int, day: date) -> list[str]:
    return [known.people[post.person].name for post in known.at(day).posts_in(unit)]


def test_a_post_is_held_from_a_day_to_a_day(told: Told) -> None:
    told.say(Subject.POST, 3, LATER, until=LATER.isoformat())
    told.post(4, 4, 3, "head", LATER)
    known = told.known.checked()
    assert holders(known, 3, DAY - timedelta(days=1)) == []
    assert holders(known, 3, LATER - timedelta(days=1)) == ["演示丙"]
    assert holders(known, 3, LATER) == ["演示丁"]
    assert holders(known, 1, LATER) == ["演示甲", "演示乙"]


def test_what_becomes_known_later_leaves_earlier_knowledge_as_it_was(told: Told) -> None:
    before = told.facts[-1].recorded_at
    told.say(Subject.UNIT, 3, LATER, name="大舜攻坚小组")
    then = Organisation(fact for fact in told.facts if fact.recorded_at <= before)
    assert then.at(LATER).units[3].name == "第1攻坚小组"
    assert told.known.at(LATER).units[3].name == "大舜攻坚小组"
    assert told.known.at(DAY).units[3].name == "第1攻坚小组"


def test_what_is_taken_back_was_never_there(told: Told) -> None:
    was = told.known
    mistake = told.say(Subject.UNIT, 3, LATER, name="大舜攻坚小组")
    told.say(Subject.UNIT, 3, LATER, takes_back=mistake)
    for day in (DAY, LATER, LEFT):
        assert told.known.at(day).units == was.at(day).units


def test_the_end_of_a_unit_ends_its_posts(told: Told) -> None:
    told.say(Subject.UNIT, 3, LATER, until=LATER.isoformat())
    known = told.known.checked()
    assert 3 not in known.at(LATER).units
    assert known.posts[3].until == LATER
    assert known.at(LATER).posts_of(3) == ()


def test_who_leaves_holds_nothing_more(told: Told) -> None:
    told.say(Subject.PERSON, 3, LEFT, until=LEFT.isoformat())
    known = told.known.checked()
    assert holders(known, 3, LEFT) == [] and 3 not in known.at(LEFT).people
    assert holders(known, 3, LATER) == ["演示丙"]


def test_a_deputy_acts_from_a_day_to_a_day_and_only_while_both_hold_what_they_hold(told: Told) -> None:
    told.post(4, 4, 3, "deputy", LATER, acts_for=3, until=LEFT.isoformat())
    known = told.known.checked()
    assert known.acting(4, LATER - timedelta(days=1)) == ()
    (acting,) = known.acting(4, LATER)
    assert (acting.deputy.id, acting.instead.id, acting.instead.person) == (4, 3, 3)
    assert known.acting(4, LEFT) == () and known.acting(3, LATER) == ()
    told.say(Subject.POST, 3, LATER + timedelta(days=3), until=(LATER + timedelta(days=3)).isoformat())
    assert told.known.acting(4, LATER) and not told.known.acting(4, LATER + timedelta(days=3))


def test_namesakes_are_told_apart(told: Told) -> None:
    told.say(Subject.PERSON, 5, name="演示甲", place="330421", number="G7")
    labels = [told.known.people[number].label for number in (1, 2, 5)]
    assert labels == ["演示甲（1）", "演示乙", "演示甲（G7）"]
    assert told.known.account("demo-2") == told.known.people[2] and told.known.account("") is None


def _third_head(told: Told) -> None:
    told.post(9, 3, 1, "head")


def _two_of_a_name(told: Told) -> None:
    told.unit(9, "team", "第1攻坚小组", parent=2)


def _under_the_wrong_kind(told: Told) -> None:
    told.unit(9, "headquarters", "演示分指挥部", parent=3)


def _under_nothing(told: Told) -> None:
    told.unit(9, "team", "第9攻坚小组")


def _before_the_unit_above(told: Told) -> None:
    told.unit(9, "team", "第9攻坚小组", DAY - timedelta(days=1), parent=2)


def _left_without_the_unit_above(told: Told) -> None:
    told.say(Subject.UNIT, 2, LATER, until=LATER.isoformat())


def _post_of_nobody(told: Told) -> None:
    told.post(9, 77, 3)


def _post_before_the_unit(told: Told) -> None:
    told.post(9, 4, 3, "member", DAY - timedelta(days=1))


def _twice_the_same(told: Told) -> None:
    told.post(9, 1, 1, "head", LATER)


def _deputy_of_oneself(told: Told) -> None:
    told.post(9, 3, 3, "deputy", acts_for=3)


def _deputy_of_who_holds_nothing_there(told: Told) -> None:
    told.post(9, 4, 3, "deputy", acts_for=1)


def _deputy_of_a_deputy(told: Told) -> None:
    told.post(8, 4, 3, "deputy", acts_for=3)
    told.post(9, 2, 3, "deputy", acts_for=4)


@pytest.mark.parametrize(
    "mistake",
    [
        _third_head, _two_of_a_name, _under_the_wrong_kind, _under_nothing, _before_the_unit_above,
        _left_without_the_unit_above, _post_of_nobody, _post_before_the_unit, _twice_the_same, _deputy_of_oneself,
        _deputy_of_who_holds_nothing_there, _deputy_of_a_deputy,
    ],
    ids=lambda mistake: mistake.__name__,
)  # fmt: skip
def test_what_an_organisation_cannot_be(told: Told, mistake: Any) -> None:
    told.known.checked()
    mistake(told)
    with pytest.raises(Conflict):
        told.known.checked()


def test_what_was_never_recorded_is_not_there(told: Told) -> None:
    with pytest.raises(NotFound):
        told.known.unit_now(77)
