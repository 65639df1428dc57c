"""Across New Year 2027, whose notice comes late: publicity, objections and roadmaps before and after it is entered."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection
from django.test import Client
from docx import Document

from tenglong.actions import evaluation
from tenglong.actions import roadmap as roadmaps
from tenglong.actions.kernel.calendar import Moved, count_anew, put_notice
from tenglong.cli.__main__ import main
from tenglong.domain.kernel.calendar import days_in
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed
from tenglong.domain.reporting.letters import letter_document
from tenglong.domain.reporting.writers.docx import write_docx
from tenglong.domain.roadmap.settings import default_settings
from tenglong.jobs.worker import run_pending
from tenglong.queries.evaluation.letters import letter_of
from tenglong.queries.evaluation.runs import objections_of, run_by_id, standing
from tenglong.queries.kernel.calendar import calendar_years, entered_notices, working_calendar
from tenglong.queries.roadmap.adoption import changes_of
from tenglong.queries.roadmap.documents import content_of
from tenglong.queries.roadmap.files import generated_of
from tenglong.queries.roadmap.lines import all_lines, line_of, lines_page
from tenglong.queries.roadmap.slips import slips_of
from tenglong.store.models import Evaluation, HolidayNotice, Objection, Roadmap, TrailEvent
from tests.integration.campaign.world import MACHINE, make_actor
from tests.integration.evaluation.test_runs import EVERYWHERE
from tests.integration.evaluation.world import County, Paper, build_county, drafted, scheme_in_force
from tests.integration.roadmap.world import COUNTY, build_world
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db(transaction=True)

OFF = "2027-01-01/2027-01-03 2027-02-05/2027-02-11 2027-05-01/2027-05-05 2027-10-01/2027-10-07"
SOURCE = "演示通知〔2026〕1号"
NEW_YEAR = date(2027, 1, 1)


def morning(month: int, day: int) -> datetime:
    """Nine o'clock in China, in December 2026 or in January 2027."""
    return datetime(2026 if month == 12 else 2027, month, day, 1, tzinfo=UTC)


MONDAY = morning(12, 28)


def entered(at: datetime, off: str = OFF, worked: str = "", **said: Any) -> Moved:
    """The notice for 2027, entered by the machine."""
    given = {"actor": MACHINE, "year": 2027, "source": SOURCE} | said
    return put_notice(at=at, off=days_in(off), worked=days_in(worked), **given)


@pytest.fixture
def county() -> County:
    return build_county()


def shown(county: County, at: datetime = MONDAY, **said: Any) -> Evaluation:
    """A run in publicity."""
    run = drafted(county, scheme_in_force(county))
    return evaluation.publicise(actor=county.chief, at=at, run=run, **said)


def objected(county: County, run: Evaluation, at: datetime, number: int = 9) -> Objection:
    return evaluation.record_objection(
        actor=county.town, at=at, run=run, firm=county.firms[number - 1], claim="税收漏计", files=[Paper()]
    )


def test_publicity_and_objections_are_provisional_until_the_notice_moves_them(county: County) -> None:
    run = shown(county)
    assert (run.publicity_end, run.publicity_days) == (date(2027, 1, 4), 5)
    objection = objected(county, run, morning(12, 30))
    assert objection.due_on == date(2027, 1, 6)
    found = run_by_id(run.pk, EVERYWHERE)
    assert found.provisional and objections_of(found, EVERYWHERE)[0].provisional
    assert "2027-01-04（暂定）" in str(standing(found, county.chief, date(2026, 12, 30)).sentence)

    assert entered(morning(12, 31)) == Moved(publicities=1, objections=1)

    found = run_by_id(run.pk, EVERYWHERE)
    assert (found.publicity_end, found.provisional) == (date(2027, 1, 5), False)
    (due,) = objections_of(found, EVERYWHERE)
    assert (due.due_on, due.provisional) == (date(2027, 1, 7), False)
    assert "暂定" not in str(standing(found, county.chief, date(2026, 12, 31)).sentence)
    trail = TrailEvent.objects.filter(about=f"evaluation:{run.pk}", deed__startswith="recount")
    assert [(one.deed, one.details) for one in trail.order_by("id")] == [
        ("recount_publicity", {"before": "2027-01-04", "after": "2027-01-05"}),
        ("recount_objection", {"before": "2027-01-06", "after": "2027-01-07", "number": 1}),
    ]
    with pytest.raises(Conflict, match="公示到 2027-01-05 结束"):
        evaluation.finalise(actor=county.chief, at=morning(1, 5), run=run)


