"""Files beside the replayed ones, for a user who wants to try the import centre: one bad, one broken."""

from datetime import date
from pathlib import Path

from tenglong.demo import sheets
from tenglong.demo.campaign import campaign
from tenglong.demo.dirty import LEDGER, dirt_of

DAY = date(2021, 11, 9)


def write_samples(folder: Path) -> None:
    """A ledger with nothing but faults beside a few good rows, and a file that is no workbook at all."""
    rows = sheets.ledger_rows(campaign().province.stories[:20], DAY)
    faulty = sheets.workbook(
        "case_ledger",
        sheets.PROVINCE_LEDGER,
        rows,
        title="高耗低效企业整治台账（演示数据，含错误行）",
        unit="嘉兴市整治办",
        day=DAY,
        sums=("area_vacated", "energy_freed"),
        dirt=dirt_of(LEDGER),
    )
    (folder / "试一试-含错误行的台账.xlsx").write_bytes(faulty)
    (folder / "试一试-损坏的文件.xlsx").write_bytes(faulty[: len(faulty) // 2])
