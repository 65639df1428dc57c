"""What is done with a roadmap on its pages: stopping, changing by hand, comparing, what if, adopting, watching."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from tenglong.jobs.worker import run_pending
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Job, Roadmap, RoadmapLine, Roster, User
from tests.factories import build_people
from tests.integration.campaign.world import NOON, TODAY, accepted, csv_file
from tests.integration.roadmap.world import HEADER, build_world, case_of, planned, row
from tests.integration.web import cells_of, signed_in, text_of

pytestmark = pytest.mark.django_db

TIGHT = {"fund": {"total": "1500"}, "measures": ["vacate_recover"]}
HTMX = {"HX-Request": "true"}
LATER = "2026-02-28"


@pytest.fixture
def roster(db: None) -> Roster:
    build_people()
    return build_world()


@pytest.fixture
def roadmap(roster: Roster) -> Roadmap:
    return planned(roster, actor_of(User.objects.get(username="demo-jiashan"), TODAY), **TIGHT)


@pytest.fixture
def county(roadmap: Roadmap) -> Client:
    return signed_in("demo-jiashan")


def line(roadmap: Roadmap, *, waits: bool) -> RoadmapLine:
    """Some line that may be changed."""
    lines = roadmap.lines.filter(fixed=False).order_by("case__number")
    found = lines.filter(measure="") if waits else lines.exclude(measure="")
    return found.first()


def test_a_search_is_stopped_and_one_that_failed_is_tried_again_or_withdrawn(
    roadmap: Roadmap, county: Client
) -> None:
    running = Roadmap.objects.create(
        roster=roadmap.roster, place=roadmap.place, number=9, title="又一份", settings=roadmap.settings,
        settings_digest=roadmap.settings_digest, facts_on=TODAY, known_at=NOON, requested_by="某人", requested_at=NOON,
    )  # fmt: skip
    one = f"/roadmaps/{running.pk}"
    assert "停止，采用目前最好的方案" in text_of(county.get(one))
    county.post(f"{one}/stop")
    running.refresh_from_db()
    assert running.stopped_by == "demo-jiashan" or running.stopped_by
    assert "停止，采用目前最好的方案" not in text_of(county.get(one))
    Job.objects.create(
        kind="plan_roadmap", params={"roadmap": running.pk}, state=Job.State.FAILED, requested_at=NOON,
        requested_by="某人", problem={"template": "没有找到可行的方案。", "params": {}},
    )  # fmt: skip
    assert "没有找到可行的方案。" in text_of(county.get(one))
    assert county.get(f"{one}/progress", headers=HTMX)["HX-Refresh"] == "true"
    county.post(f"{one}/retry")
    assert Job.objects.filter(params__roadmap=running.pk, state=Job.State.WAITING).count() == 1
    assert "须写明理由" in text_of(county.post(f"{one}/withdraw", {"reason": ""}, follow=True))
    assert "重复编制" in text_of(county.post(f"{one}/withdraw", {"reason": "重复编制"}, follow=True))


def test_no_feasible_plan_says_why_and_fills_the_form_with_the_way_out(roster: Roster) -> None:
    county = signed_in("demo-jiashan")
    target = {"amount": "land", "by": "2022-04-30", "at_least": "20"}
    none = planned(
        roster, actor_of(User.objects.get(username="demo-jiashan"), TODAY), targets=[target],
        fund={"total": "10"}, measures=["vacate_recover"],
    )  # fmt: skip
    assert none.state == "infeasible"
    said = text_of(county.get(f"/roadmaps/{none.pk}"))
    assert "没有可行方案" in said and "不能同时满足" in said and "放宽后重新编制" in said
    answer = county.get(f"/roadmaps/new?from={none.pk}&relaxed=1")
    relaxed = text_of(answer)
    assert answer.status_code == 200 and "已按代价最小的放宽填好" in relaxed
    assert (
        'name="total" value="10"' not in answer.content.decode()
        or 'name="targets-0-at_least" value="20"' not in (answer.content.decode())
    )


def test_another_option_is_checked_at_once_and_kept_as_a_roadmap_of_its_own(
    roadmap: Roadmap, county: Client
) -> None:
    mine = roadmap.lines.exclude(measure="").filter(case__firm__name__startswith="嘉善自有").last()
    address = f"/roadmaps/{roadmap.pk}/firms/{mine.case_id}"
    said = text_of(county.get(address))
    assert "手工调整" in said and "本期不动" not in said.partition("手工调整")[0]
    assert "为什么这样安排" in text_of(county.get(f"{address}/why", headers=HTMX))
    part = county.post(f"{address}/check", {"choice": "wait"}, headers=HTMX)
    assert part.status_code == 200 and b"<html" not in part.content
    assert "可行" in text_of(part)
    wrong = county.post(f"{address}/adjust", {"choice": "close|2000-01-01"})
    assert wrong.status_code == 422 and Roadmap.objects.count() == 1
    same = county.post(f"{address}/adjust", {"choice": f"{mine.measure}|{mine.start_on}"})
    assert same.status_code == 422 and "没有改动任何企业" in text_of(same)
    answer = county.post(f"{address}/adjust", {"choice": "wait", "note": "企业搬迁在即"})
    made = Roadmap.objects.get(adjusts=roadmap)
    assert answer["Location"] == f"/roadmaps/{made.pk}/firms/{mine.case_id}"
    said = text_of(county.get(f"/roadmaps/{made.pk}"))
    assert "手工调整自" in said and "企业搬迁在即" in said
    assert "手工调整" in text_of(county.get(f"/roadmaps/{made.pk}/firms?waits=yes"))


def test_roadmaps_are_compared_side_by_side(roadmap: Roadmap, county: Client) -> None:
    other = planned(
        roadmap.roster, actor_of(User.objects.get(username="demo-jiashan"), TODAY), fund={"total": "900"},
        measures=["vacate_recover"],
    )  # fmt: skip
    said = text_of(county.get(f"/roadmaps/compare?ids={roadmap.pk}&ids={other.pk}"))
    assert "第 1 号 · 整治路线图" in said and "第 2 号 · 整治路线图" in said and "按区块" in said
    for ids in (str(roadmap.pk), f"{roadmap.pk},{roadmap.pk}", "", "1,2,3,4,5"):
        answer = county.get(f"/roadmaps/compare?ids={ids}")
        assert answer.status_code == 400 and "请选择 2 至 4 份路线图" in text_of(answer), ids
    assert county.get(f"/roadmaps/compare?ids={roadmap.pk},999999").status_code == 404


def test_a_limit_is_moved_and_the_answer_found_again_at_its_address(roadmap: Roadmap, county: Client) -> None:
    address = f"/roadmaps/{roadmap.pk}/what-if"
    for wrong, why in (
        ({"by": "0"}, "增减不能为 0"),
        ({"by": "多"}, "不是数字"),
        ({"by": "5", "unit": "amount"}, "整类限额"),
    ):
        answer = county.post(address, {"limit": "money", "unit": "percent"} | wrong)
        known = answer.context["form"].fields["limit"].choices
        assert answer.status_code == 422 and why in text_of(answer), (why, known)
    question = {"limit": "money", "by": "-50", "unit": "percent"}
    found = county.post(address, question)["Location"]
    assert "排队等待中" in text_of(county.get(found))
    assert b"<html" not in county.get(found, headers=HTMX).content
    run_pending(clock=lambda: NOON)
    assert county.get(found, headers=HTMX)["HX-Refresh"] == "true"
    assert "变动后" in text_of(county.get(found))
    county.post(address, question)
    assert Job.objects.filter(kind="what_if").count() == 1


def test_the_front_is_computed_once_and_drawn(roadmap: Roadmap, county: Client) -> None:
    address = f"/roadmaps/{roadmap.pk}/front"
    assert "每档各求一份方案" in text_of(county.get(address))
    county.post(address)
    assert "重新计算" not in text_of(county.get(address))
    run_pending(clock=lambda: NOON)
    answer = county.get(address)
    assert b'data-drawn="front"' in answer.content and "差距不超过" in text_of(answer)


def test_adopting_says_what_will_happen_and_then_the_town_watches_its_own(
    roadmap: Roadmap, county: Client
) -> None:
    one, town, city = f"/roadmaps/{roadmap.pk}", signed_in("demo-xitang"), signed_in("demo-city")
    said = text_of(county.get(f"{one}/adopt"))
    starts = roadmap.lines.exclude(measure="").count()
    assert f"{starts} 户中有" in said and "台账为" in said and "节点日期不能再改" in said
    assert town.get(one).status_code == 404 and town.post(f"{one}/adopt").status_code == 403
    assert county.get(f"{one}/course").status_code == 404
    said = text_of(county.post(f"{one}/adopt", {"note": "经会议研究"}, follow=True))
    assert "已采纳第 1 号路线图" in said and "计划与实际" in said
    assert "须由另一人批准" in said
    assert "批准各户方案" in text_of(city.get(one))
    city.post(f"{one}/approve")
    roadmap.refresh_from_db()
    assert roadmap.approved_by
    seen = text_of(town.get(f"{one}/firms"))
    assert "嘉善房东纽扣厂" in seen and "魏塘1纽扣厂" not in seen
    assert "三可审查" not in text_of(town.get(one)) and town.get(f"{one}/what-if").status_code == 403
    course = text_of(town.get(f"{one}/course?as_of={LATER}"))
    assert "计划累计" in course and "资金" in course
    slips = text_of(town.get(f"{one}/slips?as_of={LATER}"))
    assert (
        "逾期未完成" in slips
        and "嘉善" in slips
        and "魏塘" not in slips.partition("按镇")[0].partition("到期节点")[2]
    )
    narrowed = town.get(f"{one}/slips?as_of={LATER}&kind=signed&zone=没有")
    assert "没有采用的条件" in text_of(narrowed)
    rows = cells_of(county.get(f"{one}/slips.xlsx?as_of={LATER}"))
    assert rows[0][0] == "逾期天数" or any("逾期天数" in map(str, row) for row in rows)
    firm = case_of("嘉善房东纽扣厂").firm_id
    assert "路线图第 1 号" in text_of(town.get(f"/firms/{firm}"))


def test_a_new_roadmap_keeps_promises_as_its_form_says(roadmap: Roadmap, county: Client) -> None:
    said = text_of(county.get(f"/roadmaps/{roadmap.pk}/replan"))
    assert "滚动重排" in said and "已公布的日期尽量不动" in said and "时限已过" not in said


def test_the_form_of_a_new_roadmap_begins_today_and_names_targets_that_are_over(
    roster: Roster, county: Client
) -> None:
    stated = {
        "targets": [{"amount": "land", "by": day, "at_least": "1"} for day in ("2021-12-10", "2022-03-31")]
    }
    before = planned(roster, actor_of(User.objects.get(username="demo-jiashan"), TODAY), **TIGHT, **stated)
    brought = [*row("嘉善自有1纽扣厂", **{"签约日期": "2021-12-15"})]
    at = NOON + timedelta(days=40)
    accepted(csv_file(HEADER, brought), roster=roster, at=at, day=date(2021, 12, 19))
    page = county.get(f"/roadmaps/{before.pk}/replan").content.decode()
    assert "时限已过" in page and "2021-12-10 前：腾出土地不少于 1 亩" in page
    day = re.search(r'name="facts_on"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="facts_on"', page)
    start = re.search(r'name="start"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="start"', page)
    assert day and start and day.group(1) == start.group(1) > "2021-12-10"


def test_a_case_file_tells_late_milestones(roadmap: Roadmap, county: Client) -> None:
    county.post(f"/roadmaps/{roadmap.pk}/adopt")
    mine = line(roadmap, waits=False)
    first = roadmap.milestones.filter(case=mine.case_id).order_by("due_on").first()
    said = text_of(county.get(f"/firms/{mine.case.firm_id}"))
    assert f"{first.due_on}" in said and "逾期" in said
