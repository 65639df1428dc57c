"""Who answers for cases: by name and as of a day, given by hand to who is registered, handed over with a record."""

from datetime import date
from typing import Any

import pytest

from tenglong.actions.campaign.assigning import assign_cases, hand_back, hand_over
from tenglong.actions.campaign.cases import describe_case
from tenglong.actions.registry.organisation import tell_organisation
from tenglong.domain.access.policy import scope_of
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.registry.organisation import Subject
from tenglong.domain.registry.organisation_steps import Statement
from tenglong.queries.campaign.duties import answers_of, offered
from tenglong.queries.campaign.load import loads
from tenglong.queries.registry.territory import actor_of
from tenglong.queries.verification import verify
from tenglong.store.models import Case, Entry
from tests.factories import JIASHAN, MACHINE, PINGHU, XITANG, at_day, build_world
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db

DAY, AT = date(2021, 9, 10), at_day(75)
TODAY = china_date(AT)


@pytest.fixture
def world():
    return build_world()


def tell(subject: Subject, day: date = DAY, **said: Any) -> int:
    statements = [Statement(subject, day, said)]
    return tell_organisation(actor=MACHINE, at=AT, statements=statements, reason="演示批文")[0].number


@pytest.fixture
def staffed(world):
    """Headquarters with two commanders, two departments, a town leading group, a team, five people in Jiashan."""
    units: dict[str, int] = {}
    for key, kind, name, place, above in (
        ("hq", "headquarters", "演示指挥部", JIASHAN, ""), ("industry", "department", "演示经信局", JIASHAN, "hq"),
        ("land", "department", "演示自规局", JIASHAN, "hq"),
        ("town", "town_leading_group", "演示领导小组", XITANG, "hq"),
        ("team", "team", "第1攻坚小组", XITANG, "town"),
    ):  # fmt: skip
        function = key if kind == "department" else ""
        units[key] = tell(
            Subject.UNIT, kind=kind, name=name, place=place, function=function, parent=units.get(above)
        )
    people = {}
    for name, key, kind, place in (
        ("演示甲", "hq", "head", JIASHAN), ("演示乙", "hq", "head", JIASHAN), ("演示丙", "hq", "deputy_head", JIASHAN),
        ("演示丁", "industry", "head", JIASHAN), ("演示戊", "land", "head", JIASHAN),
        ("演示己", "town", "head", XITANG),
        ("演示庚", "team", "head", XITANG), ("演示辛", "team", "member", XITANG),
    ):  # fmt: skip
        people[name] = tell(Subject.PERSON, name=name, place=place)
        tell(Subject.POST, person=people[name], unit=units[key], kind=kind)
    return world, units, people


def actor(world, name: str):
    return actor_of(world.people[name], TODAY)


def given(world, **said: str) -> list[Case]:
    """The cases of Jiashan, given to somebody by its office."""
    cases = world.cases[JIASHAN]
    assign_cases(
        actor=actor(world, "demo-jiashan"),
        at=AT,
        case_ids=[case.pk for case in cases],
        said=said,
        reason="分工",
    )
    return list(Case.objects.filter(pk__in=[case.pk for case in cases]).order_by("pk"))


def test_the_four_duties_are_borne_by_name(staffed):
    world, units, people = staffed
    case = given(world, department="演示经信局", team="第1攻坚小组", responsible="演示庚")[0]
    describe_case(actor=MACHINE, at=AT, case=case, said={"batch": "vacate"})
    tell(
        Subject.POST,
        TODAY,
        person=people["演示辛"],
        unit=units["hq"],
        kind="deputy",
        acts_for=people["演示乙"],
    )
    found = answers_of([case.pk], TODAY)[case.pk]
    borne = {
        duty.rule.id: [(unit.name, [one.name for one in unit.people]) for unit in duty.units]
        for duty in found.duties
    }
    assert borne == {
        "main": [("演示指挥部", ["演示甲", "演示乙"]), ("演示领导小组", ["演示己"])],
        "charge": [("演示指挥部", ["演示丙"]), ("演示领导小组", [])],
        "lead": [("演示经信局", ["演示丁"])],
        "join": [("演示自规局", ["演示戊"])],
    }
    assert found.duties[0].units[0].people[1].deputies == ("演示辛",)
    assert found.unregistered == ()
    early = answers_of([case.pk], date(2021, 9, 1))[case.pk]
    assert early.unregistered == ("department", "team") and early.duties[0].units == ()


def test_words_of_old_ledgers_stay_and_are_marked(staffed):
    world, *_ = staffed
    case = world.cases[JIASHAN][0]
    describe_case(actor=MACHINE, at=AT, case=case, said={"team": "老专班", "responsible": "张某"})
    found = answers_of([case.pk], TODAY)[case.pk]
    assert (found.team, found.responsible, found.unregistered) == ("老专班", "张某", ("team", "responsible"))


