"""The result table is the same from the judge and from the columnar engine; no row is lost."""

from pathlib import Path

import polars as pl

from tenglong.domain.evaluation.engines.columnar.files import run_files
from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.tables.measures import summary_of
from tenglong.domain.evaluation.tables.outcomes import frame_of, rows_of, whole_result
from tenglong.domain.evaluation.tables.reading import read_firms
from tenglong.domain.evaluation.tables.wanted import wanted_by
from tests.unit.domain.evaluation.tables.samples import FIRMS, HEADER, scheme, write_csv

BAD = ("演示四厂", "X4", "2022", "不详", "1", "1", "17", "否")
OTHER_YEAR = ("演示五厂", "X5", "2021", "不详", "1", "1", "17", "否")


def test_judge_and_columns_agree_and_unread_rows_follow(tmp_path: Path) -> None:
    rated, wanted = scheme(), wanted_by(scheme())
    table = read_firms(write_csv(tmp_path / "a.csv", [HEADER, *FIRMS, BAD, OTHER_YEAR]), wanted, tmp_path)
    found = evaluate(rated, rows_of(table.path, wanted), year=2022)
    judged = whole_result(frame_of(rated, found, "all").lazy(), table, 2022).collect()
    run_files(rated, table.path, tmp_path / "out.parquet", year=2022, detail="all")
    columnar = whole_result(pl.scan_parquet(tmp_path / "out.parquet"), table, 2022).collect()
    assert judged.equals(columnar)
    assert judged.select("id", "status", "reason").rows() == [
        ("X1", "rated", ""),
        ("X2", "rated", ""),
        ("X3", "not_rated", "fresh_firm"),
        ("X4", "not_rated", "unreadable"),
    ]
    summary = summary_of(rated, judged.lazy(), ())
    assert summary.statuses == {"not_rated": 2, "rated": 2}
    assert [(line.id, line.group, line.firms) for line in summary.cuts] == [
        ("A", ("17",), 1),
        ("B", ("17",), 1),
    ]
