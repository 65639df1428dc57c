"""A workbook of firms gives the same grades in the product as on the command line."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tenglong.actions import evaluation
from tenglong.actions.evaluation.runs import reproduce
from tenglong.cli.__main__ import main
from tenglong.domain.evaluation.process import COMPUTING, DRAFT
from tenglong.queries.evaluation.runs import job_of_run
from tenglong.store.models import Evaluation, Firm
from tests.integration.campaign.world import csv_file, xlsx_file
from tests.integration.evaluation.world import (
    SCHEME,
    County,
    at,
    build_county,
    grades,
    scheme_in_force,
    worked,
)

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = [
    "企业名称", "统一社会信用代码", "年度", "规模", "税收（万元）", "用地面积（亩）", "工业增加值（万元）",
    "综合能耗（等价值，吨标煤）", "公用事业", "连续D类年数", "合并评价宗地",
]  # fmt: skip


def rows(county: County) -> list[list[Any]]:
    """Other numbers than the register's: the last firm is the best."""
    found = []
    for number, firm in enumerate(county.firms, start=1):
        utility = "是" if number == 3 else "否"
        found.append(
            [firm.name, firm.temporary_id, 2020, "规上", 7 * number + 0.1, 10, 200, 130, utility, 0, ""]
        )
    return found


def handed_in(county: County, content: bytes, name: str) -> Evaluation:
    scheme = scheme_in_force(county)
    return worked(
        evaluation.start_run(actor=county.drafter, at=at(13), scheme=scheme, table=[content], filename=name)
    )


def from_the_command_line(tmp_path: Path, content: bytes, name: str) -> dict[str, tuple[str, str]]:
    """(total, grade) by the id in the file."""
    (tmp_path / "scheme.toml").write_text(SCHEME.format(version=1), encoding="utf-8")
    (tmp_path / name).write_bytes(content)
    out = tmp_path / "out.csv"
    assert main(["evaluate", str(tmp_path / "scheme.toml"), str(tmp_path / name), str(out)]) == 0
    with out.open(encoding="utf-8-sig", newline="") as lines:
        return {row["id"]: (row["total"], row["grade"]) for row in csv.DictReader(lines)}


@pytest.mark.parametrize("name", ["企业表.xlsx", "企业表.csv"])
def test_the_file_is_rated_as_the_command_line_rates_it(tmp_path: Path, name: str, capsys: Any) -> None:
    county = build_county()
    content = (xlsx_file if name.endswith("xlsx") else csv_file)(HEADER, *rows(county))
    run = handed_in(county, content, name)
    assert run.state == DRAFT, job_of_run(run.pk).problem
    assert grades(run)[2] == "T" and grades(run)[9] == "A"
    told = from_the_command_line(tmp_path, content, name)
    for result in run.results.select_related("firm"):
        total, grade = told[result.firm.temporary_id]
        assert result.grade == grade
        assert result.total == (round(float(total) * 1_000_000) if total else None)
    assert reproduce(run).identical and (run.upload_name, len(run.upload_digest)) == (name, 64)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda table: table[0].__setitem__(1, "91330421MADEM0002Y"), "不在本地企业名录"),
        (lambda table: table[0].__setitem__(4, "很多"), "1 行无法读取"),
        (lambda table: table[1].__setitem__(1, table[0][1]), "不止一行"),
    ],
)
def test_what_cannot_be_rated_is_said_and_nothing_is_kept(spoil: Any, sentence: str) -> None:
    county = build_county()
    Firm.objects.filter(pk=county.firms[0].pk).update(code="91330421MADEM0001X")
    table = rows(county)
    spoil(table)
    run = handed_in(county, xlsx_file(HEADER, *table), "企业表.xlsx")
    assert run.state == COMPUTING and sentence in str(job_of_run(run.pk).problem), job_of_run(run.pk).problem
    assert not run.results.exists()


def test_every_bad_cell_is_named() -> None:
    county = build_county()
    table = rows(county)
    table[0][4], table[0][5], table[2][6] = "很多", "不详", "未知"
    run = handed_in(county, xlsx_file(HEADER, *table), "企业表.xlsx")
    said = str(job_of_run(run.pk).problem)
    assert "2 行无法读取" in said and all(cell in said for cell in ("!E2：", "!F2：", "!G4："))
    assert said.index("!E2：") < said.index("!F2：") < said.index("!G4：")


def test_of_very_many_bad_cells_the_first_twenty_are_named() -> None:
    county = build_county()
    table = rows(county)
    for row in table:
        row[4] = row[5] = row[6] = "不详"
    run = handed_in(county, csv_file(HEADER, *table), "企业表.csv")
    said = str(job_of_run(run.pk).problem)
    assert "前 20 处：" in said and said.count("不是数字") == 20
    assert "!E2：" in said and "!F8：" in said and "!G8：" not in said


def test_firms_without_a_code_are_found_by_their_only_name() -> None:
    county = build_county()
    Firm.objects.filter(pk=county.firms[1].pk).update(name=county.firms[0].name)
    table = [row[:1] + row[2:] for row in rows(county)]
    run = handed_in(county, csv_file(HEADER[:1] + HEADER[2:], *table), "企业表.csv")
    assert run.state == COMPUTING and "不在本地企业名录" in str(job_of_run(run.pk).problem)
    Firm.objects.filter(pk=county.firms[1].pk).update(name="演示2号厂")
    evaluation.retry_run(actor=county.drafter, at=at(13), run=run)
    assert worked(run).state == DRAFT


def test_a_file_of_other_years_is_refused_with_the_years_it_has() -> None:
    county = build_county()
    table = [row[:2] + [2018] + row[3:] for row in rows(county)]
    run = handed_in(county, csv_file(HEADER, *table), "2018.csv")
    problem = str(job_of_run(run.pk).problem)
    assert run.state == COMPUTING and "没有 2020 年的企业，只有 2018 年的" in problem
