from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.rehearsal import contributions, deciding_rules, movement
from tenglong.domain.evaluation.robustness import Switch
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.trials import Trials, trials_on_rows
from tests.unit.domain.evaluation.county import FIRMS, scheme

DRAFT = scheme(
    ("share = 20", "share = 30"),
    ("share = 40", "share = 30"),
    ('kind = "veto"\ngrade = "C"', 'kind = "veto"\ngrade = "D"'),
)


def trials() -> Trials:
    return trials_on_rows(scheme(), FIRMS, 2024, evaluate)


def grades(asked: Scheme) -> dict[str, str]:
    return {one.id: one.grade for one in evaluate(asked, FIRMS, year=2024).outcomes}


def test_the_movement_is_the_difference_of_two_runs() -> None:
    before, after = grades(scheme()), grades(DRAFT)
    found = movement(scheme(), DRAFT, trials(), by=("town", "industry"))
    assert {one.firm: (one.before, one.after) for one in found.switches} == {
        firm: (before[firm], after[firm]) for firm in before if before[firm] != after[firm]
    }
    assert found.switches == (Switch("丙", "B", "A"), Switch("丁", "C", "D"))
    assert sum(found.matrix.values()) == len(FIRMS)
    assert found.matrix["B", "A"] == 1


def test_the_movement_is_told_by_town_and_by_industry() -> None:
    found = movement(scheme(), DRAFT, trials(), by=("town", "industry"))
    assert found.by["industry"]["纺织"]["B", "A"] == found.by["town"]["东镇"]["B", "A"] == 1
    assert ("B", "A") not in found.by["town"]["西镇"]
    for matrices in found.by.values():
        assert sum(sum(matrix.values()) for matrix in matrices.values()) == len(FIRMS)


def test_a_rule_decides_alone_where_the_grade_would_be_another_without_it() -> None:
    found = {one.rule: one.switches for one in deciding_rules(scheme(), trials())}
    assert found["accident"] == (Switch("丁", "C", "B"),)
    assert found["new"] == ()
    assert found["utility"] == (Switch("癸", "D", "C"), Switch("水厂", "T", "D"))


def test_two_rules_that_hold_the_same_grade_decide_neither_alone() -> None:
    again = '[[adjust]]\nid = "again"\nzh = "环保"\nen = "x"\nwhen = "accident"\nkind = "veto"\ngrade = "C"'
    accident = '[[adjust]]\nid = "accident"'
    twice = scheme((accident, f"{again}\n{accident}"))
    found = {one.rule: one.switches for one in deciding_rules(twice, trials())}
    assert (found["again"], found["accident"]) == ((), ())


def test_each_change_of_the_draft_is_tried_alone() -> None:
    found = {one.difference.id: one.switches for one in contributions(scheme(), DRAFT, trials())}
    assert found == {
        "adjust.accident.grade": (Switch("丁", "C", "D"),),
        "grades.steps": (Switch("丙", "B", "A"),),
    }


TAX_PER_TCE = """
[[indicator]]
id = "tax_per_tce"
zh = "单位能耗税收"
en = "tax per tce"
numerator = "tax"
denominator = "energy"
unit = "万元/吨标准煤"
weight = 10
benchmark = { given = 1 }
"""


def test_a_change_that_cannot_stand_alone_says_why() -> None:
    draft = scheme(
        ("[grades]", f"{TAX_PER_TCE}[grades]"),
        ('when = "accident"', 'when = "accident or tax_per_tce < 0.1"'),
    )
    found = {one.difference.id: one for one in contributions(scheme(), draft, trials())}
    assert found["indicator.tax_per_tce"].problem is None
    assert "tax_per_tce" in str(found["adjust.accident.when"].problem)
    assert found["adjust.accident.when"].switches == ()
