"""The list of suspects says what each hit rests on."""

from datetime import date
from decimal import Decimal

from tenglong.domain.evaluation.screening import screen
from tenglong.domain.evaluation.screening.rules import shipped_rules
from tenglong.domain.evaluation.tables.found import Unread
from tenglong.domain.kernel.messages import msg
from tenglong.domain.reporting.suspects import COLUMNS, suspect_page, suspect_rows

FIRM = {"id": "X1", "industry_section": "C", "scale": "规上", "land": Decimal(100), "tax": Decimal(1)}


def test_hits_then_what_could_not_be_tested_then_unread_rows() -> None:
    rules = shipped_rules()
    found = screen(rules, [FIRM, {"id": "X2"}], date=date(2022, 3, 1), data_source="a.csv")
    lost = Unread("台账!9", "X3", "演示三厂", 2022, "unreadable", msg("台账!D9：坏"))
    rows = [
        dict(zip(COLUMNS, row, strict=True)) for row in suspect_rows(rules, found, {"X1": "演示一厂"}, [lost])
    ]
    results = [row["result"] for row in rows]
    assert results == sorted(results, key=["疑似", "未能检验", "甄别提示", "无法读取"].index)
    hit = rows[0]
    assert (hit["id"], hit["name"], hit["date"], hit["data_source"]) == (
        "X1",
        "演示一厂",
        "2022-03-01",
        "a.csv",
    )
    assert hit["sentence"] and hit["source"] and hit["thresholds"]
    assert "100" in hit["inputs"]
    assert any(row["id"] == "X2" and "缺少：" in row["sentence"] for row in rows)
    assert rows[-1]["sentence"] == "台账!D9：坏"


def test_the_page_warns_that_a_hit_is_no_finding() -> None:
    page = suspect_page(shipped_rules(), 2022, [], "abc")
    assert "命中不是结论" in page.notes[0] and len(page.sheet.columns) == len(COLUMNS)