@pytest.mark.parametrize("day", range(28, 42))
def test_recording_never_fails_around_new_year(county: County, day: int) -> None:
    at = morning(12, 28) + timedelta(days=day - 28)
    run = shown(county, at)
    objection = objected(county, run, at)
    due = working_calendar().add_working_days(at.date(), 5)
    assert run.publicity_end == objection.due_on == due
    entered(at)
    run.refresh_from_db()
    objection.refresh_from_db()
    assert run.publicity_end == objection.due_on == working_calendar().add_working_days(at.date(), 5)


def test_what_is_decided_or_final_does_not_move(county: County) -> None:
    run = shown(county, morning(12, 28), days=3)  # until 31 December
    objection = objected(county, run, morning(12, 30))
    evaluation.decide(
        actor=county.chief, at=morning(12, 31), objection=objection, uphold=False, reason="核对无误"
    )
    evaluation.finalise(actor=county.chief, at=morning(1, 4), run=run)
    assert entered(morning(1, 4), f"2026-12-31 {OFF}") == Moved(0, 0)
    run.refresh_from_db()
    objection.refresh_from_db()
    assert run.publicity_end == date(2026, 12, 31) and objection.due_on == date(2027, 1, 6)
    assert not run_by_id(run.pk, EVERYWHERE).provisional


def test_a_publicity_on_which_a_revision_rests_does_not_move(county: County) -> None:
    run = shown(county)
    objection = objected(county, run, morning(12, 29))
    evaluation.decide(
        actor=county.chief,
        at=morning(12, 30),
        objection=objection,
        uphold=True,
        reason="漏计",
        corrections={"tax": "60"},
    )
    evaluation.revise(actor=county.drafter, at=morning(1, 5), run=run)
    assert entered(morning(1, 5)).publicities == 0


def test_an_announced_day_never_moves_into_the_past(county: County) -> None:
    run = shown(county, morning(12, 31))  # until 7 January
    one_day_off = OFF.replace("2027-01-01/2027-01-03", "2027-01-01")
    assert entered(morning(1, 7), one_day_off, "2027-01-02 2027-01-03").publicities == 0
    run.refresh_from_db()
    assert run.publicity_end == date(2027, 1, 7)  # the fifth working day was the 6th


def test_a_later_notice_counts_from_its_recording_on(county: County) -> None:
    run = shown(county)
    entered(morning(12, 29))
    assert entered(morning(12, 30), f"{OFF} 2027-01-04/2027-01-05", source="演示更正通知").publicities == 1
    run.refresh_from_db()
    assert run.publicity_end == date(2027, 1, 7)
    assert working_calendar(morning(12, 28)).is_provisional(date(2026, 12, 28), run.publicity_end)
    assert working_calendar(morning(12, 29)).works(date(2027, 1, 4))
    assert not working_calendar(morning(12, 30)).works(date(2027, 1, 4))
    assert [one.notice.source for one in entered_notices()] == [SOURCE, "演示更正通知"]
    with pytest.raises(Conflict, match="无需重复登记"):
        entered(morning(12, 31), f"{OFF} 2027-01-04/2027-01-05", source="演示更正通知")


