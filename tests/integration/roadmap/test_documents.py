"""The wall chart, the workbook and the bulletin of a roadmap: same numbers as the pages, same bytes each time."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from tenglong.actions import roadmap as roadmaps
from tenglong.actions.reporting.bulletins import issue, prepare, reissue
from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.reporting.bulletins import BulletinContent
from tenglong.domain.reporting.roadmap.content import by_zone, sums
from tenglong.domain.reporting.writers import pdf
from tenglong.queries.roadmap.adoption import adoption_preview
from tenglong.queries.roadmap.documents import chart_name, chart_of, content_of, workbook_name, workbook_of
from tenglong.queries.roadmap.slips import slips_of
from tenglong.queries.roadmap.totals import totals_by, totals_of
from tenglong.queries.roadmap.views import cash_by_month
from tenglong.store.models import Bulletin, Roadmap
from tests.integration.campaign.world import NOON
from tests.integration.roadmap.world import COUNTY, LATER, WEITANG, XITANG, build_world, planned

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PLANNER, ADOPTER = Actor("张三", everywhere=True), Actor("李四", everywhere=True)
ALL = Scope(everywhere=True)
needs_letters = pytest.mark.skipif(
    not (pdf.FOLDER / "bold.ttf").exists(), reason="needs the letters that make setup fetches"
)


@pytest.fixture
def roster() -> Any:
    """Thirteen workshops."""
    return build_world()


@pytest.fixture
def roadmap(roster: Any) -> Roadmap:
    """A roadmap for all of them."""
    return planned(roster, PLANNER)


def adopted(roadmap: Roadmap) -> Roadmap:
    return roadmaps.adopt(actor=ADOPTER, at=NOON, roadmap=roadmap)


def places_of(code: str) -> Scope:
    from tenglong.queries.registry.territory import territory

    return Scope(territory().at(NOON.date()).members(code))


def test_documents_add_up_to_what_the_pages_say(roadmap: Roadmap) -> None:
    content, whole = content_of(roadmap, ALL), totals_of(roadmap, ALL)
    found = sums(content.cases)
    assert (found.cases, found.started, found.waiting) == (whole.lines, whole.starts, whole.waits)
    assert found.started > 0
    shown = {one.id for one in content.amounts}
    assert {"land", "energy", "money"} <= shown
    assert {id: found.amounts[id] for id in shown if found.amounts[id]} == {
        id: value for id, value in whole.amounts.items() if value and id in shown
    }


def test_zones_of_the_documents_are_those_of_the_page(roadmap: Roadmap) -> None:
    groups = {zone: sums(cases) for zone, cases in by_zone(content_of(roadmap, ALL).cases).items()}
    pages = {group.label: group.totals for group in totals_by(roadmap, ALL, "zone")}
    assert {zone: (one.cases, one.started) for zone, one in groups.items()} == {
        zone: (one.lines, one.starts) for zone, one in pages.items()
    }


def test_the_workbook_says_the_numbers_of_the_pages(roadmap: Roadmap) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(roadmap, ALL)))
    rows = list(book["月度资金"].iter_rows(min_row=4, max_col=4, values_only=True))
    months = cash_by_month(roadmap, ALL)
    assert [tuple(row) for row in rows[: len(months)]] == [
        (f"{one.month:%Y-%m}", float(one.paid), float(one.due), float(one.cumulative)) for one in months
    ]
    cases = [
        row for row in book["路线图明细"].iter_rows(min_row=4, values_only=True) if isinstance(row[0], int)
    ]
    assert len(cases) == totals_of(roadmap, ALL).lines


def test_both_documents_are_the_same_to_the_byte_each_time(roadmap: Roadmap) -> None:
    assert workbook_of(roadmap, ALL) == workbook_of(Roadmap.objects.get(pk=roadmap.pk), ALL)


@needs_letters
def test_the_chart_is_the_same_each_time_and_can_be_read(
    roadmap: Roadmap, tmp_path: Any, program: Callable[[str, str], str]
) -> None:
    import subprocess

    chart = chart_of(roadmap, ALL, notice="演示数据")
    assert chart == chart_of(Roadmap.objects.get(pk=roadmap.pk), ALL, notice="演示数据")
    (tmp_path / "chart.pdf").write_bytes(chart)
    said = subprocess.run(
        [program("pdftotext", "poppler-utils"), tmp_path / "chart.pdf", "-"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for part in ("整治路线图", "拟定稿，尚未采纳", "演示数据", "东区", "西区", "魏塘片", "嘉善房东纽扣厂"):
        assert part in said


def test_a_town_gets_its_own_cases_and_nothing_of_the_whole(roadmap: Roadmap) -> None:
    town = content_of(adopted(roadmap), places_of(WEITANG))
    assert {case.town for case in town.cases} == {"魏塘街道"}
    assert [check for check in town.checks if not check.firm] == []
    assert (town.prices, town.targets) == ((), ())
    assert all(month.fund is None for month in town.months)


def test_the_standing_of_an_adopted_roadmap_is_printed(roadmap: Roadmap) -> None:
    assert content_of(adopted(roadmap), ALL).standing.startswith("已采纳，")


def test_targets_are_printed_in_words(roster: Any) -> None:
    stated = {
        "targets": [{"amount": "write_off", "by": "2022-03-31", "at_least": "2", "town": XITANG}],
        "clearances": [{"zone": "西区", "by": "2022-04-30", "bonus": "5"}],
    }
    targets = content_of(planned(roster, PLANNER, **stated), ALL).targets
    assert [target.text for target in targets] == ["西塘镇销号不少于 2 家", "西区争取整区清零"]


def test_a_roadmap_without_a_plan_has_no_documents(roster: Any) -> None:
    from tests.integration.roadmap.world import settings

    asked = roadmaps.start_planning(actor=PLANNER, at=NOON, roster=roster, settings=settings())
    with pytest.raises(NotFound, match="没有方案"):
        workbook_of(asked, ALL)


def test_files_are_named_by_title_and_number(roadmap: Roadmap) -> None:
    assert (chart_name(roadmap), workbook_name(roadmap)) == ("整治路线图1挂图.pdf", "整治路线图1.xlsx")


def issued(roster: Any, day: timedelta = timedelta(0)) -> Bulletin:
    at = LATER + day
    return issue(actor=ADOPTER, at=at, roster=roster, code=COUNTY, as_of=at.date())


def test_a_bulletin_without_an_adopted_roadmap_says_nothing_of_one(roster: Any, roadmap: Roadmap) -> None:
    bulletin = issued(roster)
    assert "roadmap" not in bulletin.content
    assert BulletinContent.from_json(bulletin.content).roadmap is None


def test_a_bulletin_says_what_the_page_of_slips_says(roster: Any, roadmap: Roadmap) -> None:
    adopted(roadmap)
    course = BulletinContent.from_json(issued(roster).content).roadmap
    page = slips_of(roadmap, ALL, LATER.date(), LATER)
    assert course is not None
    assert page.late > 0
    assert (course.whole.due, course.whole.done, course.whole.late) == (page.due, page.done, page.late)
    longest: dict[str, int] = {}
    for row in page.rows:
        longest.setdefault(row.name, row.days)
    assert [(one.firm, one.days) for one in course.latest] == list(longest.items())[:10]
    assert sum(unit.due for unit in course.units) == course.whole.due
    assert {unit.unit for unit in course.units} == {"西塘镇", "魏塘街道"}


def test_an_issued_bulletin_stays_as_it_is_when_the_roadmap_is_replaced(
    roster: Any, roadmap: Roadmap
) -> None:
    adopted(roadmap)
    bulletin = issued(roster)
    second = planned(roster, PLANNER, at=LATER)
    dates = len(adoption_preview(second, ADOPTER).dates)
    roadmaps.adopt(actor=ADOPTER, at=LATER + timedelta(hours=1), roadmap=second, dates_seen=dates)
    again = reissue(Bulletin.objects.get(pk=bulletin.pk))
    assert again.identical
    assert again.document == bytes(bulletin.document)


def test_a_bulletin_of_a_day_before_the_adoption_says_nothing_of_it(roster: Any, roadmap: Roadmap) -> None:
    roadmaps.adopt(actor=ADOPTER, at=LATER, roadmap=roadmap)
    day = LATER.date() - timedelta(days=1)
    content = prepare(actor=ADOPTER, at=LATER, roster=roster, code=COUNTY, as_of=day)
    assert content.roadmap is None


def test_checks_of_the_plan_stand_before_those_of_firms(roadmap: Roadmap) -> None:
    checks = content_of(roadmap, ALL).checks
    firms = [bool(check.firm) for check in checks]
    assert firms == sorted(firms)
    assert all(not check.passed for check in checks if check.firm)
    assert all(check.value is None or check.value == round(check.value, 4) for check in checks)
    assert Decimal(0) <= sums(content_of(roadmap, ALL).cases).amounts["money"]
