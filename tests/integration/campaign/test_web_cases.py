"""The case list: what it shows, narrows, orders and adds up, and that its workbook says the same."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from tenglong.actions.registry.organisation import tell_organisation
from tenglong.domain.access.policy import Scope
from tenglong.domain.registry.organisation import Subject
from tenglong.domain.registry.organisation_steps import Statement
from tenglong.queries.campaign.cases import PAGE_SIZE, CaseFilter, CaseList
from tenglong.store.models import Case, Entry, FirmName, Roster
from tests.factories import BEGAN, JIASHAN, MACHINE, World, build_world
from tests.integration.web import cells_of, signed_in, text_of

EVERYWHERE = Scope(everywhere=True)


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=7)


def rows_of(answer: Any) -> list[list[str]]:
    """The cells of the list, as a reader sees them."""
    body = answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in rows
    ]


def printed(value: object) -> str:
    """A cell of the workbook as its number format shows it."""
    if value is None:
        return ""
    if hasattr(value, "date"):
        return value.date().isoformat()
    return f"{Decimal(str(value)):,.2f}" if isinstance(value, float) else str(value)


def case_list(world: World, **wanted: Any) -> CaseList:
    return CaseList(
        roster=world.hcle,
        unit="330400",
        scope=EVERYWHERE,
        wanted=CaseFilter(**wanted),
        today=date(2021, 11, 9),
    )


@pytest.mark.parametrize("asked", ["", "state=written_off&sort=-energy", "text=西塘&sort=name", "overdue=on"])
def test_the_workbook_holds_exactly_what_the_pages_show(world: World, asked: str) -> None:
    Case.objects.filter(pk__in=[case.pk for case in world.cases["330421"]]).update(
        due_on=date(2021, 10, 1), batch="vacate", measure="close", team="一组"
    )
    client = signed_in("demo-city")
    shown: list[list[str]] = []
    for number in range(1, 3):
        rows = rows_of(client.get(f"/cases?{asked}&page={number}"))
        shown += rows if number == 1 or len(shown) == PAGE_SIZE else []
    title, _, header, *rest = cells_of(client.get(f"/cases.xlsx?{asked}"))
    total = next(number for number, row in enumerate(rest) if row[0] == "合计")
    kept = [[printed(cell) for cell in row] for row in rest[:total]]
    for row in kept:  # whole numbers arrive without decimals
        row[-2:] = [f"{Decimal(text.replace(',', '')):,.2f}" for text in row[-2:]]
    assert kept == shown and shown
    assert header[1] == "企业"
    notes = " ".join(str(row[0]) for row in rest[total + 1 :])
    assert all(word in notes for word in ("口径：", "数据截至", "筛选条件：", "市整治办演示员"))
    assert "高耗低效企业整治名单" in str(title[0])


def test_the_totals_are_those_of_the_filtered_set(world: World) -> None:
    found = case_list(world, state="written_off")
    rows = list(found.rows())
    assert found.totals.count == len(rows) > 0
    assert found.totals.land == sum(row.land for row in rows) > 0
    assert found.totals.energy == sum(row.energy for row in rows)


@pytest.mark.parametrize("key", ["number", "name", "since", "land", "energy"])
def test_every_order_runs_both_ways_over_all_pages(world: World, key: str) -> None:
    up, down = case_list(world, sort=key), case_list(world, sort=f"-{key}")
    assert up.pages == 2
    paged = [row for number in (1, 2) for row in up.page(number)]
    assert [row.id for row in paged] == [row.id for row in up.rows()]
    value = {"number": "number", "name": "firm", "since": "since", "land": "land", "energy": "energy"}[key]
    values = [getattr(row, value) for row in up.rows()]
    if key != "name":  # the order of names is the database's own
        assert values == sorted(values)
    assert {row.id for row in down.rows()} == {row.id for row in paged}


def test_text_finds_present_and_former_names_and_the_beginning_of_a_code(world: World) -> None:
    firm = world.cases["330421"][0].firm
    firm.code, firm.name = "91330421MA28A0AAXL", "演示新名厂"
    firm.save()
    FirmName.objects.create(firm=firm, name="演示旧名厂", core_name="旧名", recorded_at=BEGAN)
    for text in ("新名", "旧名厂", "91330421ma"):
        assert [row.firm_id for row in case_list(world, text=text).rows()] == [firm.pk], text
    assert list(case_list(world, text="A0AAXL").rows()) == []


def test_a_case_is_overdue_while_it_is_a_target_that_is_not_done(world: World) -> None:
    Case.objects.filter(roster=world.hcle).update(due_on=date(2021, 10, 30))
    rows = list(case_list(world, overdue=True).rows())
    assert rows and {row.state for row in rows} == {"target"}
    assert {row.overdue_days for row in rows} == {10}
    everything = {row.id: row for row in case_list(world).rows()}
    assert {id for id, row in everything.items() if row.overdue_days} == {row.id for row in rows}


def test_a_case_without_a_day_of_its_own_is_due_by_the_deadline_of_its_roster(world: World) -> None:
    own, *others = Case.objects.filter(roster=world.hcle, now__state="target").order_by("number")
    Case.objects.filter(pk=own.pk).update(due_on=date(2021, 12, 20))
    Roster.objects.filter(pk=world.hcle.pk).update(deadline=date(2021, 11, 5))
    world.hcle.refresh_from_db()
    late = {row.id: row for row in case_list(world, overdue=True).rows()}
    assert set(late) == {case.pk for case in others} and {row.overdue_days for row in late.values()} == {4}
    assert {(row.due_on, row.due_by_roster) for row in late.values()} == {(date(2021, 11, 5), True)}
    everything = {row.id: row for row in case_list(world).rows()}
    assert (everything[own.pk].due_on, everything[own.pk].due_by_roster) == (date(2021, 12, 20), False)
    client = signed_in("demo-city")
    told = client.get(f"/api/v1/cases/{others[0].pk}").json()
    assert (told["due_on"], told["due_by_roster"]) == ("2021-11-05", True)
    file = text_of(client.get(f"/firms/{others[0].firm_id}"))
    assert "2021-11-05 （按名单期限）" in file and "逾期" in file


def test_targets_and_others_are_all(world: World) -> None:
    both = [case_list(world, member=member).totals.count for member in ("target", "other")]
    assert sum(both) == case_list(world).totals.count and all(both)


def test_the_list_is_narrowed_to_the_unit_and_to_the_person(world: World) -> None:
    assert all("西塘镇" in row[3] for row in rows_of(signed_in("demo-xitang").get("/cases")))
    assert "西塘" not in text_of(signed_in("demo-pinghu").get("/cases"))
    assert "西塘镇" not in str(cells_of(signed_in("demo-pinghu").get("/cases.xlsx?text=西塘")))
    city = signed_in("demo-city")
    assert "共 7 户" in text_of(city.get("/cases?unit=330482"))


def test_answers_that_were_never_offered_narrow_nothing(world: World) -> None:
    answer = signed_in("demo-city").get("/cases?state=nonsense&sort=danger&page=abc&team=%27--")
    assert answer.status_code == 200 and "共 63 户" in text_of(answer)
    assert len(rows_of(signed_in("demo-city").get("/cases?page=99999"))) == 13


def test_the_list_asks_the_database_no_more_than_this(
    world: World, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("demo-city")
    client.get("/cases")
    with django_assert_max_num_queries(7):
        client.get("/cases")
    with django_assert_max_num_queries(8):
        client.get("/cases?state=written_off&overdue=on&sort=-land")


def test_totals_follow_what_is_recorded(world: World) -> None:
    before = case_list(world, team="二组").totals.count
    for number, (kind, name) in enumerate((("headquarters", "演示指挥部"), ("team", "二组"))):
        said = {"kind": kind, "name": name, "place": JIASHAN, "parent": number or None}
        statements = [Statement(Subject.UNIT, date(2021, 9, 1), said)]
        tell_organisation(actor=MACHINE, at=BEGAN, statements=statements, reason="演示")
    form = {"batch": "vacate", "measure": "close", "due_on": "2021-12-01", "team": "二组"}
    case = world.cases["330421"][0]
    assert signed_in("demo-xitang").post(f"/cases/{case.pk}/plan", form).status_code == 302
    assert (before, case_list(world, team="二组").totals.count) == (0, 1)
    entry = Entry.objects.get(case_id=case.pk, kind="described")
    assert entry.details["said"] == {
        "batch": "vacate", "measure": "close", "due_on": "2021-12-01", "team": "二组",
    }  # fmt: skip


def test_a_plan_needs_the_right_to_record_there(world: World) -> None:
    case = world.cases["330421"][0]
    assert signed_in("demo-pinghu").get(f"/cases/{case.pk}/plan").status_code == 404
    assert signed_in("demo-audit").get(f"/cases/{case.pk}/plan").status_code == 403
    bad = signed_in("demo-xitang").post(f"/cases/{case.pk}/plan", {"due_on": "明天", "batch": "nonsense"})
    assert bad.status_code == 422 and Case.objects.get(pk=case.pk).due_on is None


def test_a_list_without_cases_says_so(world: World) -> None:
    answer = signed_in("demo-city").get("/cases?text=没有这样的企业")
    assert "没有符合条件的案件" in text_of(answer)