def test_a_newer_program_counts_anew_what_an_older_one_did_not_know(county: County) -> None:
    run = shown(county)
    Evaluation.objects.filter(pk=run.pk).update(publicity_end=date(2027, 1, 11))
    assert count_anew(actor=MACHINE, at=morning(12, 29)) == Moved(1, 0)
    run.refresh_from_db()
    assert run.publicity_end == date(2027, 1, 4)
    assert count_anew(actor=MACHINE, at=morning(12, 29)) == Moved(0, 0)


def test_only_the_city_office_enters_notices(county: County) -> None:
    with pytest.raises(NotAllowed, match="登记放假安排"):
        entered(morning(12, 28), actor=county.chief)
    with pytest.raises(NotAllowed):
        count_anew(actor=county.chief, at=morning(12, 28))
    with pytest.raises(BadValue, match="法定节假日"):
        entered(morning(12, 28), "2027-01-01")
    assert not HolidayNotice.objects.exists()
    entered(morning(12, 28), actor=make_actor("city", "city_office", "330400"))
    (row,) = HolidayNotice.objects.all()
    assert (row.recorded_by, row.recorded_at, row.source) == ("city", morning(12, 28), SOURCE)
    (deed,) = TrailEvent.objects.filter(deed="put_holidays")
    assert (deed.by, deed.about, deed.details["source"]) == ("city", "holidays:2027", SOURCE)


@pytest.mark.parametrize("statement", ["UPDATE {} SET source = ''", "DELETE FROM {}"])
def test_the_database_keeps_notices_as_they_were_entered(statement: str) -> None:
    entered(morning(12, 28))
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement.format("store_holidaynotice"))
    assert HolidayNotice.objects.get().source == SOURCE


def test_sqlite_refuses_to_put_a_notice_in_the_place_of_another(database_vendor: str) -> None:
    if database_vendor == "postgresql":
        pytest.skip("PostgreSQL has no REPLACE, and ON CONFLICT DO UPDATE is an UPDATE")
    entered(morning(12, 28))
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO store_holidaynotice SELECT * FROM store_holidaynotice")


def test_a_letter_says_that_its_day_is_provisional(county: County) -> None:
    run = shown(county)

    def letter() -> str:
        found = letter_of(run_by_id(run.pk, EVERYWHERE), county.firms[0].pk, EVERYWHERE, at=morning(12, 30))
        return "\n".join(one.text for one in Document(BytesIO(write_docx(letter_document(found)))).paragraphs)

    assert "2027年1月4日（暂定）（含当日）" in letter() and "放假安排尚未公布" in letter()
    entered(morning(12, 30))
    assert "2027年1月5日（含当日）" in letter() and "暂定" not in letter()


# --- roadmaps ---------------------------------------------------------------------------------------


def planned_over_new_year() -> Roadmap:
    """A roadmap of the county that starts in the last week of 2026."""
    roster, planner = build_world(), make_actor("planner", "county_office", COUNTY)
    solver = {"seconds": 60, "work": "200", "seed": 1, "gap": "0"}
    stated = default_settings(
        date(2026, 12, 28), date(2027, 8, 31), title="跨年路线图", period="month", solver=solver
    )
    asked = roadmaps.start_planning(
        actor=planner, at=morning(12, 1), roster=roster, code=COUNTY, settings=stated
    )
    run_pending(clock=lambda: morning(12, 1))
    asked.refresh_from_db()
    assert asked.state == "planned"
    return asked


