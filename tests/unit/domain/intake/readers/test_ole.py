"""The compound file, and files that only pretend to be one."""

import pytest

from tenglong.domain.intake.readers.ole import MAGIC, BrokenOle, OleFile, records
from tests.intake_files import compound_file, record


def test_streams_are_found_by_name() -> None:
    content = bytes(range(256)) * 20
    ole = OleFile(compound_file({"Workbook": content, "Other": b"x" * 4096}))
    assert ole.names == {"Root Entry", "Workbook", "Other"}
    assert ole.stream("Workbook") == content
    assert ole.stream("Missing") is None


def test_small_streams_are_found_among_each_other() -> None:
    small, other = bytes(range(250)) * 3, b"y" * 100
    ole = OleFile(compound_file({"Other": other, "Workbook": small, "Big": b"z" * 5000}))
    assert (ole.stream("Workbook"), ole.stream("Other"), ole.stream("Big")) == (small, other, b"z" * 5000)


def test_a_small_chain_that_runs_in_a_circle_ends() -> None:
    raw = bytearray(compound_file({"Workbook": b"x" * 200}))
    table = 512 + 512 * 2
    raw[table + 2 * 4 : table + 3 * 4] = (0).to_bytes(4, "little")
    with pytest.raises(BrokenOle, match="chain"):
        OleFile(bytes(raw)).stream("Workbook")


@pytest.mark.parametrize("raw", [b"", MAGIC, MAGIC + bytes(504), MAGIC + b"\xff" * 5000])
def test_nonsense_is_broken_not_a_crash(raw: bytes) -> None:
    with pytest.raises(BrokenOle):
        OleFile(raw)


def test_a_chain_that_runs_in_a_circle_ends() -> None:
    raw = bytearray(compound_file({"Workbook": b"x" * 4096}))
    raw[512 + 4 * 4 : 512 + 5 * 4] = (3).to_bytes(4, "little")
    with pytest.raises(BrokenOle, match="chain"):
        OleFile(bytes(raw)).stream("Workbook")


def test_records_end_at_the_end() -> None:
    stream = record(9, b"ab") + record(10, b"") + b"\x01"
    assert [(kind, body) for _, kind, body in records(stream)] == [(9, b"ab"), (10, b"")]
