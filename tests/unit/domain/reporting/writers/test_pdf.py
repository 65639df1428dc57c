import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.reporting.documents import Align
from tenglong.domain.reporting.drawings import Box, Drawing, Hatch, Item, Line, Text
from tenglong.domain.reporting.roadmap.chart import chart_pages
from tenglong.domain.reporting.writers import pdf
from tenglong.domain.reporting.writers.pdf import write_pdf
from tests.unit.domain.reporting.roadmap.samples import content

ROOT = Path(__file__).resolve().parents[5]
CREATED = datetime(2021, 8, 1, 9, 5, tzinfo=UTC)
WRITE = """
import hashlib
from tests.unit.domain.reporting.writers.test_pdf import chart
print(hashlib.sha256(chart()).hexdigest())
"""

needs_letters = pytest.mark.skipif(
    not (pdf.FOLDER / "bold.ttf").exists(), reason="needs the letters that make setup fetches"
)


def page(*items: Item) -> bytes:
    return write_pdf([Drawing(200, 100, items)], title="挂图", created=CREATED)


def chart() -> bytes:
    whole = content()
    return write_pdf(chart_pages(whole), title=whole.title, created=whole.computed_at)


@pytest.fixture
def read(tmp_path: Path, program: Callable[[str, str], str]) -> Callable[..., str]:
    """What a program of poppler says of a PDF."""

    def run(name: str, written: bytes, *options: str) -> str:
        path = tmp_path / "written.pdf"
        path.write_bytes(written)
        command = [
            program(name, "poppler-utils"),
            *options,
            str(path),
            *(["-"] if name == "pdftotext" else []),
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    return run


def test_without_letters_a_sentence_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="make setup"):
        write_pdf([], title="挂图", created=CREATED, folder=tmp_path)


@pytest.mark.slow
@needs_letters
def test_a_chart_is_the_same_to_the_byte_in_another_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", WRITE], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    }
    assert len(digests) == 1


@needs_letters
def test_letters_stay_letters_and_only_those_used_are_embedded(read: Callable[..., str]) -> None:
    written = chart()
    assert "西塘镇整治路线图" in read("pdftotext", written)
    fonts = read("pdffonts", written).splitlines()[2:]
    assert fonts
    assert all("NotoSansSC" in font and font.split()[-5:-2] == ["yes", "yes", "yes"] for font in fonts)
    assert len(written) < 300_000


@needs_letters
def test_the_file_knows_its_size_and_the_moment_it_was_given(read: Callable[..., str]) -> None:
    said = read("pdfinfo", page(), "-isodates")
    assert "2021-08-01T09:05:00Z" in said
    assert "Page size:       566.929 x 283.465 pts" in said


@needs_letters
def test_a_line_that_is_too_wide_is_squeezed_and_then_cut(read: Callable[..., str]) -> None:
    narrow = [Text(5, 20, "十个汉字的企业名称呀", 14, width=width) for width in (60, 40, 15)]
    whole, squeezed, cut = (read("pdftotext", page(one)).strip() for one in narrow)
    assert whole == squeezed == "十个汉字的企业名称呀"
    assert cut.endswith("…")
    assert len(cut) < 6


@needs_letters
def test_a_letter_that_the_face_lacks_is_a_printers_sign(read: Callable[..., str]) -> None:
    assert read("pdftotext", page(Text(5, 20, "企\U0010fffd业", 14))).strip() == "企〓业"


@needs_letters
def test_every_hatch_line_and_alignment_can_be_drawn() -> None:
    boxes = [Box(5, 5, 20, 8, "#FFFFFF", hatch, 0.3) for hatch in Hatch]
    texts = [Text(50, 50, "中", 14, align=align) for align in Align]
    written = {page(item) for item in [*boxes, *texts, Line(1, 1, 9, 9), Line(1, 1, 9, 9, dash=1)]}
    assert len(written) == len(Hatch) + len(Align) + 2
