"""The organisation: said by whoever manages the place, known from then on, taken back, seen by who may look there."""

from datetime import date, timedelta
from typing import Any

import pytest

from tenglong.actions.registry.organisation import take_back_organisation_step, tell_organisation
from tenglong.domain.access.policy import scope_of
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.registry.organisation import Subject
from tenglong.domain.registry.organisation_steps import Statement
from tenglong.queries.registry.organisation import acting_on, holders_on, organisation, organisation_steps
from tenglong.queries.registry.organisation_chart import organigram, people_of
from tenglong.queries.registry.territory import actor_of
from tenglong.queries.verification_records import verify_records
from tenglong.store.models import OrganisationStep, TrailEvent
from tests.factories import CITY, JIASHAN, MACHINE, PINGHU, XITANG, at_day, build_world
from tests.integration.web import signed_in

pytestmark = pytest.mark.django_db

DAY, LATER, LEFT = date(2021, 9, 10), date(2021, 10, 1), date(2021, 11, 1)
AT = at_day(60)


@pytest.fixture
def world():
    return build_world()


def actor(world, name: str):
    return actor_of(world.people[name], AT.date())


def tell(subject: Subject, day: date = DAY, *, by: Any = MACHINE, of: int = 0, at=AT, **said: Any) -> int:
    statements = [Statement(subject, day, said, of)]
    return tell_organisation(actor=by, at=at, statements=statements, reason="演示批文")[0].number


def unit(name: str, kind: str = "headquarters", place: str = JIASHAN, **said: Any) -> int:
    return tell(Subject.UNIT, name=name, kind=kind, place=place, **said)


def person(name: str, place: str = JIASHAN, **said: Any) -> int:
    return tell(Subject.PERSON, name=name, place=place, **said)


@pytest.fixture
def staffed(world) -> dict[str, int]:
    """A headquarters of Jiashan, a town leading group and a team of Xitang, with people."""
    made = {"hq": unit("演示指挥部")}
    made["town"] = unit("西塘镇攻坚领导小组", "town_leading_group", XITANG, parent=made["hq"])
    made["team"] = unit("第1攻坚小组", "team", XITANG, parent=made["town"])
    made["head"] = person("演示甲")
    made["leader"] = person("演示乙", XITANG, username="demo-xitang")
    made["other"] = person("演示丙", XITANG, username="demo-jiashan")
    tell(Subject.POST, person=made["head"], unit=made["hq"], kind="head")
    made["post"] = tell(Subject.POST, person=made["leader"], unit=made["team"], kind="head")
    return made


def test_who_holds_which_post_on_a_day_as_known_at_a_moment(staffed):
    tell(Subject.POST, LATER, of=staffed["post"], until=LATER.isoformat(), at=AT + timedelta(hours=1))
    assert [holder.name for holder in holders_on(staffed["team"], DAY)] == ["演示乙"]
    assert holders_on(staffed["team"], LATER) == ()
    assert organisation(AT).at(LATER).posts_in(staffed["team"])[0].person == staffed["leader"]


def test_a_deputy_acts_for_who_holds_the_post(staffed):
    said = {
        "person": staffed["other"],
        "unit": staffed["team"],
        "kind": "deputy",
        "acts_for": staffed["leader"],
    }
    tell(Subject.POST, LATER, until=LEFT.isoformat(), **said)
    (acting,) = acting_on("demo-jiashan", LATER)
    assert organisation().people[acting.instead.person].username == "demo-xitang"
    assert (
        acting_on("demo-jiashan", DAY) == acting_on("demo-jiashan", LEFT) == acting_on("nobody", LATER) == ()
    )
    assert [(one.name, one.acts_for) for one in holders_on(staffed["team"], LATER, ["deputy"])] == [
        ("演示丙", "演示乙")
    ]


def test_the_tree_names_units_heads_and_what_is_vacant(world, staffed):
    (root,) = organigram(scope_of(MACHINE), DAY).roots
    assert (root.unit.name, root.vacant, [line.person.name for line in root.posts]) == (
        "演示指挥部",
        1,
        ["演示甲"],
    )
    (town,) = root.below
    assert (town.vacant, town.below[0].posts[0].title.zh) == (2, "组长")
    seen = organigram(scope_of(actor(world, "demo-xitang")), DAY)
    assert [node.unit.name for node in seen.roots] == ["西塘镇攻坚领导小组"]
    assert [one.name for one in seen.loose] == ["演示丙"]
    assert organigram(scope_of(actor(world, "demo-pinghu")), DAY).roots == ()
    assert [line.person.name for line in people_of(scope_of(actor(world, "demo-xitang")), DAY)] == [
        "演示乙",
        "演示丙",
    ]


