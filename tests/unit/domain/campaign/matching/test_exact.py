"""Only keys that are unique on both sides join. All firms are invented."""

from tenglong.domain.campaign.matching.exact import by_code, by_name_and_county, join
from tenglong.domain.campaign.reconciliation.comparison import Candidate, candidate

CODE, OTHER_CODE = "91330421MATE5T017P", "91330421MATE5T025J"


def ids(pairs: list[tuple[Candidate, Candidate]]) -> list[tuple[object, object]]:
    return [(one.id, other.id) for one, other in pairs]


def test_a_code_joins_where_it_is_unique() -> None:
    left = [
        candidate(1, "甲", code=CODE),
        candidate(2, "乙", code=OTHER_CODE),
        candidate(3, "丙", code=OTHER_CODE),
    ]
    right = [candidate("a", "丁", code=CODE), candidate("b", "戊", code=OTHER_CODE)]
    assert ids(list(join(left, right, by_code))) == [(1, "a")]


def test_a_row_that_two_rows_answer_by_different_names_joins_none() -> None:
    left = [candidate(1, "盛达纽扣厂", "宏达纽扣厂", place="330421")]
    right = [candidate("a", "盛达纽扣厂", place="330421"), candidate("b", "宏达纽扣厂", place="330421")]
    assert ids(list(join(left, right, by_name_and_county))) == []
    assert ids(list(join(right, left, by_name_and_county))) == []


def test_names_join_within_a_county_only_and_never_when_masked() -> None:
    left = [
        candidate(1, "盛达纽扣厂", place="330421"),
        candidate(2, "盛*纽扣厂", place="330421"),
        candidate(3, "宏达纽扣厂"),
    ]
    right = [
        candidate("a", "盛达纽扣厂", place="330482"),
        candidate("b", "盛*纽扣厂", place="330421"),
        candidate("c", "宏达纽扣厂"),
        candidate("d", "盛达钮扣厂（个人）", place="330421103"),
    ]
    assert ids(list(join(left, right, by_name_and_county))) == [(1, "d")]
