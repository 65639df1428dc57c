"""A small county of invented firms and its scheme, with which explanations, changes and rehearsals are tried."""

import tomllib
from decimal import Decimal
from typing import Any

from tenglong.domain.evaluation.schemes import Scheme

TEXT = """
id = "county-2024"
title = "演示县亩均效益综合评价办法"
title_en = "Scheme of a demonstration county"
place = "演示县"
year = 2024
version = 1

[column.tax]
zh = "评价税收"
en = "tax"
unit = "万元"
[column.value_added]
zh = "工业增加值"
en = "value added"
unit = "万元"
[column.land]
zh = "用地面积"
en = "land"
unit = "亩"
[column.energy]
zh = "综合能耗"
en = "energy"
unit = "吨标准煤"
[column.industry]
zh = "行业"
en = "industry"
type = "text"
[column.town]
zh = "镇（街道）"
en = "town"
type = "text"
[column.accident]
zh = "发生安全生产事故"
en = "accident"
type = "flag"
[column.new]
zh = "新建企业"
en = "new firm"
type = "flag"
[column.utility]
zh = "公用事业"
en = "utility"
type = "flag"

[[exempt]]
id = "utility"
zh = "水电气供应企业"
en = "utilities"
when = "utility"
grade = "T"

[[indicator]]
id = "tax_per_mu"
zh = "亩均税收"
en = "tax per mu"
numerator = "tax"
denominator = "land"
unit = "万元/亩"
weight = 50
cap = 1.5
benchmark = { given = 20 }
[[indicator]]
id = "va_per_mu"
zh = "亩均增加值"
en = "value added per mu"
numerator = "value_added"
denominator = "land"
unit = "万元/亩"
weight = 30
cap = 1.5
benchmark = { average = "firms", by = ["industry"] }
[[indicator]]
id = "va_per_tce"
zh = "单位能耗增加值"
en = "value added per tce"
numerator = "value_added"
denominator = "energy"
unit = "万元/吨标准煤"
weight = 20
cap = 1.5
missing = "average"
benchmark = { given = 3 }

[grades]
by = "quota"
rounding = "down"
steps = [{ grade = "A", share = 20 }, { grade = "B", share = 40 }, { grade = "C", share = 35 }, { grade = "D" }]

[[adjust]]
id = "new"
zh = "新建企业保护"
en = "new firms are protected"
when = "new"
kind = "protect"
grade = "C"
[[adjust]]
id = "accident"
zh = "安全生产事故一票否决"
en = "veto after an accident"
when = "accident"
kind = "veto"
grade = "C"
"""


def scheme(*changes: tuple[str, str]) -> Scheme:
    """The scheme, with pieces of its text replaced; a piece that is not there is a mistake of the test."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Scheme.model_validate(tomllib.loads(text, parse_float=Decimal))


def firm(
    name: str, tax: str | None, value_added: str | None, land: str, energy: str | None, **others: Any
) -> dict[str, Any]:
    """A row of the table of firms, in 2024 unless `others` says otherwise."""
    numbers = {"tax": tax, "value_added": value_added, "land": land, "energy": energy}
    return {
        "id": name, "year": 2024, **{column: text and Decimal(text) for column, text in numbers.items()},
        "industry": "钮扣", "town": "东镇", "accident": False, "new": False, "utility": False,
    } | others  # fmt: skip


FIRMS = (
    firm("甲", "400", "1600", "10", "400"),
    firm("乙", "300", "1500", "10", "400", town="西镇"),
    firm("丙", "500", "2000", "25", "800", industry="纺织"),
    firm("丁", "300", "1100", "18", "500", industry="纺织", accident=True),
    firm("戊", "150", "900", "10", "300", town="西镇"),
    firm("己", "120", "700", "10", None),
    firm("庚", "200", "900", "22", "700", industry="纺织", town="西镇"),
    firm("辛", "60", "500", "10", "350"),
    firm("壬", "30", "300", "15", "330", new=True),
    firm("癸", "20", "300", "20", "500", industry="纺织", town="西镇"),
    firm("水厂", "5", "90", "40", "300", utility=True),
)
