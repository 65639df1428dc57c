"""Workbooks that are right and rarely spelled: other encodings, blanks in far corners, strict names, backslashes."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.respelling import respelled
from tenglong.domain.kernel.errors import BadFile
from tests.intake_files import parse, repack, write_xlsx

ROWS = [["企业名称", "用地(亩)"], ["演示一厂", "=1+1"], ["演示二厂", 2.5]]
Edit = Callable[[str, bytes], bytes]


def rewritten(tmp_path: Path, edit: Edit, rename: Callable[[str], str] = str) -> Path:
    source, target = write_xlsx(tmp_path / "a.xlsx", ROWS), tmp_path / "b.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(rename(name), edit(name, old.read(name)))
    return target


def in_encoding(encoding: str) -> Edit:
    def edit(name: str, content: bytes) -> bytes:
        text = content.decode()
        body = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
        return f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode(encoding)

    return edit


def strict(name: str, content: bytes) -> bytes:
    """The names of ISO/IEC 29500 Strict."""
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content = content.replace(main, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    links = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return content.replace(links, b"http://purl.oclc.org/ooxml/officeDocument/relationships")


def blanks(name: str, content: bytes) -> bytes:
    return content.replace(b'="', b' = "') if "worksheets" in name else content


@pytest.mark.parametrize(
    "edit", [in_encoding("utf-16"), in_encoding("utf-16-le"), in_encoding("gb18030"), strict, blanks]
)
def test_the_same_is_read_and_the_same_is_refused_however_it_is_written(tmp_path: Path, edit: Edit) -> None:
    rows, _ = parse(rewritten(tmp_path, edit))
    assert [(row.value("firm_name"), [p.ref for p in row.errors]) for row in rows] == [
        ("演示一厂", ["B2"]),
        ("演示二厂", []),
    ]


def test_backslashes_in_names_are_read(tmp_path: Path) -> None:
    path = rewritten(tmp_path, lambda name, content: content, lambda name: name.replace("/", "\\"))
    assert len(parse(path)[0]) == 2


@pytest.mark.parametrize("place", [(1_048_576, 1), (3, 16_384)])
@pytest.mark.parametrize("blank", [" ", "\u3000", "\u200b"])
def test_a_blank_in_a_far_corner_has_no_size(tmp_path: Path, place: tuple[int, int], blank: str) -> None:
    import openpyxl

    path = write_xlsx(tmp_path / "a.xlsx", ROWS)
    book = openpyxl.load_workbook(path)
    book.active.cell(*place, blank)
    book.save(path)
    rows, summary = parse(path)
    assert (len(rows), summary.warnings) == (2, ())
    book.active.cell(*place, "有")
    book.save(path)
    with pytest.raises(BadFile, match="上限"):
        parse(path)


def test_an_ordinary_workbook_is_not_copied(tmp_path: Path) -> None:
    assert respelled(write_xlsx(tmp_path / "a.xlsx", ROWS), Limits()) is None


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", ROWS)
    sheet = b'<?xml version="1.0" encoding="x-none"?><worksheet/>'
    with pytest.raises(BadFile, match="编码"):
        parse(repack(path, tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": sheet}))
