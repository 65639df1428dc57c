import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest

from tenglong.domain.evaluation.counterfactual.cheapest import counterfactual
from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.explanation import explain
from tenglong.domain.evaluation.trials import trials_on_rows
from tenglong.domain.kernel.periods import CHINA
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.letters import Letter, Stage, letter_document
from tenglong.domain.reporting.writers.docx import write_docx
from tests.unit.domain.evaluation.county import FIRMS, scheme


@cache
def letter(firm: str, *changes: tuple[str, str]) -> Letter:
    asked = scheme(*changes)
    return Letter(
        firm=f"演示{firm}制品有限公司",
        code="91330421MA0000000X",
        number="演亩评告〔2025〕12号",
        office="演示县经济和信息化局",
        place="东镇经济发展办公室",
        contact="王某，0573-00000000",
        issued_on=date(2025, 6, 3),
        deadline=date(2025, 6, 10),
        created=datetime(2025, 6, 3, 9, tzinfo=CHINA),
        explanation=explain(asked, evaluate(asked, FIRMS, year=2024), firm),
        counterfactual=counterfactual(asked, trials_on_rows(asked, FIRMS, 2024, evaluate), firm),
        notice="（演示数据）",
    )


def texts(written: Letter) -> list[str]:
    """Headings and paragraphs, in order."""
    return [
        block.text for block in letter_document(written).blocks if isinstance(block, d.Heading | d.Paragraph)
    ]


def tables(written: Letter) -> list[d.Table]:
    return [block for block in letter_document(written).blocks if isinstance(block, d.Table)]


def test_the_letter_has_the_parts_of_an_official_notice_in_order() -> None:
    blocks = letter_document(letter("癸")).blocks
    assert [type(block) for block in blocks[:4]] == [d.Title, d.IssueNumber, d.Notice, d.Recipients]
    assert blocks[-1] == d.Signature("演示县经济和信息化局", "2025年6月3日")
    assert [block.text for block in blocks if isinstance(block, d.Heading)] == [
        "一、评价结果", "二、各项指标得分情况", "三、升档需要的改变", "四、异议的提出",
    ]  # fmt: skip


def test_the_grade_the_rank_and_the_margin_are_told() -> None:
    assert texts(letter("癸"))[2] == (
        "你单位评价档次为D档。总分 15.64 分，在同组 10 家企业中列第 10 名，"
        "按比例为 D 档（第 10 名）。距 C 档最低分 17.73 分差 2.09 分。"
    )
    named = letter("癸", ('{ grade = "D" }', '{ grade = "D", zh = "整治类" }'))
    assert "你单位评价档次为D档（整治类）。" in texts(named)[2]


def test_the_table_of_marks_adds_up_and_names_what_was_lost() -> None:
    table = tables(letter("癸"))[0]
    assert table.rows[0] == ("亩均税收（万元/亩）", "1", "20", "2.5", "75", "72.5", "16%")
    assert table.total == ("总分", "—", "—", "15.64", "150", "134.3639", "100%")
    assert "失分最多的是亩均税收、亩均增加值，共失108.3639分。" in texts(letter("癸"))


def test_a_special_case_and_bonus_points_are_in_the_table() -> None:
    points = '[[points]]\nid = "patent"\nzh = "发明专利"\nen = "x"\npoints = 5\n[grades]'
    table = tables(letter("己", ("[grades]", points)))[0]
    assert table.notes == ("注：单位能耗增加值缺少数据，按平均得分。",)
    assert table.rows[-1][:4] == ("加分", "—", "—", "5")


def test_the_cheapest_change_comes_first_and_no_other_firm_is_named() -> None:
    written = letter("庚")
    changes = tables(written)[1]
    way = written.counterfactual.single[0]
    assert changes.rows[0][0] == "单独改变"
    assert changes.rows[0][2:4] == (str(way.changes[0].before), str(way.changes[0].after))
    assert any("其中最省的是：" in text for text in texts(written))
    others = {str(row["id"]) for row in FIRMS} - {"庚"}
    assert not any(other in text for text in texts(written) for other in others)


def test_under_a_veto_the_letter_says_that_figures_cannot_help() -> None:
    said = texts(letter("丁"))
    assert "因“安全生产事故一票否决”，由 B 降为 C（一票否决）。" in said
    assert "档次受“安全生产事故一票否决”限制：不解除该情形，改变数据不能升档。" in said
    assert not any("测算" in text for text in said)


def test_the_best_and_the_exempt_get_short_letters() -> None:
    assert "你单位已是最高档。" in texts(letter("甲"))
    exempt = letter("水厂")
    assert "你单位属于“水电气供应企业”，按办法不参评，列为 T。" in texts(exempt)
    assert tables(exempt) == []


def test_how_and_until_when_to_object() -> None:
    said = texts(replace(letter("癸"), contact=""))
    assert said[-1].startswith("你单位对评价数据或结果有异议的，请于2025年6月10日（含当日）前")
    assert "东镇经济发展办公室" in said[-1]


@pytest.mark.parametrize(
    ("stage", "opening", "last"),
    [
        ("ended", "公示已经结束，尚未定稿", "不再受理新的异议；已受理的异议裁定后定稿。"),
        ("final", "本结果经公示，已经定稿。", "评价结果已经定稿，为最终结果，不再受理异议。"),
        ("replaced", "已被修订后的结果取代", "以修订后的评价结果为准。"),
    ],
)
def test_once_publicity_is_over_nobody_is_invited_to_object(stage: Stage, opening: str, last: str) -> None:
    said = texts(replace(letter("癸"), contact="", stage=stage))
    assert opening in said[0] and said[-1].startswith("公示已于2025年6月10日结束")
    assert said[-1].endswith(last) and "四、公示情况" in said and not any("加盖公章" in text for text in said)


def test_during_publicity_the_result_may_still_change() -> None:
    opening = texts(letter("癸"))[0]
    assert "正在公示，可能因异议调整" in opening and "已经完成" not in opening


def test_what_a_figure_without_data_means_is_said() -> None:
    assert "你单位没有“综合能耗”的数据，补报后按实际数据计分。" in texts(letter("己"))


def test_consequences_are_a_section_of_their_own() -> None:
    written = replace(letter("癸"), consequences=("用电价格每千瓦时加价0.10元。",))
    assert "四、结果应用" in texts(written)


@pytest.mark.slow
def test_the_letter_fits_on_three_pages_of_paper(tmp_path: Path) -> None:
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip("needs LibreOffice and pdftotext to set pages")
    (tmp_path / "a.docx").write_bytes(write_docx(letter_document(letter("癸"))))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "a.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    text = subprocess.run(
        ["pdftotext", "-layout", "a.pdf", "-"], cwd=tmp_path, check=True, capture_output=True
    )
    sheets = text.stdout.decode().rstrip("\f").split("\f")
    assert len(sheets) <= 3
    assert "企业亩均效益综合评价结果告知书" in sheets[0]
    assert "升档测算表" in "".join(sheets)
