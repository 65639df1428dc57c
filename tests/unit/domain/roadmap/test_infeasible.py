from tenglong.domain.roadmap.infeasible.rules import Relaxation
from tenglong.domain.roadmap.infeasible.search import cheapest_relaxation, conflict, explain
from tests.unit.domain.roadmap.small import content, problem


def tight(**changes: float) -> list[dict[str, object]]:
    limits = content()["limits"]
    limits[1] |= {"at_most": 4} | changes
    return limits


def test_where_all_can_be_met_there_is_no_conflict() -> None:
    assert conflict(problem()) is None
    assert cheapest_relaxation(problem()) == ()
    assert explain(problem()) == ()


def test_a_conflict_names_only_what_matters() -> None:
    found = conflict(problem(limits=tight()))
    assert found is not None
    assert (found.limits, found.orders, found.must) == ((1,), (), (1,))


def test_the_cheapest_relaxation_says_how_far() -> None:
    moved = cheapest_relaxation(problem(limits=tight(cost=2)))
    assert moved is not None
    assert [(one.limit, one.by) for one in moved] == [(1, 40)]
    assert moved[0].cost == 8
    assert isinstance(moved[0], Relaxation)


def test_the_answer_is_in_words() -> None:
    said = [str(one) for one in explain(problem(limits=tight()))]
    assert said[0].startswith("以下 2 项不能同时满足")
    assert "限制 money：money 至多 4.0万元" in said
    assert "企业 B 必须启动" in said
    assert said[-1] == "限制 money 由 4.0万元 提高到 8.0万元"


def test_an_order_may_be_part_of_it() -> None:
    firms = content()["firms"]
    firms[1] |= {"must": False, "measures": [{"name": "close", "from": 4, "amounts": {}}]}
    firms[0]["must"] = True
    found = conflict(problem(firms=firms, limits=[]))
    assert found is not None
    assert (found.limits, found.orders, found.must) == ((), (0,), (0,))
