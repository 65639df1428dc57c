"""Why a row or a table cannot be rated."""

import pytest

from tenglong.domain.evaluation.tables.found import check_bases, check_year, refuse_doubles, why_not
from tenglong.domain.evaluation.tables.wanted import wanted_by
from tenglong.domain.kernel.errors import BadFile, BadValue
from tenglong.domain.kernel.messages import msg
from tests.unit.domain.evaluation.tables.samples import scheme


@pytest.mark.parametrize(
    ("problem", "id", "year", "reason"),
    [(msg("坏"), "", None, "unreadable"), (None, "", 2022, "no_id"), (None, "X", None, "no_year")],
)
def test_the_first_reason_counts(problem, id: str, year, reason: str) -> None:
    found = why_not("台账!2", problem, id, year)
    assert found is not None and found[0] == reason


def test_a_whole_row_has_no_reason() -> None:
    assert why_not("台账!2", None, "X", 2022) is None


def test_doubles_name_firm_and_places() -> None:
    refuse_doubles("a.csv", {}, 0)
    with pytest.raises(BadFile, match="7 家企业.*X（a!2、a!3）"):
        refuse_doubles("a.csv", {"X": ["a!2", "a!3"]}, 7)


def test_bases() -> None:
    wanted = wanted_by(scheme())
    assert check_bases(wanted, {"energy": {"equivalent": ["E1"]}}) == []
    assert len(check_bases(wanted, {"energy": {"": ["E1"]}})) == 1
    with pytest.raises(BadValue, match="混用"):
        check_bases(wanted, {"energy": {"": ["E2"], "equivalent": ["E3"]}})


def test_two_firms_of_one_name_are_asked_for_a_code_and_never_told_to_merge() -> None:
    with pytest.raises(BadFile) as caught:
        refuse_doubles("a.csv", {"演示一厂": ["a.csv!2", "a.csv!3"]}, 1, by_name=True)
    assert "统一社会信用代码" in str(caught.value.message)
    assert "合并" not in str(caught.value.message)


def test_a_header_of_another_year_is_refused() -> None:
    check_year("a.csv", ["企业名称", "2020年税收(万元)"], 2020)
    check_year("a.csv", ["企业名称", "税收(万元)"], 2021)
    with pytest.raises(BadValue, match="2020 年，评价年度却是 2021 年"):
        check_year("a.csv", ["企业名称", "2020年税收(万元)"], 2021)
