"""The workbooks of the demonstration are read by the intake as they were meant."""

from datetime import date
from decimal import Decimal

import pytest

from tenglong.demo import columns, sheets
from tenglong.demo.campaign import campaign
from tenglong.demo.dirty import dirt_of, rejected_rows
from tenglong.domain.intake.readers.sandbox import read_table

DAY = date(2021, 11, 9)


def drawn(stories, **more) -> bytes:
    return sheets.workbook(
        "case_ledger",
        columns.PROVINCE_LEDGER,
        sheets.ledger_rows(stories, DAY),
        title="高耗低效企业整治台账（演示数据）",
        unit="嘉兴市整治办",
        day=DAY,
        **more,
    )


@pytest.fixture
def stories():
    return [story for story in campaign().province.stories if story.in_ledger(DAY)][:30]


def test_a_ledger_with_two_level_headers_total_and_signatures_is_read_whole(tmp_path, stories):
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(drawn(stories, sums=("area_vacated", "energy_freed")))
    with read_table(path, path.name, "case_ledger") as table:
        rows = list(table.rows())
        assert table.summary.read == 30
        assert not table.summary.unknown_columns
        assert not table.summary.warnings
        assert {other.kind.value for other in table.summary.other_rows} == {
            "title",
            "unit",
            "header",
            "total",
            "note",
        }
    assert [row.value("firm_name") for row in rows] == [story.firm.name for story in stories]
    assert not any(row.problems for row in rows)
    freed = sum((row.value("energy_freed") or Decimal(0) for row in rows), Decimal(0))
    assert freed == sum((story.amount("energy_freed") for story in stories), Decimal(0))


def test_equal_stories_give_equal_bytes(stories):
    assert drawn(stories) == drawn(stories)


def test_the_csv_is_in_gb18030_and_read_like_a_workbook(tmp_path, stories):
    rows = sheets.observed_rows(stories, 2020)
    path = tmp_path / "observed.csv"
    path.write_bytes(sheets.gb18030_csv("observations", columns.OBSERVED, rows, title="年度数据（演示数据）"))
    with pytest.raises(UnicodeDecodeError):
        path.read_text(encoding="utf-8")
    with read_table(path, path.name, "observations") as table:
        read = list(table.rows())
    assert [row.value("tax") for row in read] == [row["tax"] for row in rows]


def test_a_case_under_way_shows_only_what_was_known(stories):
    early = sheets.ledger_rows(stories, date(2021, 9, 14))
    late = sheets.ledger_rows(stories, DAY)
    assert sum("written_off_on" in row for row in early) < sum("written_off_on" in row for row in late)


def test_only_changed_rows_stand_in_a_weekly_ledger():
    stories = campaign().buttons.stories
    changed = sheets.ledger_rows(stories, date(2021, 6, 8), since=date(2021, 6, 1))
    assert 0 < len(changed) < len(stories)


def test_dirty_rows_cover_every_kind_of_file():
    assert {item.file for item in rejected_rows()} == {"pushed", "review", "ledger", "observed"}
    assert len(rejected_rows()) >= 20
    assert all(dirt_of(file) for file in ("pushed", "review", "ledger", "observed"))
    names = [item.name for item in rejected_rows()]
    assert len(set(names)) == len(names)
