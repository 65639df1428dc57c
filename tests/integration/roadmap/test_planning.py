"""Roadmaps from asking to the plan: rights, states, files that can be checked, crashes, contradictions."""

import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from tenglong.actions import roadmap as roadmaps
from tenglong.actions.jobs import claim
from tenglong.actions.roadmap import searching
from tenglong.cli.__main__ import main
from tenglong.domain.access.policy import Actor, Scope, scope_of
from tenglong.domain.kernel.errors import BadFile, BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.roadmap.plans import Point, Reason, Solution, Status
from tenglong.queries.files import path_of
from tenglong.queries.matters import open_steps
from tenglong.queries.roadmap.lines import LineFilter, all_lines, filters_of, line_of, lines_page
from tenglong.queries.roadmap.overview import job_of_roadmap, roadmap_by_id, visible_roadmaps
from tenglong.queries.roadmap.progress import points_so_far
from tenglong.queries.roadmap.results import checks_of, conflict_of, prices_of, relaxation_of, trajectory_of
from tenglong.queries.roadmap.totals import compare, totals_by, totals_of
from tenglong.queries.roadmap.views import cash_by_month, cumulative, gantt, load_of_teams
from tenglong.store.models import Job, Roadmap, RoadmapLine, Roster
from tests.integration.campaign.world import MACHINE, NOON, TODAY, make_actor
from tests.integration.roadmap.world import COUNTY, WEITANG, XITANG, build_world, case_of, planned, settings

pytestmark = pytest.mark.django_db(transaction=True)

EVERYWHERE = Scope(everywhere=True)
TIGHT = {"fund": {"total": "1500"}, "measures": ["vacate_recover"]}


def offered(roadmap: Roadmap, actor: Actor) -> list[str]:
    return [offer.step.id for offer in open_steps(roadmap, actor, TODAY) if not offer.barred]


@pytest.fixture
def roster() -> Roster:
    return build_world()


def choices(roadmap: Roadmap) -> list[tuple]:
    """What a roadmap says of each case."""
    rows = RoadmapLine.objects.filter(roadmap=roadmap).order_by("case__number")
    return list(rows.values_list("case__number", "measure", "start_on", "done_on"))


def test_a_roadmap_is_planned_by_a_worker_with_its_certificate(roster: Roster) -> None:
    county = make_actor("jiashan", "county_office", COUNTY)
    asked = roadmaps.start_planning(
        actor=county, at=NOON, roster=roster, code=COUNTY, settings=settings(**TIGHT)
    )
    assert (asked.state, asked.number, asked.title) == ("computing", 1, "整治路线图")
    roadmap = planned(roster, county, **TIGHT)  # the worker does both, one after the other
    first = roadmap_by_id(asked.pk, EVERYWHERE)
    assert (first.state, roadmap.state, roadmap.number) == ("planned", "planned", 2)
    assert Decimal(first.value) <= Decimal(first.bound) and Decimal(first.gap) < Decimal("0.05")
    totals = totals_of(first, EVERYWHERE)
    assert (totals.lines, totals.starts + totals.waits) == (13, 13) and totals.waits > 0
    assert totals.amounts["money"] <= 2000
    assert {name: Decimal(text) for name, text in first.totals.items() if name in totals.amounts} == {
        name: amount for name, amount in totals.amounts.items() if name in first.totals
    }
    assert prices_of(first, EVERYWHERE)[0].limit == "money" and checks_of(first, EVERYWHERE)
    assert trajectory_of(first, EVERYWHERE)[-1].bound == Decimal(first.bound)
    assert points_so_far(first.pk) == []
    assert choices(first) == choices(roadmap) and first.problem_digest == roadmap.problem_digest


