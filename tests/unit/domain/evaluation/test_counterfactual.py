from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from tenglong.domain.evaluation.counterfactual.cheapest import counterfactual
from tenglong.domain.evaluation.counterfactual.results import Change, Counterfactual, Moved, Way
from tenglong.domain.evaluation.counterfactual.wording import advice
from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.trials import Trials, trials_on_rows
from tests.unit.domain.evaluation.county import FIRMS, firm, scheme


def trials(asked: Scheme, firms: tuple[dict[str, object], ...] = FIRMS) -> Trials:
    return trials_on_rows(asked, firms, 2024, evaluate)


def found(
    name: str, asked: Scheme | None = None, firms: tuple[dict[str, object], ...] = FIRMS
) -> Counterfactual:
    if asked is None and firms is FIRMS:
        return of_the_county(name)
    asked = asked or scheme()
    return counterfactual(asked, trials(asked, firms), name)


@cache
def of_the_county(name: str) -> Counterfactual:
    return counterfactual(scheme(), trials(scheme()), name)


def grades(asked: Scheme, name: str, changes: dict[str, Decimal]) -> dict[str, str]:
    """All grades after the firm's figures changed, as the judge sees it."""
    rows = [{**row, **changes} if row["id"] == name else row for row in FIRMS]
    return {one.id: one.grade for one in evaluate(asked, rows, year=2024).outcomes}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["庚", "辛", "癸", "己", "戊"])
def test_every_single_change_works_and_one_unit_less_does_not(name: str) -> None:
    for way in found(name).single:
        (change,) = way.changes
        unit = Decimal("0.01") if change.after > change.before else Decimal("-0.01")
        before = found(name).grade
        assert grades(scheme(), name, {change.column: change.after})[name] < before
        assert grades(scheme(), name, {change.column: change.after - unit})[name] == before


def test_the_way_tells_the_new_place_and_who_falls() -> None:
    asked = scheme(('benchmark = { average = "firms", by = ["industry"] }', "benchmark = { given = 60 }"))
    way = found("辛", asked).single[0]
    after = grades(asked, "辛", {one.column: one.after for one in way.changes})
    before = grades(asked, "辛", {})
    expected = tuple(
        Moved(one, before[one], after[one]) for one in before if one != "辛" and before[one] != after[one]
    )
    assert way.moved == expected != ()
    assert way.grade == after["辛"] == "B"


def test_the_firm_s_own_figures_move_the_average_it_is_measured_against() -> None:
    by_column = {way.changes[0].column: way for way in found("癸").single}
    (indicator, group, before, after) = by_column["value_added"].benchmarks[0]
    assert (indicator, group) == ("va_per_mu", ("纺织",))
    assert after > before
    assert by_column["tax"].benchmarks == ()


def test_an_indicator_at_its_cap_cannot_help() -> None:
    one = {item.column: item for item in found("己").futile}["tax"]
    assert one.most == Decimal(120) + 10 * Decimal(175)
    capped = evaluate(
        scheme(), [{**row, "tax": one.most} if row["id"] == "己" else row for row in FIRMS], year=2024
    )
    assert one.total == next(item.total for item in capped.outcomes if item.id == "己")


def test_a_veto_leaves_nothing_to_the_figures() -> None:
    answer = found("丁")
    assert (answer.hopeless, [rule.id for rule in answer.held_by], answer.single) == (True, ["accident"], ())
    assert [str(one) for one in advice(answer)] == [
        "档次受“安全生产事故一票否决”限制：不解除该情形，改变数据不能升档。"
    ]


def test_a_veto_that_does_not_bite_yet_is_told_too() -> None:
    firms = tuple({**row, "accident": row["id"] == "庚"} for row in FIRMS)
    answer = found("庚", firms=firms)
    assert (answer.grade, answer.hopeless, [rule.id for rule in answer.held_by]) == ("C", True, ["accident"])


@pytest.mark.slow
def test_a_veto_that_figures_can_end_is_searched() -> None:
    asked = scheme(
        ('when = "accident"\nkind = "veto"\ngrade = "C"', 'when = "tax < 500"\nkind = "veto"\ngrade = "C"')
    )
    answer = found("甲", asked)
    assert not answer.hopeless
    assert answer.single[0].changes[0].after == Decimal("500.00")
    assert answer.single[0].grade == "A"


