"""A small scheme, and one table of invented firms as each kind of file."""

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tenglong.domain.evaluation.loading import read_scheme
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.tables.found import FirmTable
from tenglong.domain.evaluation.tables.reading import read_firms
from tenglong.domain.evaluation.tables.wanted import wanted_by
from tests.intake_files import write_xlsx

SCHEME = """
id = "demo"
title = "演示办法"
title_en = "Demonstration"
place = "演示县"
year = 2022
version = 1
source = "示例"
[column.tax]
zh = "实缴税收"
en = "Tax"
unit = "万元"
[column.energy]
zh = "综合能耗（等价值）"
en = "Energy"
unit = "吨标煤"
basis = "equivalent"
[column.land]
zh = "用地面积"
en = "Land"
unit = "亩"
[column.industry]
zh = "行业"
en = "Industry"
type = "text"
[column.fresh]
zh = "新上规"
en = "Newly above scale"
type = "flag"
[[exempt]]
id = "fresh_firm"
zh = "新上规企业"
en = "Newly above scale"
when = "fresh"
[[indicator]]
id = "tax_per_mu"
zh = "亩均税收"
en = "Tax per mu"
numerator = "tax"
denominator = "land"
unit = "万元/亩"
weight = 60
benchmark = { average = "firms", by = ["industry"] }
[[indicator]]
id = "tax_per_tce"
zh = "单位能耗税收"
en = "Tax per tce"
numerator = "tax"
denominator = "energy"
unit = "万元/吨标煤"
weight = 40
benchmark = { average = "pooled" }
[grades]
by = "quota"
peers = ["industry"]
steps = [
    { grade = "A", share = 20 },
    { grade = "B", share = 40 },
    { grade = "C", share = 20 },
    { grade = "D" },
]
"""

HEADER = (
    "企业名称",
    "统一社会信用代码",
    "年度",
    "实缴税收(万元)",
    "综合能耗(等价值,吨标煤)",
    "用地面积(亩)",
    "行业",
    "新上规",
)
FIRMS = (
    ("演示一厂", "X1", "2022", "120.5", "300", "10", "17", "否"),
    ("演示二厂", "X2", "2022", "80", "", "12.5", "17", "否"),
    ("演示三厂", "X3", "2022", "0.1", "45", "8", "18", "是"),
)

Cells = Sequence[Sequence[Any]]


def scheme(text: str = SCHEME) -> Scheme:
    """The small scheme, or another."""
    return read_scheme("demo.toml", text.encode())


def write_csv(path: Path, rows: Cells, encoding: str = "utf-8") -> Path:
    """The rows as CSV; None is an empty cell."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return path


def write_parquet(path: Path, rows: Cells) -> Path:
    """The rows under the first as Parquet, every cell a text."""
    header, *body = rows
    cells = [[None if cell in (None, "") else str(cell) for cell in row] for row in body]
    pl.DataFrame(cells, schema=[str(name) for name in header], orient="row").write_parquet(path)
    return path


def write_table(path: Path, rows: Cells) -> Path:
    """The rows in the format that the name asks for."""
    writers = {".csv": write_csv, ".xlsx": write_xlsx, ".parquet": write_parquet}
    return writers[path.suffix](path, rows)


def read(path: Path, text: str = SCHEME, year: int | None = None) -> tuple[FirmTable, pl.DataFrame]:
    """What the door gives, and the rows of its Parquet file."""
    with tempfile.TemporaryDirectory() as folder:
        table = read_firms(path, wanted_by(scheme(text)), Path(folder), year=year)
        return table, pl.read_parquet(table.path)
