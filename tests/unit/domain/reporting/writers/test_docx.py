import io
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document as read_word
from docx.oxml.ns import qn

from tenglong.domain.kernel.errors import Bug
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.bulletins.pages import bulletin_document
from tenglong.domain.reporting.writers.docx import write_docx
from tests.unit.domain.reporting.samples import RANKING, sample_content

ROOT = Path(__file__).resolve().parents[5]
BULLETIN = bulletin_document(sample_content(), SHIPPED)
WRITE = """
import hashlib
from tests.unit.domain.reporting.writers.test_docx import BULLETIN
from tenglong.domain.reporting.writers.docx.writing import write_docx
print(hashlib.sha256(write_docx(BULLETIN)).hexdigest())
"""


def document(*blocks: d.Block) -> d.Document:
    return d.Document("题", "整治办", datetime(2021, 11, 9, 9, tzinfo=UTC), blocks)


def body(written: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        return package.read("word/document.xml").decode()


def pages(written: bytes, folder: Path) -> list[list[str]]:
    """Lines of each page as LibreOffice sets them."""
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip("needs LibreOffice and pdftotext to set pages")
    (folder / "a.docx").write_bytes(written)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), "a.docx"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    text = subprocess.run(["pdftotext", "-layout", "a.pdf", "-"], cwd=folder, check=True, capture_output=True)
    sheets = text.stdout.decode().rstrip("\f").split("\f")
    return [[line.strip() for line in sheet.splitlines() if line.strip()] for sheet in sheets]


@pytest.mark.slow
def test_equal_documents_give_equal_bytes_whatever_the_clock_and_the_process() -> None:
    digests = set()
    for zone, seed in (("Asia/Shanghai", "1"), ("America/Lima", "2")):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", WRITE]
        run = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=60)
        digests.add(run.stdout)
    assert len(digests) == 1


def test_the_file_knows_no_clock_but_the_given_one() -> None:
    written = write_docx(BULLETIN)
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = read_word(io.BytesIO(written)).core_properties
    assert properties.created == properties.modified == BULLETIN.created
    assert (properties.title, properties.author) == (BULLETIN.title, BULLETIN.author)
    assert write_docx(replace(BULLETIN, title="另一期")) != written


def test_the_text_is_all_there_in_real_styles_and_tables() -> None:
    word = read_word(io.BytesIO(write_docx(BULLETIN)))
    styles = {paragraph.style.name for paragraph in word.paragraphs}
    assert {"红头", "期号", "红线", "Title", "主送", "Heading 1", "Heading 2", "Normal", "落款"} <= styles
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "销号率71.2%，比全省平均快11.8个百分点" in text
    assert "（演示数据）" in text
    ranking = word.tables[0]
    assert [cell.text for cell in ranking.rows[1].cells][:4] == ["1", "嘉善县", "96", "84"]
    assert "txbx" not in body(write_docx(BULLETIN))


def test_chinese_quotation_marks_stay_chinese() -> None:
    word = read_word(io.BytesIO(write_docx(document(d.Paragraph("“断电”——完成")))))
    (run,) = word.paragraphs[0].runs
    assert run._r.rPr.find(qn("w:rFonts")).get(qn("w:hint")) == "eastAsia"


def test_the_masthead_is_red_and_shrinks_to_its_line() -> None:
    for text, size in (("工作通报", 48), ("淘汰落后专项行动工作通报", 35), ("长" * 40, 30)):
        word = read_word(io.BytesIO(write_docx(document(d.Masthead(text)))))
        assert word.paragraphs[0].runs[0].font.size.pt == size
        assert str(word.paragraphs[0].style.font.color.rgb) == "FF0000"


def test_page_numbers_stand_outside_odd_and_even() -> None:
    section = read_word(io.BytesIO(write_docx(BULLETIN))).sections[0]
    footers = [section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]]
    assert [footer._p.pPr.find(qn("w:jc")).get(qn("w:val")) for footer in footers] == ["right", "left"]
    assert all('w:instr="PAGE"' in footer._p.xml for footer in footers)


def test_characters_no_xml_may_hold_are_kept_out() -> None:
    table = d.Table("表", (d.Column("厂\x00名", 100),), (("甲\x0b厂 <&>",),))
    word = read_word(io.BytesIO(write_docx(document(d.Paragraph("一\x01二\n三"), table))))
    assert word.paragraphs[0].text == "一 二 三"
    assert [row.cells[0].text for row in word.tables[0].rows] == ["厂 名", "甲 厂 <&>"]


def test_a_table_wider_than_the_text_is_refused() -> None:
    with pytest.raises(Bug, match="wider"):
        write_docx(document(d.Table("表", (d.Column("a", 100), d.Column("b", 57)), ())))


def test_a_row_with_a_cell_too_many_is_refused() -> None:
    with pytest.raises(Bug, match="cells"):
        write_docx(document(d.Table("表", (d.Column("a", 100),), (("1", "2"),))))


@pytest.mark.parametrize(
    ("office", "indents"), [("整治办公室", (600, 200)), ("嘉兴市高耗低效企业整治工作办公室", (200, 900))]
)
def test_the_date_starts_two_characters_right_of_the_office(office: str, indents: tuple[int, int]) -> None:
    word = read_word(
        io.BytesIO(write_docx(document(d.Paragraph("正文"), d.Signature(office, "2021年11月10日"))))
    )
    found = [int(each._p.pPr.find(qn("w:ind")).get(qn("w:rightChars"))) for each in word.paragraphs[1:]]
    assert tuple(found) == indents
    assert word.paragraphs[0].paragraph_format.keep_with_next


@pytest.mark.slow
def test_a_full_page_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    first = pages(write_docx(document(d.Paragraph("嘉兴" * 14 * 50))), tmp_path)[0]
    assert [len(line) for line in first[:-1]] == [26] + [28] * 21
    assert first[-1].replace(" ", "") == "—1—"


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 15, 16, 17, 22])
def test_the_imprint_is_whole_at_the_foot_of_the_last_page(tmp_path: Path, count: int) -> None:
    paragraphs = [d.Paragraph(f"正文第{number}段") for number in range(count)]
    day = "2021年11月9日"
    imprint = d.Imprint(("报：甲。", "发：乙。"), "整治办", day)
    sheets = pages(write_docx(document(*paragraphs, d.Signature("整治办", day), imprint)), tmp_path)
    last = [line.replace(" ", "") for line in sheets[-1]]
    assert last[-4:-1] == ["报：甲。", "发：乙。", "整治办2021年11月9日印发"]
    assert last[0].startswith("正文"), "no page holds a signature alone"


@pytest.mark.slow
def test_thirty_units_with_long_names_lose_nothing(tmp_path: Path) -> None:
    name = "长三角生态绿色一体化发展示范区嘉善片区第{}工业功能区"
    rows = tuple(replace(RANKING[number % 9], unit=name.format(number)) for number in range(30))
    sheets = pages(write_docx(bulletin_document(sample_content(ranking=rows), SHIPPED)), tmp_path)
    with_table = [sheet for sheet in sheets if any(line.endswith("牌") for line in sheet)]
    assert len(with_table) > 1
    assert sum(line.endswith("牌") and "亮牌" not in line for sheet in sheets for line in sheet) == 30
    headers = [sum("完成率" in line and "序时差" in line for line in sheet) for sheet in with_table]
    assert all(headers), "the header row repeats on every page of the table"