def test_a_roadmap_follows_the_notice_where_the_law_moves_its_days() -> None:
    roadmap = planned_over_new_year()
    before = {line.row.case_id: line for line in all_lines(roadmap, EVERYWHERE)}
    due = [one for line in before.values() for one in line.milestones]
    assert {one.provisional for one in due if one.due_on >= NEW_YEAR} == {True}
    assert {one.provisional for one in due if one.due_on < date(2026, 12, 29)} <= {False}
    assert all(
        line.row.provisional for line in before.values() if line.row.done_on and line.row.done_on >= NEW_YEAR
    )
    assert any("（暂定）" in str(check.sentence) for line in before.values() for check in line.checks)
    assert any("暂定" in case.note for case in content_of(roadmap, EVERYWHERE).cases)
    generated = generated_of(roadmap)

    entered(morning(12, 10))

    after = {line.row.case_id: line for line in all_lines(roadmap, EVERYWHERE)}
    calendar = working_calendar()
    moved = 0
    for id, line in after.items():
        for then, now in zip(before[id].milestones, line.milestones, strict=True):
            assert not now.provisional and now.due_on >= then.due_on
            assert calendar.works(now.due_on)
            moved += now.due_on != then.due_on
        assert line.row.done_on == (line.milestones[-1].due_on if line.milestones else None)
        assert line == line_of(roadmap, id, EVERYWHERE)
    assert moved
    assert [row.done_on for row in lines_page(roadmap, EVERYWHERE).rows] == [
        line.row.done_on for line in after.values()
    ]
    assert {change.after["due_on"] for change in changes_of(roadmap)} == {
        line.row.done_on for line in after.values() if line.milestones
    }
    generated_again = generated_of(Roadmap.objects.get(pk=roadmap.pk))
    assert generated_again.to_bytes() == generated.to_bytes()  # planned with what was known then


def test_slips_count_from_the_day_as_it_was_known() -> None:
    roadmap, late = planned_over_new_year(), date(2027, 3, 31)
    before = slips_of(roadmap, EVERYWHERE, late, morning(12, 9), size=500)
    entered(morning(12, 10))
    after = slips_of(roadmap, EVERYWHERE, late, morning(12, 11), size=500)
    again = slips_of(roadmap, EVERYWHERE, late, morning(12, 9), size=500)
    assert again == before
    assert {row.provisional for row in before.rows if row.due_on >= NEW_YEAR} == {True}
    assert not any(row.provisional for row in after.rows)
    days = {(row.case_id, row.kind): row.due_on for row in before.rows}
    assert any(row.due_on > days[row.case_id, row.kind] for row in after.rows)


# --- faces ------------------------------------------------------------------------------------------


@pytest.fixture
def clients(county: County) -> dict[str, Client]:
    make_actor("city", "city_office", "330400")
    return {name: signed_in(name) for name in ("city", "xitang")}


FORM = {"year": "2027", "off": OFF.replace(" ", "\n"), "worked": "2027-02-13", "source": SOURCE}


def test_the_page_shows_years_and_takes_a_notice(clients: dict[str, Client], county: County) -> None:
    run = shown(county)
    page = text_of(clients["city"].get("/calendar"))
    assert "工作日历" in page and "尚未公布，暂按周一至周五计算" in page
    wrong = clients["city"].post("/calendar", FORM | {"off": "元旦"})
    assert wrong.status_code == 422 and "“元旦”不是日期或起止日期" in text_of(wrong)
    half = clients["city"].post("/calendar", FORM | {"off": "2027-01-01"})
    assert half.status_code == 422 and "是法定节假日" in text_of(half)
    answer = clients["city"].post("/calendar", FORM, follow=True)
    assert "公示截止日 1 个，异议裁定时限 0 个" in text_of(answer)
    assert SOURCE in text_of(answer) and "01-01/01-03 02-05/02-11" in text_of(answer)
    run.refresh_from_db()
    assert run.publicity_end == date(2027, 1, 5)


def test_who_may_not_enter_sees_no_form(clients: dict[str, Client]) -> None:
    page = clients["xitang"].get("/calendar")
    assert page.status_code == 200 and "<textarea" not in page.content.decode()
    assert clients["xitang"].post("/calendar", FORM).status_code == 403
    assert not HolidayNotice.objects.exists()