@pytest.mark.slow
def test_fewer_people_are_never_advised() -> None:
    asked = scheme(("[column.energy]", "[column.staff]"), ('denominator = "energy"', 'denominator = "staff"'))
    firms = tuple({**row, "staff": row["energy"]} for row in FIRMS)
    answer = found("癸", asked, firms)
    assert "staff" not in {way.changes[0].column for way in answer.single}
    assert "staff" not in {one.column for one in answer.futile}
    assert {"land", "tax", "value_added"} == {way.changes[0].column for way in answer.single}


def test_the_best_and_the_exempt_need_no_change() -> None:
    assert found("甲") == Counterfactual("甲", "A", Decimal("146.67"))
    assert found("水厂") == Counterfactual("水厂", "T", None)


def test_a_missing_figure_is_to_be_reported_not_changed() -> None:
    answer = found("己")
    assert answer.unreported == (scheme().column["energy"],)
    assert all(change.column != "energy" for way in answer.single for change in way.changes)


def test_two_figures_by_the_same_share_and_a_thousandth_less_fails() -> None:
    pair = found("癸").pair
    assert pair is not None
    shares = [change.relative for change in pair.changes]
    assert max(shares) - min(shares) < Decimal("0.002")  # type: ignore[operator, type-var]
    assert grades(scheme(), "癸", {one.column: one.after for one in pair.changes})["癸"] == "C"
    shorter = {
        one.column: one.after - (one.after - one.before).copy_sign(one.after - one.before) / 50
        for one in pair.changes
    }
    assert grades(scheme(), "癸", shorter)["癸"] == "D"


def test_all_together_need_less_of_each_than_two() -> None:
    answer = found("癸")
    assert answer.pair and answer.together
    assert answer.together.changes[0].relative < answer.pair.changes[0].relative  # type: ignore[operator]


@pytest.mark.slow
def test_grades_by_score_need_no_one_to_fall() -> None:
    asked = scheme(
        ('by = "quota"\nrounding = "down"\n', 'by = "score"\n'),
        ("share = 20", "from = 100"), ("share = 40", "from = 60"), ("share = 35", "from = 30"),
        ('average = "firms", by = ["industry"]', "given = 60"),
    )  # fmt: skip
    for way in found("癸", asked).single:
        assert (way.grade, way.moved) == ("C", ())
        assert Decimal(30) <= way.total < Decimal("30.05")


@pytest.mark.slow
def test_what_a_firm_never_had_is_measured_by_its_peers() -> None:
    idle = firm("新厂", "0", "0", "10", "100")
    by_column = {way.changes[0].column: way.changes[0] for way in found("新厂", firms=(*FIRMS, idle)).single}
    assert by_column["value_added"] == Change(
        "value_added", scheme().column["value_added"], Decimal(0), by_column["value_added"].after
    )
    assert by_column["value_added"].relative is None


def test_the_advice_says_the_cheapest_first_and_what_cannot_help() -> None:
    said = [str(one) for one in advice(found("癸"))]
    assert said[0].startswith(
        "最省的一项：用地面积由 20 亩减至 16.76 亩（减少 3.24 亩，16.2%），总分变为 17.73 分、第 9 名"
    )
    assert any(one.startswith("各项同比例改变：") for one in said)
    way = found("癸").single[0]
    fallen = replace(found("癸"), single=(replace(way, moved=(Moved("壬", "C", "D"),)),))
    assert "（另有 1 家企业的档次随之变动）" in str(next(advice(fallen)))
    assert "（另有 1 家企业的档次随之变动：壬厂 C → D）" in str(next(advice(fallen, {"壬": "壬厂"})))
    assert "（另有 1 家企业的档次随之变动）" in str(next(advice(fallen, {"壬": ""})))
    two = replace(fallen, single=(replace(way, moved=(Moved("壬", "C", "D"), Moved("辛", "B", "C"))),))
    assert "（另有 2 家企业的档次随之变动，如：壬厂 C → D）" in str(
        next(advice(two, {"壬": "壬厂", "辛": ""}))
    )
    assert isinstance(way, Way)
