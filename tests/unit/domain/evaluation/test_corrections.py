"""What an upheld objection may put into the table, and what cannot be."""

from decimal import Decimal

import pytest

from tenglong.domain.evaluation.corrections import check_corrections
from tenglong.domain.evaluation.kept import FirmsTable, Row, columns_of
from tenglong.domain.evaluation.shipped import shipped_scheme
from tenglong.domain.kernel.errors import BadValue

SCHEME = shipped_scheme("demo-jiaxing-2020")
COLUMNS = columns_of(SCHEME.column)


def row(id: str, **values: Decimal | str | bool | None) -> Row:
    """A firm of 2020."""
    known: Row = {
        "id": id, "year": Decimal(2020), "county": "嘉善县", "scale": "规上", "industry": "17",
        "tax": Decimal("100.5"), "land": Decimal(10),
    }  # fmt: skip
    return {**dict.fromkeys(COLUMNS), **known, **values}


TABLE = FirmsTable(COLUMNS, [row("1"), row("2", county="平湖市")])
KNOWN = {"county": {"海盐县"}, "scale": {"规上", "规下"}}


@pytest.mark.parametrize(
    "corrections",
    [
        {"tax": "95", "land": "0"},
        {"tax": "-3"},  # tax is paid back
        {"tax": None},
        {"county": "平湖市"},
        {"county": "海盐县"},
        {"scale": "规下"},
    ],
)
def test_what_can_be_is_accepted(corrections: dict[str, str | None]) -> None:
    check_corrections(SCHEME, TABLE, TABLE.rows[0], corrections, KNOWN)


@pytest.mark.parametrize(
    ("corrections", "words"),
    [
        ({"county": "火星县"}, "更正值“火星县”在本次评价中没有.*嘉善县、平湖市、海盐县"),
        ({"county": ""}, "更正值“缺”在本次评价中没有"),
        ({"scale": "巨型"}, "规上、规下"),
        ({"land": "-3"}, "用地.*“-3”小于 0"),
        ({"tax": "100.50"}, "与现在的相同（100.50）"),
        ({"county": "嘉善县"}, "与现在的相同"),
        ({"value_added": None}, "与现在的相同（缺）"),
    ],
)
def test_what_cannot_be_is_refused_with_column_value_and_remedy(
    corrections: dict[str, str | None], words: str
) -> None:
    with pytest.raises(BadValue, match=words):
        check_corrections(SCHEME, TABLE, TABLE.rows[0], corrections, KNOWN)
