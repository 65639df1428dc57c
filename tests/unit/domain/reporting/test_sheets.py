from tenglong.domain.reporting.sheets import Kind, Sheet, SheetColumn


def test_a_column_is_text_unless_said_otherwise_so_that_codes_keep_their_digits() -> None:
    assert SheetColumn("统一社会信用代码").kind is Kind.TEXT


def test_a_sheet_takes_rows_that_are_not_all_in_memory() -> None:
    sheet = Sheet("台账", (SheetColumn("序号", Kind.INTEGER),), ((number,) for number in range(3)))
    assert list(sheet.rows) == [(0,), (1,), (2,)]
