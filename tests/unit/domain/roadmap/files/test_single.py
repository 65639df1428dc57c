"""Any form of a problem as one JSON file that says the same."""

from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tenglong.domain.roadmap.files.mmkp import read_mmkp
from tenglong.domain.roadmap.files.problems import parse_problem, read_problem
from tenglong.domain.roadmap.files.single import single
from tests.unit.domain.roadmap.small import content


def test_a_json_file_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(orjson.dumps(content()))
    assert single(path, "json") == path.read_bytes()


def test_tables_become_the_same_rows(tmp_path: Path) -> None:
    firms = {"id": ["A", "B"], "must": [False, True], "zone": ["东", None]}
    rows = {
        "firm": ["A", "B"],
        "name": ["close", "close"],
        "until": [3, None],
        "land": [3.34, 0.1],
        "money": [[10.0, None, 8.3], None],
    }
    pq.write_table(pa.table(firms), tmp_path / "firms.parquet")
    pq.write_table(pa.table(rows), tmp_path / "measures.parquet")
    path, changes = (
        tmp_path / "p.json",
        {"firms": {"file": "firms.parquet"}, "measures": {"file": "measures.parquet"}},
    )
    path.write_bytes(orjson.dumps(content(**changes, limits=[], orders=[])))
    tabled, listed = read_problem(path), parse_problem(single(path, "json"), "p.json")
    assert tabled.parts.value.tolist() == listed.parts.value.tolist() == [334, 100, 83, 10]
    assert tabled.measures.last.tolist() == listed.measures.last.tolist() == [2, 3]
    assert tabled.firms.must.tolist() == listed.firms.must.tolist()


def test_a_public_instance_is_the_problem_that_is_solved(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("2 2 1\n5\n1\n4.5 3\n1.0 1\n2\n7.0 4\n3.0 2\n", encoding="utf-8")
    assert parse_problem(single(path, "mmkp"), "t.txt").digest == read_mmkp(path).digest
