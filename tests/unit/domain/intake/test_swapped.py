"""Columns that changed places are seen by most of their cells; one odd cell is none. All invented."""

import pytest

from tenglong.domain.intake.swapped import NameColumn, looks_like_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9133042170000001XG", True),
        ("９１３３０４２１ 70000001XG", True),
        ("330421000012345", True),
        ("嘉善试甲厂", False),
        ("ABCDEFGHIJKLMNOPQR", False),
        ("", False),
    ],
)
def test_codes_are_told_from_names(text: str, code: bool) -> None:
    assert looks_like_code(text) is code


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["9133042170000001XG", "9133042170000002XH", "嘉善试甲厂"], "代码列可能互换"),
        (["嘉善县魏塘街道试验路1号", "试验路2号3幢", "嘉善试甲厂"], "地址列可能互换"),
        (["9133042170000001XG", "嘉善试甲厂"], ""),
        (["嘉善试甲厂", "嘉善6号渔港饭店"], ""),
        (["嘉善第1号纽扣厂", "嘉善第2号纽扣厂"], ""),
        ([], ""),
    ],
)
def test_most_cells_decide(cells: list[str], said: str) -> None:
    column = NameColumn()
    for cell in cells:
        column.add(cell)
    assert (said in str(column.problem)) if said else column.problem is None