def test_pages_and_api_mark_what_is_provisional(clients: dict[str, Client], county: County) -> None:
    run = shown(county)
    objection = objected(county, run, morning(12, 30))

    def told() -> tuple[bool, Any, Any]:
        run_page = f"/evaluations/{run.pk}"
        of_objection = f"/evaluations/objections/{objection.pk}"
        pages = ("/evaluations", run_page, f"{run_page}/objections", of_objection)
        marks = ["（暂定）" in text_of(clients["city"].get(page)) for page in pages]
        assert len(set(marks)) == 1, dict(zip(pages, marks, strict=True))
        one = clients["city"].get(f"/api/v1/evaluations/{run.pk}").json()
        other = clients["city"].get(f"/api/v1/objections/{objection.pk}").json()
        return marks[0], one, other

    marked, one, other = told()
    assert marked and one["publicity_provisional"] and other["due_provisional"]
    english = clients["city"].get("/evaluations", headers={"accept-language": "en"})
    traditional = clients["city"].get("/evaluations", headers={"accept-language": "zh-hant"})
    assert "(provisional)" in text_of(english) and "（暫定）" in text_of(traditional)
    entered(morning(12, 31))
    marked, one, other = told()
    assert not (marked or one["publicity_provisional"] or other["due_provisional"])
    assert (one["publicity_end"], one["publicity_days"], other["due_on"]) == ("2027-01-05", 5, "2027-01-07")


def test_the_api_lists_years_and_takes_a_notice(clients: dict[str, Client]) -> None:
    rows = clients["xitang"].get("/api/v1/calendar").json()["items"]
    assert not rows[-1]["known"] and rows[-1]["recorded_by"] is None
    said = {"year": 2027, "off": sorted(map(str, days_in(OFF))), "source": SOURCE}
    post = {"content_type": "application/json"}
    assert clients["xitang"].post("/api/v1/calendar", said, **post).status_code == 403
    answer = clients["city"].post("/api/v1/calendar", said, **post)
    assert answer.status_code == 201, answer.content
    found = answer.json()
    assert (found["known"], found["source"], found["recorded_by"]) == (True, SOURCE, "city")
    assert found["off"][0] == "2027-01-01" and found["moved_publicities"] == 0
    assert clients["city"].post("/api/v1/calendar", said, **post).status_code == 409


def test_the_command_lists_shows_puts_and_counts_anew(
    county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["holidays", "show", "2027"]) == 6
    assert "还没有 2027 年的放假安排" in capsys.readouterr().err
    put = ["holidays", "put", "2027", "--off", *OFF.split(), "--worked", "2027-02-13", "--source", SOURCE]
    assert main(put) == 0
    out = capsys.readouterr().out
    assert "2027-02-05 2027-02-08/2027-02-11" in out and "上班的周六、周日：2027-02-13" in out
    assert "重新计算：公示截止日 0 个" in out
    assert main(["holidays", "list"]) == 0
    assert SOURCE in capsys.readouterr().out
    assert main(["holidays", "show", "2025"]) == 0
    assert "chinesecalendar" in capsys.readouterr().out
    assert main(["holidays", "recount"]) == 0


def test_years_around_today_are_listed_with_their_source() -> None:
    years = {one.year: one for one in calendar_years(date(2026, 11, 30))}
    assert list(years) == [2025, 2026, 2027, 2028]
    assert [one.known for one in years.values()] == [True, True, False, False]
    assert "国办发明电〔2025〕7号" in str(years[2026].source)
    entered(morning(12, 28))
    assert calendar_years(date(2031, 1, 1))[0].year == 2027


def test_upgrading_says_in_how_many_days_open_matters_were_counted(county: County) -> None:
    run = shown(county, morning(12, 21), days=4)
    objection = objected(county, run, morning(12, 22))
    Evaluation.objects.filter(pk=run.pk).update(publicity_days=None)
    Objection.objects.filter(pk=objection.pk).update(due_in=None)
    import_module("tenglong.store.migrations.0014_working_calendar").count_open(apps, None)
    run.refresh_from_db()
    objection.refresh_from_db()
    assert (run.publicity_days, objection.due_in) == (4, 5)
