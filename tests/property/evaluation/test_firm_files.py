"""The same firms through CSV, workbook and Parquet give the same results, however they are written."""

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.cli.__main__ import main
from tests.unit.domain.evaluation.tables.samples import HEADER, SCHEME, write_table

NUMBERS = st.one_of(
    st.just(""),
    st.sampled_from(["-", "无", "abc", "约5", "12万元", "１２．５", "1,234.5", "-7", "0"]),
    st.decimals(-1000, 100000, places=4).map(str),
)
LAND = st.one_of(st.just(""), st.decimals(0, 500, places=2).map(str), st.sampled_from(["1公顷", "0", "/"]))
FIRM = st.tuples(
    NUMBERS, NUMBERS, LAND, st.sampled_from(["17", "18", ""]), st.sampled_from(["是", "否", "", "?"])
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(FIRM, min_size=1, max_size=12))
def test_the_kind_of_file_does_not_matter(firms: list[tuple[str, ...]]) -> None:
    rows = [HEADER, *((f"演示{n}厂", f"X{n:02}", "2022", *firm) for n, firm in enumerate(firms))]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "scheme.toml").write_text(SCHEME, encoding="utf-8")
        results, codes = [], set()
        for suffix in (".csv", ".xlsx", ".parquet"):
            source, output = write_table(place / f"firms{suffix}", rows), place / f"out{suffix}.parquet"
            codes.add(main(["evaluate", str(place / "scheme.toml"), str(source), str(output), "--details"]))
            results.append(output.read_bytes())
        assert results[0] == results[1] == results[2]
        rated = (pl.read_parquet(output)["status"] == "rated").any()
        assert codes == {0 if rated else 1}, "a run that rates nobody is no success"
        assert sorted(pl.read_parquet(output)["id"]) == [row[1] for row in rows[1:]], "rows in are rows out"
