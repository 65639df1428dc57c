"""合计 rows that agree, and one that does not."""

from decimal import Decimal

import pytest

from tenglong.domain.intake.totals import TotalsCheck


def warnings(stated: int, *, subtotal: bool) -> list[str]:
    check = TotalsCheck()
    check.add({"land": Decimal(10)})
    check.state([("land", "用地", "F3", Decimal(10))])
    check.add({"land": Decimal(5)})
    if subtotal:
        check.state([("land", "用地", "F5", Decimal(stated))])
        check.add({"land": Decimal(100)})
    else:
        check.state([("land", "用地", "F5", Decimal(stated))])
    return [str(warning) for warning in check.warnings("台账")]


@pytest.mark.parametrize(("stated", "subtotal"), [(15, False), (5, False), (5, True), (115, True)])
def test_a_total_may_mean_all_above_or_since_the_last_one_or_all(stated: int, subtotal: bool) -> None:
    assert warnings(stated, subtotal=subtotal) == []


def test_a_total_that_agrees_with_nothing_is_told_with_its_cell() -> None:
    assert warnings(16, subtotal=False) == ["工作表“台账”F5 的合计“用地”是 16，数据行相加是 15，请核对。"]
