"""A ledger as offices draw it up, read back by the intake that it is made for."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tenglong.domain.intake.writers.ledgers import LedgerColumn, OfficeLedger, write_ledger
from tests.intake_files import parse

CREATED = datetime(2021, 11, 9, 8, tzinfo=UTC)
LEDGER = OfficeLedger(
    name="总台账",
    title="高耗低效企业整治台账（演示数据）",
    remarks=("填报单位：演示整治办", "单位：亩、吨标煤"),
    columns=(
        LedgerColumn("序号"),
        LedgerColumn("县(市、区)"),
        LedgerColumn("镇(街道)"),
        LedgerColumn("企业名称"),
        LedgerColumn("签约日期", "进度"),
        LedgerColumn("销号日期", "进度"),
        LedgerColumn("实际腾出用地(亩)", "成效"),
    ),
    rows=[
        [1, "嘉善县", "西塘镇", "演示甲厂", date(2021, 9, 9), None, Decimal("12.5")],
        [2, "嘉善县", "西塘镇", "=演示乙厂", None, date(2021, 11, 9), Decimal(3)],
    ],
    total=["合计", "", "", "", "", "", Decimal("15.5")],
)


def test_the_intake_reads_back_what_was_drawn(tmp_path):
    path = tmp_path / "台账.xlsx"
    path.write_bytes(write_ledger([LEDGER], created=CREATED))
    rows, summary = parse(path, "case_ledger")
    read = [(row.value("firm_name"), row.value("signed_on"), row.value("area_vacated")) for row in rows]
    assert read == [("演示甲厂", date(2021, 9, 9), Decimal("12.5")), ("=演示乙厂", None, Decimal(3))]
    assert summary.read == 2


def test_equal_input_gives_equal_bytes():
    assert write_ledger([LEDGER], created=CREATED) == write_ledger([LEDGER], created=CREATED)