def test_by_hand_only_who_is_registered_there(staffed):
    world, *_ = staffed
    entries = Entry.objects.count()
    cases, county = [world.cases[JIASHAN][0].pk], actor(world, "demo-jiashan")
    for said in ({"team": "老专班"}, {"responsible": "张某"}, {"department": "演示指挥部"}):
        with pytest.raises(BadValue):
            assign_cases(actor=county, at=AT, case_ids=cases, said=said)
    with pytest.raises(NotFound):
        assign_cases(actor=actor(world, "demo-pinghu"), at=AT, case_ids=cases, said={"team": ""})
    with pytest.raises(NotAllowed):
        assign_cases(actor=actor(world, "demo-audit"), at=AT, case_ids=cases, said={"team": ""})
    assert Entry.objects.count() == entries
    assert offered(world.cases[PINGHU][0].place_id, TODAY).team == ()


def test_a_hand_over_moves_open_work_with_a_record_and_back(staffed):
    world, *_ = staffed
    cases = given(world, responsible="演示庚")
    county = actor(world, "demo-jiashan")
    open_ = [case.pk for case in cases if case.now.done_on is None]
    assert 1 < len(open_) < len(cases)
    made = hand_over(
        actor=county,
        at=AT,
        giver="演示庚",
        taker="演示辛",
        day=TODAY,
        reason="休假",
        case_ids=open_,
        leave=True,
    )
    for case in Case.objects.filter(pk__in=[one.pk for one in cases]):
        assert case.responsible == ("演示辛" if case.pk in open_ else "演示庚")
    entry = Entry.objects.filter(case_id=open_[0]).latest("pk")
    assert entry.details["reason"] == "休假" and entry.details["handover"] == made.number
    assign_cases(actor=county, at=AT, case_ids=[open_[0]], said={"responsible": "演示己"})
    assert hand_back(actor=county, at=AT, number=made.number, day=TODAY, reason="休假结束") == len(open_) - 1
    assert set(Case.objects.filter(pk__in=open_[1:]).values_list("responsible", flat=True)) == {"演示庚"}
    assert Case.objects.get(pk=open_[0]).responsible == "演示己"
    with pytest.raises(Conflict):
        hand_back(actor=county, at=AT, number=made.number, day=TODAY, reason="再次")
    assert all(report.holds for report in verify())


def test_a_hand_over_that_cannot_be_writes_nothing(staffed):
    world, *_ = staffed
    given(world, responsible="演示庚")
    entries = Entry.objects.count()
    who = {
        "actor": actor(world, "demo-jiashan"),
        "at": AT,
        "giver": "演示庚",
        "taker": "演示辛",
        "day": TODAY,
    }
    for change in (
        {"reason": " "}, {"taker": "演示庚"}, {"taker": "张某"}, {"day": date(2022, 1, 1)}, {"giver": "演示辛"},
    ):  # fmt: skip
        with pytest.raises(BadValue):
            hand_over(**{**who, "reason": "调离", **change})
    with pytest.raises(NotFound):
        hand_over(**who, reason="调离", case_ids=[world.cases[PINGHU][0].pk])
    with pytest.raises(NotAllowed):
        hand_over(**{**who, "actor": actor(world, "demo-audit")}, reason="调离")
    made = hand_over(**who, reason="调离")
    with pytest.raises(Conflict):
        hand_back(actor=who["actor"], at=AT, number=made.number, day=TODAY, reason="交回")
    with pytest.raises(NotFound):
        hand_back(actor=actor(world, "demo-pinghu"), at=AT, number=made.number, day=TODAY, reason="交回")
    assert Entry.objects.count() > entries


def test_load_by_person_and_what_nobody_has(staffed):
    world, *_ = staffed
    cases = given(world, responsible="演示庚")
    about = {
        "roster": world.hcle,
        "unit": JIASHAN,
        "scope": scope_of(actor(world, "demo-jiashan")),
        "today": TODAY,
    }
    found = loads("responsible", **about)
    (line,) = found.lines
    targets = [case for case in cases if case.now.target_on]
    assert (line.name, line.cases, line.registered) == ("演示庚", len(targets), True)
    assert line.open == sum(case.now.done_on is None for case in targets)
    assert line.written_off == sum(case.now.state == "written_off" for case in targets)
    assert found.nobody.cases == 0 and found.average("cases") == f"{len(targets)}.0"
    assert loads("team", **about).nobody.cases == len(targets)


