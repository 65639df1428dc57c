"""The first paper of a dossier lists what is in the bag, and what is not."""

from dataclasses import replace

from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.dossiers import dossier_document
from tests.unit.domain.campaign.test_dossiers import dossier


def tables(document: d.Document) -> list[d.Table]:
    return [block for block in document.blocks if isinstance(block, d.Table)]


def test_it_lists_entries_files_and_approvals() -> None:
    subject, entries, pieces, approvals = tables(dossier_document(dossier()))
    assert ("企业名称", "演示厂") in subject.rows and ("统一社会信用代码", "—") in subject.rows
    assert [row[0] for row in entries.rows] == ["1", "2", "3", "4"]
    assert pieces.rows == (("1", "腾空", "2021-09-01", "3-1-现场_1.jpg", ""),)
    assert approvals.rows == (("4", "核查", "2021-09-01", "乙", "甲"),)


def test_what_lacks_stands_in_the_list() -> None:
    told = dossier()
    lacking = replace(told.pieces[0], files=(), lacks=1, past=True)
    rows = tables(dossier_document(replace(told, pieces=(lacking,))))[2].rows
    assert rows == (("—", "腾空", "2021-09-01", "—", "缺 1 件，历史补录"),)


def test_an_invented_firm_is_marked() -> None:
    told = dossier()
    assert d.Notice("（演示数据）") in dossier_document(told).blocks
    real = replace(told, subject=replace(told.subject, synthetic=False))
    assert not [block for block in dossier_document(real).blocks if isinstance(block, d.Notice)]
