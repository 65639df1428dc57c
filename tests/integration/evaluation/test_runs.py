"""A run on its way from draft to final: computed by the worker, publicised, objected to, revised, frozen."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tenglong.actions import evaluation
from tenglong.actions.evaluation.runs import reproduce
from tenglong.actions.jobs import claim
from tenglong.domain.access.policy import scope_of
from tenglong.domain.evaluation.process import COMPUTING, DRAFT, FINAL, PUBLICISED, REPLACED, WITHDRAWN
from tenglong.domain.kernel.errors import BadFile, BadRules, BadValue, Conflict, NotAllowed, NotFound
from tenglong.queries.evaluation.grades import grade_histories, history_of
from tenglong.queries.evaluation.results import (
    ResultFilter,
    distribution,
    grade_changes,
    grade_counts,
    result_of,
    result_page,
)
from tenglong.queries.evaluation.runs import (
    evaluation_of,
    job_of_run,
    run_by_id,
    run_matter,
    scheme_by_id,
    standing,
    table_of,
    visible_runs,
    visible_schemes,
)
from tenglong.queries.files import path_of
from tenglong.queries.matters import open_steps
from tenglong.store.models import Evaluation, EvaluationResult, Firm, Objection, Scheme, TrailEvent
from tests.integration.campaign.world import MACHINE
from tests.integration.evaluation.world import (
    COUNTY,
    SCHEME,
    WEITANG,
    County,
    Paper,
    at,
    build_county,
    drafted,
    grades,
    observe,
    scheme_in_force,
    worked,
)

pytestmark = pytest.mark.django_db(transaction=True)
EVERYWHERE = scope_of(MACHINE)


def in_publicity(county: County, day: int = 14) -> Evaluation:
    run = drafted(county, scheme_in_force(county))
    return evaluation.publicise(actor=county.chief, at=at(day), run=run)


def objection(county: County, run: Evaluation, number: int = 9) -> Objection:
    firm, town = county.firms[number - 1], county.town if number % 2 else county.other_town
    return evaluation.record_objection(
        actor=town, at=at(16), run=run, firm=firm, claim="税收漏计三百万元", files=[Paper()]
    )


def final(county: County) -> Evaluation:
    return evaluation.finalise(actor=county.chief, at=at(23), run=in_publicity(county))


def test_a_draft_is_computed_by_the_worker_and_explains_itself() -> None:
    county = build_county()
    run = drafted(county, scheme_in_force(county))
    assert (run.state, grades(run)) == (DRAFT, "AABBBBCCDD")
    assert job_of_run(run.pk).state == "done"
    first = result_of(run, county.firms[0].pk, EVERYWHERE)
    assert (first.rank, first.peers, first.total, first.grade_by_quota) == (1, 10, 149_090_000, "A")
    assert first.items[0] == {
        "indicator": "tax_per_mu", "value": "10", "benchmark": "5.5", "score": "109.090909091", "how": "value",
    }  # fmt: skip
    assert run.benchmarks["tax_per_mu"] == [[[], "5.5"]] and run.cuts[0][1]["A"] == "138.18"
    by_grade = {"A": 2, "B": 4, "C": 2, "D": 2}
    assert run.counts == {"statuses": {"rated": 10}, "grades": by_grade, "missing": {}}
    assert (
        evaluation_of(run).outcomes[0].total == 149.09
        or str(evaluation_of(run).outcomes[0].total) == "149.09"
    )
    assert set(TrailEvent.objects.values_list("deed", flat=True)) >= {"import_scheme", "evaluate"}


def test_the_kept_table_gives_the_same_results_again_and_nothing_else_is_trusted() -> None:
    county = build_county()
    run = drafted(county, scheme_in_force(county))
    observe(county.firms[9], tax=5000)  # the register moves on
    again = reproduce(run)
    assert again.identical and again.digest == run.result_digest
    path = path_of(run.input_digest)
    path.write_bytes(path.read_bytes().replace(b",10,", b",11,", 1))
    with pytest.raises(BadFile, match="已被改动"):
        table_of(run)
    path.unlink()
    with pytest.raises(BadFile, match="备份"):
        reproduce(run)


def test_from_draft_to_final_with_two_pairs_of_eyes_and_working_days() -> None:
    county = build_county()
    scheme = evaluation.import_scheme(
        actor=county.drafter, at=at(13), text=SCHEME.format(version=1), code=COUNTY
    )
    with pytest.raises(NotAllowed, match="他人办理"):
        evaluation.put_in_force(actor=county.drafter, at=at(13), scheme=scheme)
    run = drafted(county, scheme)
    with pytest.raises(Conflict, match="没有生效"):
        evaluation.publicise(actor=county.chief, at=at(14), run=run)
    evaluation.put_in_force(actor=county.chief, at=at(13), scheme=scheme)
    with pytest.raises(NotAllowed, match="本人"):
        evaluation.publicise(actor=county.drafter, at=at(14), run=run)
    with pytest.raises(NotFound):  # a draft is not there for a town
        evaluation.publicise(actor=county.town, at=at(14), run=run)
    with pytest.raises(BadValue, match="3 至 15"):
        evaluation.publicise(actor=county.chief, at=at(14), run=run, days=2)
    run = evaluation.publicise(actor=county.chief, at=at(14), run=run)
    assert run.publicity_end == date(2021, 9, 22)  # 15 16 17, the worked Saturday 18, three days off, 22
    with pytest.raises(Conflict, match="结束后方可定稿"):
        evaluation.finalise(actor=county.chief, at=at(22), run=run)
    with pytest.raises(NotAllowed):
        evaluation.finalise(actor=county.drafter, at=at(23), run=run)
    run = evaluation.finalise(actor=county.chief, at=at(23), run=run)
    assert run.state == FINAL
    assert grade_histories([county.firms[9].place_id], 2020)[county.firms[9].pk] == {2020: "D"}
    assert [one.grade for one in history_of(county.firms[9], EVERYWHERE)] == ["D"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE store_evaluationresult SET grade = 'A' WHERE grade = 'D'",
        "DELETE FROM store_evaluationresult",
        'INSERT INTO store_evaluationresult (evaluation_id, firm_id, place_id, industry, status, reason, "group",'
        " peer_group, grade_by_quota, grade, adjustments, items, points, kept)"
        ' SELECT evaluation_id, firm_id + 1000, place_id, industry, status, reason, "group", peer_group,'
        " grade_by_quota, grade, adjustments, items, points, kept FROM store_evaluationresult",
        "UPDATE store_evaluation SET state = 'draft'",
        "UPDATE store_evaluation SET cuts = '[]'",
        "UPDATE store_evaluation SET input_digest = ''",
        "DELETE FROM store_evaluation",
        "UPDATE store_scheme SET text = ''",
        "DELETE FROM store_scheme",
    ],
)
def test_the_database_itself_keeps_final_results(statement: str) -> None:
    run = final(build_county())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert grades(run) == "AABBBBCCDD"


def test_the_database_refuses_to_empty_or_replace(database_vendor: str) -> None:
    run = final(build_county())
    statements = {
        "postgresql": "TRUNCATE store_evaluationresult",
        "sqlite": "INSERT OR REPLACE INTO store_evaluationresult SELECT * FROM store_evaluationresult",
    }
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements[database_vendor])
    assert grades(run) == "AABBBBCCDD"


def test_an_upheld_objection_leaves_the_others_as_they_are() -> None:
    county = build_county()
    run = in_publicity(county)
    one = objection(county, run)
    assert one.due_on == date(2021, 9, 24) and one.files[0]["name"] == "异议书.pdf"
    evaluation.decide(
        actor=county.chief, at=at(17), objection=one, uphold=True, reason="属实", corrections={"tax": "95"}
    )
    with pytest.raises(Conflict, match="先按异议修订"):
        evaluation.finalise(actor=county.chief, at=at(23), run=run)
    with pytest.raises(Conflict, match="公示到"):
        evaluation.revise(actor=county.drafter, at=at(22), run=run)
    revision = worked(evaluation.revise(actor=county.drafter, at=at(23), run=run))
    assert grades(revision) == "AABBBBCCAD" and revision.way == "freeze" and revision.cuts == run.cuts
    assert revision.results.filter(kept=True).count() == 9 and reproduce(revision).identical
    changes = grade_changes(revision, EVERYWHERE)
    assert [(one.name, one.before, one.after) for one in changes] == [("演示9号厂", "D", "A")]
    revision = evaluation.finalise(actor=county.chief, at=at(24), run=revision)  # no publicity of its own
    run.refresh_from_db()
    assert (revision.state, run.state) == (FINAL, REPLACED)


def test_a_recomputation_changes_others_and_is_shown_again() -> None:
    county = build_county()
    run = in_publicity(county)
    one = objection(county, run)
    evaluation.decide(
        actor=county.chief, at=at(17), objection=one, uphold=True, reason="属实", corrections={"tax": "95"}
    )
    revision = worked(evaluation.revise(actor=county.drafter, at=at(23), run=run, way="recompute"))
    assert grades(revision) == "ABBBBCCDAD" and reproduce(revision).identical
    changed = {
        one.name: one.before + one.after
        for one in grade_changes(revision, EVERYWHERE)
        if one.before != one.after
    }
    assert changed == {"演示2号厂": "AB", "演示6号厂": "BC", "演示8号厂": "CD", "演示9号厂": "DA"}
    assert grade_changes(revision, scope_of(county.other_town)) and all(
        one.place == "魏塘街道" for one in grade_changes(revision, scope_of(county.other_town))
    )
    with pytest.raises(Conflict, match="正在办理"):
        evaluation.revise(actor=county.drafter, at=at(23), run=run)
    with pytest.raises(Conflict, match="不能办理"):
        evaluation.finalise(actor=county.chief, at=at(24), run=revision)
    evaluation.publicise(actor=county.chief, at=at(24), run=revision, days=3)
    run.refresh_from_db()
    assert run.state == REPLACED
    assert evaluation.finalise(actor=county.chief, at=at(30), run=revision).state == FINAL


def test_objections_need_evidence_time_and_another_person_to_decide() -> None:
    county = build_county()
    draft = drafted(county, scheme_in_force(county))
    firm = county.firms[8]
    say = {"actor": county.town, "firm": firm, "claim": "漏计", "files": [Paper()]}
    with pytest.raises(Conflict, match="试算"):
        evaluation.record_objection(at=at(16), run=draft, **say)
    run = evaluation.publicise(actor=county.chief, at=at(14), run=draft)
    with pytest.raises(BadValue, match="至少 1 份"):
        evaluation.record_objection(at=at(16), run=run, **{**say, "files": []})
    with pytest.raises(BadFile):
        evaluation.record_objection(at=at(16), run=run, **{**say, "files": [Paper(b"MZ")]})
    with pytest.raises(NotFound):
        evaluation.record_objection(at=at(16), run=run, **{**say, "actor": county.other_town})
    with pytest.raises(Conflict, match="不再受理"):
        evaluation.record_objection(at=at(23), run=run, **say)
    one = evaluation.record_objection(at=at(22), run=run, **{**say, "actor": county.chief})
    decide = {"at": at(23), "objection": one, "uphold": True, "reason": "属实"}
    with pytest.raises(NotAllowed, match="本人"):
        evaluation.decide(actor=county.chief, corrections={"tax": "1"}, **decide)
    with pytest.raises(NotAllowed):
        evaluation.decide(actor=county.town, corrections={"tax": "1"}, **decide)
    impossible = ({"scale": "巨型"}, {"land": "-3"}, {"tax": "20.0"})
    for wrong in ({}, {"tax": "很多"}, {"rd": "1"}, {"utility": "是"}, *impossible):
        with pytest.raises(BadValue):
            evaluation.decide(actor=county.drafter, corrections=wrong, **decide)
    with pytest.raises(Conflict, match="没有裁定"):
        evaluation.finalise(actor=county.chief, at=at(23), run=run)
    evaluation.decide(actor=county.drafter, at=at(23), objection=one, uphold=False, reason="已核实无误")
    with pytest.raises(Conflict, match="目前是“异议不成立”"):
        evaluation.decide(actor=county.drafter, corrections={"tax": "1"}, **decide)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Objection.objects.filter(pk=one.pk).update(state="open")
    with pytest.raises(Conflict, match="没有成立"):
        evaluation.revise(actor=county.drafter, at=at(23), run=run)
    assert evaluation.finalise(actor=county.chief, at=at(23), run=run).state == FINAL


def test_an_objection_is_taken_back_by_who_recorded_it_and_then_hinders_nothing() -> None:
    county = build_county()
    run = in_publicity(county)
    one = objection(county, run)
    say = {"at": at(17), "objection": one}
    with pytest.raises(NotAllowed, match="只能由登记人本人办理"):
        evaluation.withdraw_objection(actor=county.chief, reason="误登", **say)
    with pytest.raises(BadValue, match="理由"):
        evaluation.withdraw_objection(actor=county.town, reason=" ", **say)
    evaluation.withdraw_objection(actor=county.town, reason="企业认可原结果", **say)
    with pytest.raises(Conflict, match="目前是“已撤回”"):
        evaluation.decide(actor=county.chief, uphold=False, reason="无误", **say)
    counts = standing(run, county.chief, date(2021, 9, 23)).objections
    assert (counts.waiting, counts.upheld, counts.dismissed) == (0, 0, 0)
    assert evaluation.finalise(actor=county.chief, at=at(23), run=run).state == FINAL


def test_a_town_sees_only_its_own_firms_and_no_drafts() -> None:
    county = build_county()
    scheme = scheme_in_force(county)
    run = drafted(county, scheme)
    seen = scope_of(county.town)
    assert visible_runs(seen) == [] and visible_schemes(seen) == []
    with pytest.raises(NotFound):
        run_by_id(run.pk, seen)
    evaluation.publicise(actor=county.chief, at=at(14), run=run)
    run = run_by_id(run.pk, seen)
    assert scheme_by_id(scheme.pk, seen) == scheme
    rows, count = result_page(run, seen, ResultFilter())
    assert (
        count == 5
        and {row.place for row in rows} == {"西塘镇"}
        and [row.rank for row in rows] == [1, 3, 5, 7, 9]
    )
    assert grade_counts(run, seen) == {"A": 1, "B": 2, "C": 1, "D": 1}
    assert result_page(run, seen, ResultFilter(code=WEITANG))[1] == 0
    with pytest.raises(NotFound):
        result_of(run, county.firms[1].pk, seen)
    assert [bar.label for bar in distribution(run, EVERYWHERE, "town")] == ["魏塘街道", "西塘镇"]
    assert distribution(run, EVERYWHERE, "county")[0].firms == {"A": 2, "B": 4, "C": 2, "D": 2}
    assert distribution(run, EVERYWHERE, "industry")[0].key == "C17"
    assert history_of(county.firms[1], seen) == []


def test_what_a_person_may_do_now_is_offered_and_nothing_else() -> None:
    county = build_county()
    run = drafted(county, scheme_in_force(county))

    def offered(actor, day: int) -> list[str]:
        found = open_steps(Evaluation.objects.get(pk=run.pk), actor, date(2021, 9, day))
        return [offer.step.id for offer in found if not offer.barred]

    assert offered(county.drafter, 13) == ["withdraw"]
    assert offered(county.chief, 13) == ["publicise", "withdraw"] and offered(county.town, 13) == []
    evaluation.publicise(actor=county.chief, at=at(14), run=run)
    assert offered(county.town, 14) == [] and offered(county.chief, 14) == ["recall"]
    one = objection(county, run)
    own = [offer.step.id for offer in open_steps(one, county.chief, date(2021, 9, 16))]
    assert own == ["decide"] and offered(county.chief, 16) == ["recall"]
    evaluation.decide(
        actor=county.chief, at=at(17), objection=one, uphold=True, reason="属实", corrections={"tax": "95"}
    )
    assert offered(county.drafter, 23) == ["revise", "recall"]
    revision = worked(evaluation.revise(actor=county.drafter, at=at(23), run=run))
    assert offered(county.drafter, 23) == ["recall"]
    found = open_steps(revision, county.chief, date(2021, 9, 23))
    assert [(offer.step.id, offer.barred) for offer in found] == [
        ("publicise", None), ("finalise", None), ("withdraw", None),
    ]  # fmt: skip


def test_a_killed_worker_is_followed_by_another() -> None:
    county = build_county()
    run = evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme_in_force(county))
    assert claim(job_of_run(run.pk).id, at=at(13))  # a worker that took it and died
    run = worked(run)
    assert (run.state, grades(run)) == (DRAFT, "AABBBBCCDD")
    assert evaluation.carry_out(run.pk, actor=county.drafter, at=at(14)).computed_at == run.computed_at


def test_a_run_without_data_fails_with_a_sentence_and_can_be_tried_again() -> None:
    county = build_county()
    scheme = scheme_in_force(county)
    run = evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme, year=2019)
    run = worked(run)
    assert run.state == COMPUTING and "2019 年没有“税收、用地面积、工业增加值、综合能耗”" in str(
        job_of_run(run.pk).problem
    )
    run = run_by_id(run.pk, EVERYWHERE)
    assert run.shown_state == visible_runs(EVERYWHERE)[0].shown_state == "failed"
    stands = standing(run, county.drafter, date(2021, 9, 13))
    assert "失败" in str(stands.sentence) and [offer.step.id for offer in stands.steps] == [
        "retry",
        "withdraw",
    ]
    observe(county.firms[0], year=2019, tax=1, land=1, value_added=1, energy=1)
    evaluation.retry_run(actor=county.chief, at=at(13), run=run)
    assert run_matter(run).played(county.chief, "requested") and run_matter(run).played(
        county.drafter, "requested"
    )
    assert run_by_id(run.pk, EVERYWHERE).shown_state == COMPUTING
    run = worked(run)
    assert run.state == DRAFT and grades(run).startswith("A")
    with pytest.raises(Conflict, match="目前是“试算”"):
        evaluation.retry_run(actor=county.drafter, at=at(13), run=run)
    with pytest.raises(NotAllowed, match="他人"):  # who asked again
        evaluation.publicise(actor=county.chief, at=at(14), run=run)
    with pytest.raises(Conflict, match="只能试算"):
        evaluation.publicise(actor=replace(county.chief, name="other", user_id=None), at=at(14), run=run)


def test_a_run_that_failed_can_be_withdrawn() -> None:
    county = build_county()
    run = worked(
        evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme_in_force(county), year=2019)
    )
    evaluation.withdraw(actor=county.drafter, at=at(13), run=run, reason="没有数据")
    assert run_by_id(run.pk, EVERYWHERE).shown_state == WITHDRAWN


def test_a_run_that_rates_nobody_has_no_results() -> None:
    county = build_county()
    Firm.objects.update(size="below_scale")
    run = worked(evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme_in_force(county)))
    problem = str(job_of_run(run.pk).problem)
    assert run.state == COMPUTING and "2020 年没有一家企业可以评分：10 家不在办法的适用范围内" in problem
    Evaluation.objects.filter(pk=run.pk).update(state=DRAFT)  # as an earlier version left it
    with pytest.raises(Conflict, match="不能公示"):
        evaluation.publicise(actor=county.chief, at=at(14), run=run)


def test_a_firm_has_one_final_grade_of_a_year_and_other_firms_another_scheme() -> None:
    county = build_county()
    Firm.objects.filter(pk__in=[firm.pk for firm in county.firms[5:]]).update(size="below_scale")
    first = final(county)
    small = SCHEME.format(version=1).replace("jiashan-test", "jiashan-small").replace("'规上'", "'规下'")
    double = SCHEME.format(version=1).replace("jiashan-test", "jiashan-double")
    runs = []
    for text in (small, double):
        scheme = evaluation.import_scheme(actor=county.drafter, at=at(13), text=text, code=COUNTY)
        runs.append(drafted(county, evaluation.put_in_force(actor=county.chief, at=at(13), scheme=scheme)))
    barred = {
        offer.step.id: str(offer.barred) for offer in standing(runs[1], county.chief, date(2021, 9, 14)).steps
    }
    assert "一个最终等级" in barred["publicise"]
    with pytest.raises(Conflict, match=f"“演示1号厂”等企业 2020 年已有第 {first.pk} 号评价.*一个最终等级"):
        evaluation.publicise(actor=county.chief, at=at(14), run=runs[1])
    evaluation.publicise(actor=county.chief, at=at(14), run=runs[0])
    evaluation.finalise(actor=county.chief, at=at(23), run=runs[0])
    Evaluation.objects.filter(pk=runs[1].pk).update(  # shown while the first was not yet final
        state=PUBLICISED, publicity_start=date(2021, 9, 14), publicity_end=date(2021, 9, 22)
    )
    with pytest.raises(Conflict, match="一个最终等级"):
        evaluation.finalise(actor=county.chief, at=at(23), run=runs[1])


def test_withdrawn_runs_stay_on_record_and_free_the_way() -> None:
    county = build_county()
    scheme = scheme_in_force(county)
    run, other = drafted(county, scheme), drafted(county, scheme)
    evaluation.publicise(actor=county.chief, at=at(14), run=run)
    with pytest.raises(Conflict, match="不能再有第二份"):
        evaluation.publicise(actor=county.chief, at=at(14), run=other)
    with pytest.raises(BadValue, match="理由"):
        evaluation.withdraw(actor=county.chief, at=at(15), run=run, reason=" ")
    evaluation.withdraw(actor=county.chief, at=at(15), run=run, reason="数据有误")
    run.refresh_from_db()
    assert (run.state, run.reason) == (WITHDRAWN, "数据有误")
    other = evaluation.publicise(actor=county.chief, at=at(15), run=other)
    assert other.state == PUBLICISED
    queued = evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme)
    evaluation.withdraw(actor=county.drafter, at=at(13), run=queued, reason="误点")
    assert (
        worked(queued).state == WITHDRAWN and EvaluationResult.objects.filter(evaluation=queued).count() == 0
    )


def test_a_scheme_is_versioned_and_checked() -> None:
    county = build_county()
    first = scheme_in_force(county)
    with pytest.raises(Conflict, match="已经导入"):
        evaluation.import_scheme(actor=county.drafter, at=at(13), text=SCHEME.format(version=1), code=COUNTY)
    changed = SCHEME.format(version=1).replace("weight = 60", "weight = 50")
    with pytest.raises(Conflict, match="下一版"):
        evaluation.import_scheme(actor=county.drafter, at=at(13), text=changed, code=COUNTY)
    with pytest.raises(BadRules, match=r"办法.toml 的 indicator\[tax_per_mu\].weight"):
        wrong = SCHEME.format(version=2).replace("weight = 60", 'weight = "60"')
        evaluation.import_scheme(
            actor=county.drafter, at=at(13), text=wrong, code=COUNTY, filename="办法.toml"
        )
    with pytest.raises(NotAllowed):
        evaluation.import_scheme(actor=county.town, at=at(13), text=changed, code=COUNTY)
    with pytest.raises(BadValue, match="不能用于"):
        evaluation.start_run(actor=MACHINE, at=at(13), scheme=first, code="330482")
    second = scheme_in_force(county, version=2)
    first.refresh_from_db()
    assert (first.state, second.state) == (Scheme.State.REPLACED, Scheme.State.IN_FORCE)
