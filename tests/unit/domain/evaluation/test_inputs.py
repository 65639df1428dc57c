"""Units and bases of a table against those of its scheme."""

import pytest

from tenglong.domain.evaluation.inputs import Stated, check_units, one_basis, same_unit
from tenglong.domain.evaluation.schemes import Column, Indicator, Scheme
from tenglong.domain.kernel.errors import BadValue

SCHEME = Scheme(
    id="test",
    title="测试",
    title_en="Test",
    place="演示",
    year=2020,
    version=1,
    column={
        "tax": Column(zh="税收", en="Tax", unit="万元"),
        "energy": Column(zh="综合能耗", en="Energy", unit="吨标煤", basis="equivalent"),
        "cod": Column(zh="COD", en="COD", unit="吨", basis="permitted"),
        "power": Column(zh="用电量", en="Electricity", unit="万kWh"),
    },
    indicator=(
        Indicator(id="one", zh="一", en="One", numerator="tax", unit="万元", weight=1, method="value"),
    ),
)


def test_a_table_in_the_units_and_bases_of_the_scheme_is_accepted() -> None:
    table = {
        "tax": Stated("万元"),
        "energy": Stated("tce", {"等价值": ["甲厂"], "equivalent": ["乙厂"]}),
        "cod": Stated("吨", {"核定法": ["甲厂"], "": []}),
        "power": Stated("万千瓦时"),
    }
    check_units(SCHEME, table)


def test_what_a_table_does_not_state_is_as_the_scheme_says() -> None:
    check_units(SCHEME, {"tax": Stated(), "energy": Stated("", {"": ["甲厂", "乙厂"]})})


@pytest.mark.parametrize(
    ("column", "stated", "said"),
    [
        ("tax", Stated("元"), "“税收”的单位是元，评价办法按万元计算，请换算成万元"),
        ("power", Stated("kWh"), "“用电量”的单位是kWh"),
        (
            "energy",
            Stated("吨标煤", {"calorific": ["乙厂"], "equivalent": ["甲厂"]}),
            "混用了不同口径（当量：乙厂；等价：甲厂）",
        ),
        (
            "energy",
            Stated("吨标煤", {"当量": ["甲厂", "乙厂"]}),
            "按当量填报（甲厂、乙厂），评价办法要求等价",
        ),
        ("energy", Stated("吨标煤", {"": ["乙厂"], "equivalent": ["甲厂"]}), "未注明：乙厂；等价：甲厂"),
        ("cod", Stated("吨", {"measured": ["乙厂"], "permitted": ["甲厂"]}), "实测：乙厂；核定：甲厂"),
        (
            "cod",
            Stated("吨", {"在线监测": list("甲乙丙丁")}),
            "按实测填报（甲、乙、丙等4处），评价办法要求核定",
        ),
    ],
)
def test_another_unit_or_basis_is_refused_with_the_firms(column: str, stated: Stated, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        check_units(SCHEME, {column: stated})


def test_a_column_without_a_basis_of_its_own_takes_any_one() -> None:
    assert one_basis({"measured": ["第3行"]}, "COD") == "measured"
    assert one_basis({}, "COD") == ""
    with pytest.raises(BadValue, match="“COD”混用了不同口径"):
        one_basis({"measured": ["第3行"], "permitted": ["第4行"]}, "COD")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("吨标准煤", "tce", True),
        ("万元", "元", False),
        ("t", "吨", True),
        ("度", "kWh", True),
        ("家", "家", True),
    ],
)
def test_spellings_of_one_unit_are_the_same(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same
