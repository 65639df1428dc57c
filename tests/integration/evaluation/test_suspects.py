"""Suspected firms become a roster, each with the rules and numbers that say why."""

from datetime import date

import pytest

from tenglong.actions import evaluation
from tenglong.domain.access.policy import Scope, scope_of
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed
from tenglong.domain.kernel.periods import Window
from tenglong.queries.evaluation.suspects import screen_place, suspects_of, suspects_of_run, untested_by_rule
from tenglong.store.models import Case, Entry, Place
from tests.integration.evaluation.world import (
    COUNTY,
    YEAR,
    County,
    at,
    build_county,
    drafted,
    observe,
    scheme_in_force,
)

pytestmark = pytest.mark.django_db
EVERYWHERE = Scope(everywhere=True)


def to_roster(county: County, suspects, actor=None, code: str = "suspects"):
    return evaluation.suspects_to_roster(
        actor=actor or county.chief,
        at=at(14),
        suspects=suspects,
        place=Place.objects.get(code=COUNTY, valid_to=None),
        code=code,
        title="疑似低效企业",
        issuer="嘉善县整治办（测试）",
        definition_text="筛查规则命中的企业",
        window=Window(date(2021, 9, 1), date(2021, 12, 31)),
    )


def test_screening_pushes_each_firm_once_with_all_its_reasons() -> None:
    county = build_county()
    found = screen_place(COUNTY, YEAR, EVERYWHERE, on=date(2021, 9, 14))
    low = county.firms[9]  # ten thousand yuan per mu
    mine = next(one for one in found.suspects if one.firm_id == low.pk)
    assert found.tested == 10 and len(mine.hits) >= 2 and "R05" in untested_by_rule(found.screening)
    roster = to_roster(county, found.suspects)
    assert Case.objects.filter(roster=roster).count() == len(found.suspects)
    entry = Entry.objects.get(kind="pushed", case_id=Case.objects.get(roster=roster, firm=low).pk)
    assert entry.kind == "pushed" and entry.recorded_by == "chief"
    hit = entry.details["hits"][0]
    assert (
        hit["rule"].startswith("R02")
        and hit["inputs"]["tax_per_mu"] == "1"
        and hit["thresholds"]
        and hit["source"]
    )
    assert hit["date"] == "2021-09-14" and "年度数据表" in hit["data_source"]
    assert "1" in entry.details["reason"]
    observe(county.firms[0], tax=1)
    again = screen_place(COUNTY, YEAR, EVERYWHERE, on=date(2021, 9, 14))
    assert (
        evaluation.push_suspects(actor=county.chief, at=at(15), roster=roster, suspects=again.suspects) == 1
    )
    assert all(one.hits[0]["rule"] == "R02A" for one in suspects_of(again.screening, ["R02A"]))


def test_grades_of_a_run_become_a_roster() -> None:
    county = build_county()
    run = drafted(county, scheme_in_force(county))
    suspects = suspects_of_run(run, EVERYWHERE)
    assert [one.firm_id for one in suspects] == [firm.pk for firm in county.firms[8:]]
    assert (
        str(suspects[0].reasons[0]) == "2020 年度综合评价（试算）为 D 类：得分 61.82，在同组 10 家中排第 9。"
    )
    roster = to_roster(county, suspects)
    entry = Entry.objects.filter(roster_id=roster.pk, kind="pushed").first()
    assert entry.details["hits"][0]["input_digest"] == run.input_digest
    assert len(suspects_of_run(run, scope_of(county.town))) == 1


def test_who_may_not_found_rosters_may_not_push() -> None:
    county = build_county()
    suspects = suspects_of_run(drafted(county, scheme_in_force(county)), EVERYWHERE)
    with pytest.raises(NotAllowed):
        to_roster(county, suspects, actor=county.town)
    with pytest.raises(BadValue, match="没有疑似企业"):
        to_roster(county, ())
    to_roster(county, suspects)
    with pytest.raises(Conflict, match="已被使用"):
        to_roster(county, suspects)