def test_pages_show_and_change_who_answers(staffed):
    world, *_ = staffed
    county, case = signed_in("demo-jiashan"), world.cases[JIASHAN][0]
    assert "明确包干责任人" in text_of(county.get("/"))
    page = county.get(f"/cases/{case.pk}/assign")
    assert "第1攻坚小组" in text_of(page) and "演示甲（总指挥）" in text_of(page)
    said = {"department": "演示经信局", "team": "第1攻坚小组", "responsible": "演示庚", "reason": "分工"}
    assert county.post(f"/cases/{case.pk}/assign", said).status_code == 302
    assert "演示庚" in text_of(county.get(f"/firms/{case.firm_id}"))
    assert county.post(f"/cases/{case.pk}/assign", said | {"team": "没有的组"}).status_code == 422
    chart = text_of(county.get("/organisation"))
    assert "演示指挥部" in chart and "总指挥： 演示甲" in chart.replace("：演", "： 演")
    assert "登记机构" in chart and "登记机构" not in text_of(signed_in("demo-audit").get("/organisation"))
    assert "演示庚" in text_of(county.get("/organisation/load?roster=hcle"))
    listed = county.get("/cases?roster=hcle&responsible=-")
    assert listed.status_code == 200 and case.firm.name not in text_of(listed)


def test_pages_hand_over_and_back(staffed):
    world, *_ = staffed
    given(world, responsible="演示庚")
    county = signed_in("demo-jiashan")
    page = "/organisation/handover?giver=演示庚"
    assert county.get(page).status_code == 200
    bad = county.post(page, {"taker": "演示辛", "day": TODAY.isoformat()})
    assert bad.status_code == 422
    said = {"taker": "演示辛", "day": TODAY.isoformat(), "reason": "休假", "leave": "on"}
    assert county.post(page, said).status_code == 302
    assert "休假" in text_of(county.get("/organisation/load?roster=hcle"))
    assert county.post("/organisation/handovers/1/back", {"reason": "休假结束"}).status_code == 302
    assert not Case.objects.filter(responsible="演示辛").exists()
    assert county.get("/organisation/handover?giver=没有").status_code == 404


def test_pages_say_what_changes_of_the_organisation(staffed):
    world, units, _people = staffed
    county = signed_in("demo-jiashan")
    unit = {
        "place": JIASHAN,
        "kind": "work_group",
        "name": "综合协调组",
        "parent": units["hq"],
        "day": "2021-10-01",
    }
    assert county.post("/organisation/told/unit", unit).status_code == 422
    assert county.post("/organisation/told/unit", unit | {"reason": "演示"}).status_code == 302
    assert "综合协调组" in text_of(county.get("/organisation"))
    person = {"place": JIASHAN, "name": "演示壬", "day": "2021-10-01", "reason": "演示"}
    assert county.post("/organisation/told/person", person).status_code == 302
    assert "没有任职的干部" in text_of(county.get("/organisation"))
    post = {"unit": units["hq"], "person": 1, "kind": "head", "day": "2021-10-01", "reason": "演示"}
    assert county.post("/organisation/told/post", post).status_code == 422
    assert county.post("/organisation/told/post", post | {"kind": "member"}).status_code == 302
    end = {"subject": "unit", "number": 6, "day": "2021-10-02", "reason": "撤销"}
    assert county.post("/organisation/end", end).status_code == 302
    assert "综合协调组" not in text_of(county.get("/organisation?as_of=2021-10-03")).split("变动记录")[0]
    step = county.get("/api/v1/organisation/steps").json()["items"][0]["id"]
    assert county.post(f"/organisation/steps/{step}/take-back", {"reason": "登记错了"}).status_code == 302
    assert "综合协调组" in text_of(county.get("/organisation")).split("变动记录")[0]


def test_programs_assign_hand_over_and_read_the_load(staffed):
    world, *_ = staffed
    county, case = signed_in("demo-jiashan"), world.cases[JIASHAN][0]
    answer = county.post(
        f"/api/v1/cases/{case.pk}/assignment", {"responsible": "演示庚", "reason": "分工"}, "application/json"
    )
    assert answer.status_code == 200 and answer.json()["responsible"] == "演示庚"
    assert (
        county.get(f"/api/v1/cases/{case.pk}/duties").json()["duties"][0]["units"][0]["people"][0]["title"]
        == "总指挥"
    )
    items = county.get("/api/v1/organisation/load?roster=hcle").json()["items"]
    assert [one["name"] for one in items] == ["", "演示庚"] or case.now.target_on is None
    given(world, responsible="演示庚")
    body = {"giver": "演示庚", "taker": "演示辛", "day": TODAY.isoformat(), "reason": "休假", "leave": True}
    made = county.post("/api/v1/organisation/handovers", body, "application/json")
    assert made.status_code == 201 and made.json()["leave"]
    back = {"day": TODAY.isoformat(), "reason": "休假结束"}
    answer = county.post(
        f"/api/v1/organisation/handovers/{made.json()['number']}/back", back, "application/json"
    )
    assert answer.json()["back_on"] == TODAY.isoformat()
    assert county.get("/api/v1/organisation/handovers").json()["count"] == 1
    assert county.get("/api/v1/cases?roster=hcle&responsible=演示庚").json()["count"] > 0
