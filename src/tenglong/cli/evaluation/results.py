"""Where the commands on tables of firms write: Parquet, CSV or a workbook, by the name of the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg

if TYPE_CHECKING:
    import polars as pl

FORMATS = (".parquet", ".csv", ".xlsx")


def check_output(output: Path, source: Path) -> None:
    """Refuse a result that could not be written, before anything is computed (BadValue)."""
    if output.suffix.lower() not in FORMATS:
        problem = "结果文件“{name}”应以 .parquet、.csv 或 .xlsx 结尾。"
        raise BadValue(msg(problem, name=output.name))
    if not output.parent.is_dir():
        raise BadValue(msg("文件夹“{path}”不存在，请先建立或换一个位置。", path=output.parent))
    if output.exists() and source.exists() and output.samefile(source):
        raise BadValue(msg("结果会覆盖企业表“{name}”，请换一个文件名。", name=output.name))


def is_workbook(path: Path) -> bool:
    """Whether the file is to be a workbook for people."""
    return path.suffix.lower() == ".xlsx"


def write_frame(frame: "pl.LazyFrame", path: Path) -> None:
    """Write a frame as CSV or Parquet, or say in a sentence why it cannot be written (BadValue)."""
    with writing(path):
        if path.suffix.lower() == ".csv":
            _harmless(frame).sink_csv(path, include_bom=True)  # so that Excel takes it for UTF-8
        else:
            frame.sink_parquet(path)


def _harmless(frame: "pl.LazyFrame") -> "pl.LazyFrame":
    """Texts that Excel would calculate begin with an apostrophe, as in every other csv that leaves the system."""
    import polars as pl

    words = [name for name, dtype in frame.collect_schema().items() if dtype == pl.String]
    odd = {name: pl.col(name).str.contains(r"^[=+\-@\t\r\n]") for name in words}
    return frame.with_columns(
        pl.when(odd[name]).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in words
    )


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, or say in a sentence why it cannot be written (BadValue)."""
    with writing(path):
        path.write_bytes(content)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Whatever keeps the file from being written becomes a sentence (BadValue)."""
    try:
        yield
    except OSError as error:
        problem = "文件“{path}”无法写入（{why}），请换一个存在且可写的位置。"
        raise BadValue(msg(problem, path=path, why=error.strerror or error)) from error
