"""Files beside the ledgers: proofs of entries, and two that a user may try in the import centre."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tenglong.demo import columns, sheets
from tenglong.demo.campaign import campaign
from tenglong.demo.dirty import LEDGER, dirt_of
from tenglong.demo.steps import Record
from tenglong.demo.stories import Cell
from tenglong.domain.intake.writers.ledgers import LedgerColumn, OfficeLedger, write_ledger
from tenglong.domain.ledger.kinds import vocabulary

DAY = date(2021, 11, 9)


@dataclass
class Proof:
    """A file handed in with an entry."""

    content: bytes
    name: str | None
    content_type: str | None = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def chunks(self) -> Iterator[bytes]:
        """The content in one piece."""
        yield self.content


def write_samples(folder: Path) -> None:
    """A ledger with nothing but faults beside a few good rows, and a file that is no workbook at all."""
    rows = sheets.ledger_rows(campaign().province.stories[:20], DAY)
    faulty = sheets.workbook(
        "case_ledger",
        columns.PROVINCE_LEDGER,
        rows,
        title="高耗低效企业整治台账（演示数据，含错误行）",
        unit="嘉兴市整治办",
        day=DAY,
        sums=("area_vacated", "energy_freed"),
        dirt=dirt_of(LEDGER),
    )
    (folder / "试一试-含错误行的台账.xlsx").write_bytes(faulty)
    (folder / "试一试-损坏的文件.xlsx").write_bytes(faulty[: len(faulty) // 2])


def proof_sheet(step: Record) -> bytes:
    """A form that stands for the photographs and papers of an entry."""
    facts = (
        ("企业", step.firm),
        ("事项", vocabulary().kind(step.kind).zh),
        ("日期", step.effective_on),
        ("说明", step.reason or "演示数据，不是真实材料"),
    )
    return _form("佐证", "现场情况登记表（演示数据）", facts, step.at)


def piece_sheet(firm: str, piece: str, created: datetime) -> bytes:
    """A form that stands for a piece of evidence."""
    facts = (("企业", firm), ("佐证", piece), ("说明", "演示数据，不是真实材料"))
    return _form("佐证", "销号佐证（演示数据）", facts, created)


def objection_form(firm: str, claim: str, created: datetime) -> bytes:
    """The form that a firm stamps."""
    return _form("异议", "综合评价异议申请表（演示数据）", (("企业", firm), ("异议", claim)), created)


def _form(sheet: str, title: str, facts: Sequence[tuple[Cell, ...]], created: datetime) -> bytes:
    columns = (LedgerColumn("项目"), LedgerColumn("内容", width=40))
    return write_ledger([OfficeLedger(sheet, title, (), columns, facts)], created=created)