def test_only_who_manages_the_place_says_anything(world, staffed):
    rows = OrganisationStep.objects.count()
    said = {"name": "演示组", "kind": "office", "place": JIASHAN}
    for name in ("demo-xitang", "demo-pinghu", "demo-audit", "demo-nobody"):
        with pytest.raises(NotAllowed):
            tell(Subject.UNIT, by=actor(world, name), **said)
        with pytest.raises((NotAllowed, NotFound)):
            take_back_organisation_step(actor=actor(world, name), at=AT, id=1, reason="演示")
    assert OrganisationStep.objects.count() == rows
    tell(Subject.UNIT, by=actor(world, "demo-jiashan"), **said)
    assert TrailEvent.objects.filter(deed="organisation").last().by == "demo-jiashan"


def test_what_cannot_be_is_refused_whole(world, staffed):
    rows = OrganisationStep.objects.count()
    statements = [
        Statement(Subject.UNIT, DAY, {"name": "演示组", "kind": "work_group", "place": JIASHAN, "parent": 1}),
        Statement(Subject.UNIT, DAY, {"name": "演示组", "kind": "work_group", "place": JIASHAN, "parent": 1}),
    ]
    with pytest.raises(Conflict):
        tell_organisation(actor=MACHINE, at=AT, statements=statements, reason="演示")
    with pytest.raises(BadValue):
        unit("平湖小组", "work_group", PINGHU, parent=staffed["hq"])
    with pytest.raises(BadValue):
        person("演示丁", username="demo-nobody-at-all")
    with pytest.raises(Conflict):
        person("演示丁", username="demo-xitang")
    with pytest.raises(Conflict):
        tell(Subject.UNIT, LATER, of=staffed["hq"], name="演示指挥部")
    with pytest.raises(BadValue):
        tell_organisation(actor=MACHINE, at=AT, statements=statements[:1], reason=" ")
    assert OrganisationStep.objects.count() == rows


def test_a_step_is_taken_back_once_and_not_while_others_rest_on_it(world, staffed):
    county = actor(world, "demo-jiashan")
    (line,) = (one for one in organisation_steps(scope_of(county), DAY) if one.about == "演示指挥部")
    with pytest.raises(Conflict):
        take_back_organisation_step(actor=county, at=AT, id=line.step.pk, reason="登记错了")
    wrong = OrganisationStep.objects.get(subject="post", number=staffed["post"])
    take_back_organisation_step(actor=county, at=AT, id=wrong.pk, reason="登记错了")
    assert holders_on(staffed["team"], LATER) == ()
    with pytest.raises(Conflict):
        take_back_organisation_step(actor=county, at=AT, id=wrong.pk, reason="登记错了")
    assert all(report.holds for report in verify_records())


def test_programs_say_and_read_the_same(staffed):
    county, town = signed_in("demo-jiashan"), signed_in("demo-xitang")
    body = {"day": "2021-09-12", "reason": "演示批文"}
    made = county.post(
        "/api/v1/organisation/units", body | {"territory": JIASHAN, "name": "综合协调组", "kind": "work_group",
        "parent": staffed["hq"]}, "application/json",
    )  # fmt: skip
    assert made.status_code == 201, made.content
    group = made.json()["number"]
    answer = county.post(f"/api/v1/organisation/units/{group}", body | {"name": "协调组"}, "application/json")
    assert answer.json()["said"] == {"name": "协调组"}
    registered = county.post(
        "/api/v1/organisation/people", body | {"territory": JIASHAN, "name": "演示丁"}, "application/json"
    )
    post = county.post(
        "/api/v1/organisation/posts",
        body
        | {"person_id": registered.json()["number"], "unit_id": group, "kind": "head", "until": "2021-10-01"},
        "application/json",
    )
    assert post.status_code == 201, post.content
    units = county.get("/api/v1/organisation?as_of=2021-09-13").json()["items"]
    (found,) = (one for one in units if one["id"] == group)
    assert (found["name"], found["posts"][0]["person"], found["posts"][0]["until"]) == (
        "协调组",
        "演示丁",
        "2021-10-01",
    )
    ends = {"subject": "unit", "number": group, "day": "2021-09-20", "reason": "撤销"}
    assert county.post("/api/v1/organisation/ends", ends, "application/json").status_code == 201
    left = county.get("/api/v1/organisation?as_of=2021-09-21").json()["items"]
    assert group not in [one["id"] for one in left]
    steps = county.get("/api/v1/organisation/steps").json()["items"]
    back = county.post(
        f"/api/v1/organisation/steps/{steps[0]['id']}/take-back", {"reason": "登记错了"}, "application/json"
    )
    assert back.status_code == 201 and back.json()["takes_back"] == steps[0]["id"]
    assert [one["name"] for one in town.get("/api/v1/organisation/people").json()["items"]] == [
        "演示乙",
        "演示丙",
    ]
    assert town.post("/api/v1/organisation/ends", ends, "application/json").status_code == 403
    assert signed_in("demo-pinghu").get("/api/v1/organisation").json()["items"] == []
    assert county.get(f"/api/v1/organisation?territory={CITY}").status_code == 404
