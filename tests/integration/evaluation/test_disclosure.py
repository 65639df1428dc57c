"""What a town is told of the firms of other towns: nothing, not even in sums."""

import pytest

from tenglong.actions import evaluation
from tenglong.domain.access.policy import Scope, scope_of
from tenglong.queries.evaluation.disclosure import measures_for
from tenglong.queries.evaluation.runs import Counts, standing
from tenglong.store.models import Evaluation
from tests.integration.evaluation.world import COUNTY, SCHEME, County, Paper, at, build_county, worked

pytestmark = pytest.mark.django_db

TOWN = """[column.town]
zh = "镇（街道）"
en = "Town"
type = "text"
[column.utility]"""
BY_TOWN = SCHEME.replace("[column.utility]", TOWN, 1).replace(
    'by = "quota"', 'by = "quota"\npeers = ["town"]'
)


def publicised(county: County) -> Evaluation:
    """Results by town, shown to all."""
    text = BY_TOWN.format(version=1)
    scheme = evaluation.import_scheme(actor=county.drafter, at=at(13), text=text, code=COUNTY)
    scheme = evaluation.put_in_force(actor=county.chief, at=at(13), scheme=scheme)
    run = worked(evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme))
    return evaluation.publicise(actor=county.chief, at=at(14), run=run)


def groups(run: Evaluation, scope: Scope) -> list[list[str]]:
    return [group for group, _ in measures_for(run, scope).cuts]


def test_a_town_is_told_of_no_objection_of_another_town() -> None:
    county = build_county()
    run = publicised(county)
    evaluation.record_objection(
        actor=county.town, at=at(15), firm=county.firms[0], run=run, claim="漏计", files=[Paper()]
    )
    told = {
        name: standing(run, getattr(county, name), at(16).date()) for name in ("chief", "town", "other_town")
    }
    assert {name: found.objections for name, found in told.items()} == {
        "chief": Counts(1, 0, 0),
        "town": Counts(1, 0, 0),
        "other_town": Counts(0, 0, 0),
    }
    assert "现有 0 件异议" in str(told["other_town"].sentence)


def test_a_town_reads_the_cuts_of_its_own_groups_only() -> None:
    county = build_county()
    run = publicised(county)
    assert sorted(groups(run, scope_of(county.chief))) == sorted([["西塘镇"], ["魏塘街道"]])
    assert groups(run, scope_of(county.town)) == [["西塘镇"]]
    assert groups(run, scope_of(county.other_town)) == [["魏塘街道"]]
    assert measures_for(run, scope_of(county.town)).benchmarks["tax_per_mu"][0][0] == []


def test_a_small_group_is_told_to_its_own_level_only() -> None:
    county = build_county(firms=6)
    run = publicised(county)
    assert len(groups(run, scope_of(county.chief))) == 2
    assert groups(run, scope_of(county.town)) == []