def test_the_two_files_can_be_checked_without_the_database(
    roster: Roster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    free = planned(roster, MACHINE, **TIGHT)
    roadmaps.adopt(actor=MACHINE, at=NOON, roadmap=free)
    again = roadmaps.start_replanning(
        actor=MACHINE, at=NOON, roadmap=free, settings=settings(fund={"total": "1200"})
    )
    lexicographic = planned(roster, MACHINE, aim={"kind": "lexicographic"}, **TIGHT)
    again.refresh_from_db()
    for roadmap in (free, again, lexicographic):
        for digest, name in ((roadmap.problem_digest, "problem.json"), (roadmap.plan_digest, "plan.json")):
            (tmp_path / name).write_bytes(path_of(digest).read_bytes())
        assert main(["plan", str(tmp_path / "problem.json"), str(tmp_path / "plan.json"), "--check"]) == 0
        assert "证书成立" in capsys.readouterr().out


def test_lines_are_found_page_by_page_and_by_what_they_say(roster: Roster) -> None:
    roadmap = planned(roster, MACHINE, **TIGHT)
    every = lines_page(roadmap, EVERYWHERE, size=5)
    assert (every.count, every.pages, [row.number for row in every.rows]) == (13, 3, [1, 2, 3, 4, 5])
    assert [row.number for row in lines_page(roadmap, EVERYWHERE, size=5, page=99).rows] == [11, 12, 13]
    waiting = lines_page(roadmap, EVERYWHERE, LineFilter(waits=True))
    assert waiting.count == totals_of(roadmap, EVERYWHERE).waits
    assert all(row.waits and row.outcome == "" and row.start_on is None for row in waiting.rows)
    town = lines_page(roadmap, EVERYWHERE, LineFilter(town=WEITANG))
    assert [row.town_name for row in town.rows] == ["魏塘街道"] * 3
    assert lines_page(roadmap, EVERYWHERE, LineFilter(text="房东")).rows[0].name == "嘉善房东纽扣厂"
    assert lines_page(roadmap, EVERYWHERE, LineFilter(zone="西区", team="一组")).count == 3
    found = filters_of(roadmap, EVERYWHERE)
    assert found.zones == ("东区", "西区", "魏塘片") and found.teams == ("一组", "二组")
    assert [code for code, _ in found.towns] == [WEITANG, XITANG]
    started = next(row for row in every.rows if not row.waits)
    detail = line_of(roadmap, started.case_id, EVERYWHERE)
    assert detail.row == started and detail.checks
    assert [one.due_on for one in detail.milestones] == sorted(one.due_on for one in detail.milestones)
    assert detail.milestones[-1].due_on == started.done_on
    assert len(list(all_lines(roadmap, EVERYWHERE))) == 13


def test_what_is_summed_is_what_the_lines_say(roster: Roster) -> None:
    roadmap = planned(roster, MACHINE, **TIGHT)
    rows = [detail.row for detail in all_lines(roadmap, EVERYWHERE)]
    whole = totals_of(roadmap, EVERYWHERE)
    for amount in ("land", "money", "energy", "staff_days", "write_off"):
        assert whole.amounts[amount] == sum(row.amounts.get(amount, Decimal(0)) for row in rows)
        for by in ("zone", "town", "team", "measure"):
            groups = totals_by(roadmap, EVERYWHERE, by)
            assert sum(one.totals.amounts.get(amount, Decimal(0)) for one in groups) == whole.amounts[amount]
            assert sum(one.totals.lines for one in groups) == 13
    chart = gantt(roadmap, EVERYWHERE)
    assert sum(bar.count for zone in chart.zones for bar in zone.bars) == whole.starts
    assert sum(bar.land for zone in chart.zones for bar in zone.bars) == whole.amounts["land"]
    assert chart.periods[0] == TODAY and chart.end == date(2022, 4, 30)
    assert cumulative(roadmap, EVERYWHERE)["land"][-1][1] == whole.amounts["land"]
    assert cash_by_month(roadmap, EVERYWHERE)[-1].cumulative == whole.amounts["money"]
    loads = load_of_teams(roadmap, EVERYWHERE)
    assert sum(days for team in loads for _, days in team.weeks) == whole.amounts["staff_days"]
    both = compare([roadmap, planned(roster, MACHINE)], EVERYWHERE)
    assert [column.totals.waits > 0 for column in both.columns] == [True, False]
    assert both.zones == ("东区", "西区", "魏塘片")


def test_who_may_ask_see_and_step(roster: Roster) -> None:
    county = make_actor("jiashan", "county_office", COUNTY)
    department = make_actor("jingxin", "department", COUNTY)
    town, other = make_actor("xitang", "town_team", XITANG), make_actor("pinghu", "county_office", "330482")
    for actor in (town, other, make_actor("leader", "leader", COUNTY)):
        with pytest.raises(NotAllowed):
            roadmaps.start_planning(actor=actor, at=NOON, roster=roster, code=COUNTY, settings=settings())
    roadmap = planned(roster, department, **TIGHT)
    assert offered(roadmap, department) == [
        "what_if",
        "front",
        "adjust",
        "replan",
        "withdraw",
    ]
    assert "adopt" in offered(roadmap, county)
    assert offered(roadmap, town) == [] == offered(roadmap, other)
    for scope in (scope_of(town), scope_of(other)):
        assert visible_roadmaps(scope, roster) == []
        with pytest.raises(NotFound):
            roadmap_by_id(roadmap.pk, scope)
    with pytest.raises(NotAllowed):
        roadmaps.adopt(actor=department, at=NOON, roadmap=roadmap)
    roadmaps.adopt(actor=county, at=NOON, roadmap=roadmap)
    seen = roadmap_by_id(roadmap.pk, scope_of(town))
    assert (seen.totals, seen.checks, seen.prices) == ({}, [], []) and seen.gap == roadmap.gap
    assert [row.town for row in lines_page(seen, scope_of(town)).rows] == [XITANG] * 10
    assert totals_of(seen, scope_of(town)).lines == 10 and checks_of(seen, scope_of(town)) == ()
    assert {one.key for one in totals_by(seen, scope_of(town), "town")} == {XITANG}
    with pytest.raises(NotFound):
        line_of(seen, case_of("魏塘1纽扣厂").pk, scope_of(town))
    assert visible_roadmaps(scope_of(other), roster) == []
    assert [one.pk for one in visible_roadmaps(scope_of(town))] == [roadmap.pk]


def test_what_is_asked_for_must_make_sense(roster: Roster) -> None:
    ask = {"actor": MACHINE, "at": NOON, "roster": roster, "settings": settings()}
    with pytest.raises(BadValue, match="晚于今天"):
        roadmaps.start_planning(**ask, facts_on=TODAY + timedelta(days=1))
    with pytest.raises(BadValue, match="晚于今天"):
        roadmaps.start_planning(**ask, known_at=NOON + timedelta(hours=1))
    with pytest.raises(NotFound):
        roadmaps.start_planning(**ask, code="999999")
    with pytest.raises(BadFile):
        roadmaps.start_planning(**(ask | {"settings": {"start": "2021-11-09", "deadline": "soon"}}))
    assert not Roadmap.objects.exists() and not Job.objects.filter(kind="plan_roadmap").exists()


def test_a_day_without_targets_fails_with_a_sentence_and_can_be_tried_again(roster: Roster) -> None:
    before = date(2021, 4, 1)
    asked = roadmaps.start_planning(
        actor=MACHINE, at=NOON, roster=roster, code=COUNTY, settings=settings(), facts_on=before
    )
    worked(asked)
    found = roadmap_by_id(asked.pk, EVERYWHERE)
    assert found.shown_state == visible_roadmaps(EVERYWHERE)[0].shown_state == "failed"
    assert "没有列为整治对象的案件" in str(job_of_roadmap(asked.pk).problem)
    assert offered(found, MACHINE) == ["retry", "withdraw"]
    roadmaps.retry(actor=MACHINE, at=NOON, roadmap=found)
    with pytest.raises(Conflict, match="目前是“编制中”"):
        roadmaps.retry(actor=MACHINE, at=NOON, roadmap=found)
    worked(asked)
    with pytest.raises(BadValue, match="理由"):
        roadmaps.withdraw(actor=MACHINE, at=NOON, roadmap=found, reason=" ")
    assert roadmaps.withdraw(actor=MACHINE, at=NOON, roadmap=found, reason="日期填错").state == "withdrawn"
    with pytest.raises(Conflict, match="不能办理"):
        roadmaps.retry(actor=MACHINE, at=NOON, roadmap=found)


def test_contradictory_limits_are_an_answer(roster: Roster) -> None:
    wanted = {"amount": "land", "by": date(2022, 4, 30), "at_least": "50"}
    roadmap = planned(roster, MACHINE, targets=[wanted], **TIGHT)
    assert (roadmap.state, roadmap.status) == ("infeasible", "infeasible")
    said = "".join(str(one) for one in conflict_of(roadmap, EVERYWHERE))
    assert "不能同时满足" in said and "资金" in said and "腾出土地" in said and "代价最小的放宽" in said
    (moved, *_) = relaxation_of(roadmap, EVERYWHERE)
    assert moved.limit in ("money", "target:land:all:2022-04-30")
    assert offered(roadmap, MACHINE) == ["withdraw"]
    assert not roadmap.lines.exists()


@pytest.mark.parametrize(("reason", "said"), [(Reason.CRASHED, "意外退出"), (Reason.MEMORY, "用尽内存")])
def test_a_solver_that_fails_is_not_blamed_on_the_limits(
    roster: Roster, reason: Reason, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Solution(Status.FAILED, reason, "prices", None, None)
    monkeypatch.setattr(searching, "solve_aims", lambda problem, **_: (problem, failed))
    problem = str(job_of_roadmap(planned(roster, MACHINE, **TIGHT).pk).problem)
    assert said in problem and "放宽" not in problem


DIES = """
import os, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "tenglong.config.settings"
import django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
settings.FILE_STORE = Path(sys.argv[3])
from tenglong.actions.roadmap import computing
from tenglong.jobs.worker import run_pending
def wait(*arguments, **more):
    print("planned", flush=True)
    import time
    time.sleep(60)
computing.finish = wait
run_pending()
"""


def test_a_killed_worker_is_followed_by_another_that_finds_the_same_plan(roster: Roster) -> None:
    expected = planned(roster, MACHINE, **TIGHT)
    asked = roadmaps.start_planning(
        actor=MACHINE, at=NOON, roster=roster, code=COUNTY, settings=settings(**TIGHT)
    )
    if connection.vendor == "sqlite":
        from django.conf import settings as django_settings

        name = str(connection.settings_dict["NAME"])
        command = [sys.executable, "-c", DIES, str(asked.pk), name, str(django_settings.FILE_STORE)]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert worker.stdout and worker.stderr
        try:
            assert worker.stdout.readline() == b"planned\n", worker.stderr.read().decode()
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
            worker.stdout.close()
            worker.stderr.close()
    else:
        assert claim(job_of_roadmap(asked.pk).id, at=NOON)
    assert not asked.lines.exists()
    worked(asked)
    assert asked.state == "planned" and choices(asked) == choices(expected)
    again = roadmaps.carry_out(asked.pk, actor=MACHINE, at=NOON + timedelta(days=1))
    assert again.computed_at == asked.computed_at


def test_a_search_ends_when_its_roadmap_is_withdrawn_or_stopped(
    roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> Roadmap:
        return roadmaps.start_planning(
            actor=MACHINE, at=NOON, roster=roster, code=COUNTY, settings=settings(**TIGHT)
        )

    withdrawn, stopped = asked(), asked()
    said: list[str] = []
    solve = searching.solve_aims

    def interrupted(problem, *, on_progress, **more):
        """Somebody takes a step while the search runs."""
        roadmap = Roadmap.objects.filter(state="computing").order_by("pk").first()
        if roadmap.pk == withdrawn.pk:
            roadmaps.withdraw(actor=MACHINE, at=NOON, roadmap=roadmap, reason="不要了")
        else:
            roadmaps.stop(actor=MACHINE, at=NOON, roadmap=roadmap)
        said.append(str(on_progress(Point(9.0, 10, 20))))
        return solve(problem, on_progress=on_progress, **more)

    monkeypatch.setattr(searching, "solve_aims", interrupted)
    worked(withdrawn, stopped)
    assert said == ["True", "True"]
    assert withdrawn.state == "withdrawn" and not withdrawn.lines.exists() and withdrawn.computed_at is None
    assert stopped.state == "planned" and stopped.stopped_by == MACHINE.name and stopped.lines.count() == 13
    assert list(Job.objects.filter(kind="plan_roadmap").values_list("state", flat=True)) == ["done", "done"]


def worked(*asked: Roadmap) -> None:
    """Let the worker do everything that waits."""
    from tenglong.jobs.worker import run_pending

    run_pending(clock=lambda: NOON)
    for roadmap in asked:
        roadmap.refresh_from_db()
