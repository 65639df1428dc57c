"""The scanner cuts a sheet without losing a byte, wherever the chunks of the stream end."""

import io
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.intake.raw import column_letters
from tenglong.domain.intake.writers.returned import scan
from tenglong.domain.intake.writers.returned.cells import CellEdit, edited_row, styles_in
from tenglong.domain.intake.writers.returned.scan import Kind, pieces, row_number, survey

HEAD = b'<?xml version="1.0"?><worksheet xmlns="m"><cols><col min="1" max="2"/></cols><sheetData>'
TAIL = b'</sheetData><mergeCells><mergeCell ref="A1:D1"/></mergeCells></worksheet>'
columns = st.sets(st.integers(1, 60), max_size=8).map(sorted)


@st.composite
def rows(draw: st.DrawFn) -> list[bytes]:
    numbers = sorted(draw(st.sets(st.integers(1, 400), max_size=12)))
    return [row(number, draw(columns)) for number in numbers]


def row(number: int, filled: list[int]) -> bytes:
    cells = "".join(f'<c r="{column_letters(c)}{number}" s="{c}"><v>{c}</v></c>' for c in filled)
    text = f'<row r="{number}" spans="1:9">{cells}</row>' if filled else f'<row r="{number}"/>'
    return text.encode()


@given(rows=rows(), gap=st.sampled_from([b"", b"\n  "]), chunk=st.integers(1, 90))
def test_pieces_joined_are_the_sheet(rows: list[bytes], gap: bytes, chunk: int) -> None:
    sheet = HEAD + gap.join([b"", *rows, b""] if rows else []) + TAIL
    with mock.patch.object(scan, "_CHUNK", chunk):
        cut = list(pieces(io.BytesIO(sheet)))
    assert b"".join(piece for _, piece in cut) == sheet
    assert [piece for kind, piece in cut if kind is Kind.ROW] == rows


@given(rows=rows())
def test_the_survey_finds_the_last_filled_column(rows: list[bytes]) -> None:
    seen = survey(io.BytesIO(HEAD + b"".join(rows) + TAIL), {1, 2, 3})
    filled = [column for piece in rows for column in styles_in(piece)]
    assert seen.plain and seen.last_column == max([4, *filled])
    assert seen.rows == {1, 2, 3} & {row_number(piece) for piece in rows}


@given(filled=columns, edited=columns)
def test_a_row_keeps_every_cell_that_is_not_edited(filled: list[int], edited: list[int]) -> None:
    edits = {column: CellEdit(lambda style: style + 100) for column in edited}
    changed = edited_row(row(7, filled), 7, edits, lambda column: 1000 + column)
    expected = {c: c + 100 * (c in edited) for c in filled} | {c: 1100 + c for c in edited if c not in filled}
    assert styles_in(changed) == expected
    assert list(styles_in(changed)) == sorted(expected)
    assert all(b"<v>%d</v>" % column in changed for column in filled)
