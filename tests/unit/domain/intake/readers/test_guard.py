"""What is refused before parsing, each with its own sentence."""

import struct
import zipfile
from pathlib import Path

import pytest

from tenglong.domain.intake.readers.guard import file_format
from tenglong.domain.intake.readers.limits import MIB, Limits
from tenglong.domain.kernel.errors import BadFile
from tests.intake_files import compound_file, part, record, repack, write_xls, write_xlsx

SMALL = Limits(ratio_floor_bytes=MIB, unzipped_bytes=20 * MIB)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "good.xlsx", [["企业名称", "信用代码"]])


def refusal(path: Path, name: str = "", limits: Limits = SMALL) -> str:
    with pytest.raises(BadFile) as caught:
        file_format(path, name or path.name, limits)
    return str(caught.value)


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_the_first_bytes_decide_and_not_the_extension(good: Path, tmp_path: Path) -> None:
    assert file_format(good, "台账.xls", SMALL) == "xlsx"
    assert file_format(write_xls(tmp_path / "a.xls", {}), "台账.xlsx", SMALL) == "xls"
    assert file_format(saved(tmp_path / "a.csv", "企业名称".encode()), "a.csv", SMALL) == "csv"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.xlsx", "是空的"),
        (b"<html><table>", "a.xls", "实际上是“网页或 XML 文件”"),
        (b"%PDF-1.7", "a.xlsx", "实际上是“PDF 文件”"),
        (b"\x89PNG\r\n", "a.xlsx", "实际上是“图片”"),
        (b"Rar!\x1a", "a.xlsx", "实际上是“压缩包”"),
        (b"\x09\x04\x06\x00\x00\x00", "a.xls", "Excel 4.0 及更早的格式"),
        (b"company,code", "a.xlsx", "实际上是“文本文件”"),
        (b"a,b\x00c", "a.csv", "已损坏"),
        (b"hello", "a.doc", "不是 .xlsx、.xls、.ods 或 .csv"),
        (b"PK\x03\x04garbage", "a.xlsx", "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "已损坏"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, name: str, sentence: str) -> None:
    assert sentence in refusal(saved(tmp_path / "f", content), name)


def test_too_large_a_file_is_told_its_limit(good: Path) -> None:
    assert "超过 0 MB 的上限" in refusal(good, limits=Limits(file_bytes=10))


def test_macros_are_refused_wherever_they_hide(good: Path, tmp_path: Path) -> None:
    assert "含有宏" in refusal(good, "a.xlsm")
    assert "含有宏" in refusal(repack(good, tmp_path / "m.xlsx", {"xl/vbaProject.bin": b"x"}))
    assert "含有宏" in refusal(repack(good, tmp_path / "x.xlsx", {"xl/macrosheets/sheet1.xml": b"<x/>"}))
    vba = compound_file({"Workbook": record(0x0809, b"") + bytes(5000), "_VBA_PROJECT_CUR": bytes(4096)})
    assert "含有宏" in refusal(saved(tmp_path / "v.xls", vba))
    assert "含有宏" in refusal(write_xls(tmp_path / "4.xls", {}, sheet_type=1))


def test_passwords_are_refused(tmp_path: Path) -> None:
    package = compound_file({"EncryptedPackage": bytes(4096), "EncryptionInfo": bytes(4096)})
    assert "打开密码" in refusal(saved(tmp_path / "p.xlsx", package))
    assert "打开密码" in refusal(write_xls(tmp_path / "p.xls", {}, extra=record(0x2F, bytes(6))))


def test_word_files_are_named(good: Path, tmp_path: Path) -> None:
    word = compound_file({"WordDocument": bytes(4096)})
    assert "Word 或 PowerPoint 文件" in refusal(saved(tmp_path / "w.xls", word))
    with zipfile.ZipFile(tmp_path / "w.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "“Word 文件”" in refusal(tmp_path / "w.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_declarations_are_refused(good: Path, tmp_path: Path, encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'.encode(
        encoding
    )
    assert "XML 实体定义" in refusal(repack(good, tmp_path / "b.xlsx", {"xl/sharedStrings.xml": bomb}))


def test_zip_bombs_are_refused(good: Path, tmp_path: Path) -> None:
    ratio = repack(good, tmp_path / "r.xlsx", {"xl/worksheets/sheet9.xml": b" " * (2 * MIB)})
    assert "压缩炸弹" in refusal(ratio)
    size = repack(good, tmp_path / "s.xlsx", {f"xl/{n}.bin": bytes(range(256)) * 4096 for n in range(22)})
    assert "压缩炸弹" in refusal(size, limits=Limits(unzipped_bytes=20 * MIB))


def test_a_zip_that_lies_about_its_sizes_is_refused(good: Path, tmp_path: Path) -> None:
    path = repack(good, tmp_path / "l.xlsx", {"xl/media/a.bin": b" " * (3 * MIB)})
    raw = bytearray(path.read_bytes())
    true_size = struct.pack("<I", 3 * MIB)
    at = raw.rfind(true_size)
    raw[at : at + 4] = struct.pack("<I", 100)
    assert "已损坏" in refusal(saved(path, bytes(raw))) or "压缩炸弹" in refusal(path)


def test_overlapping_entries_are_refused(good: Path, tmp_path: Path) -> None:
    path = repack(good, tmp_path / "o.xlsx", {"a.bin": b"a" * 100, "b.bin": b"b" * 100})
    with zipfile.ZipFile(path) as archive:
        first, second = (archive.getinfo(name).header_offset for name in ("a.bin", "b.bin"))
    raw = bytearray(path.read_bytes())
    at = raw.rfind(struct.pack("<I", second), raw.find(b"PK\x01\x02"))
    raw[at : at + 4] = struct.pack("<I", first + 1)
    assert "压缩炸弹" in refusal(saved(path, bytes(raw)))


def test_an_ordinary_workbook_passes(good: Path) -> None:
    assert part(good, "[Content_Types].xml")
    assert file_format(good, good.name, Limits()) == "xlsx"
