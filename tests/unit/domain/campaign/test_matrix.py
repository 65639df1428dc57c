"""What must lie in the file of a case, by measure, and what of it lacks."""

from typing import Any

import pytest

from tenglong.domain.campaign.matrix import (
    MATRIX,
    MEASURES,
    About,
    Need,
    Verdict,
    check_complete,
    checklist,
    lacking_problem,
    matrix_of,
    parse_matrix,
)
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.kernel.errors import BadRules, Conflict, NotFound
from tenglong.domain.kernel.rulebook import SHIPPED, shipped_bytes

SHIPPED_MATRIX = matrix_of(SHIPPED)
NOTHING = About("", "", "", "")
TABLE = {
    "E01": "MMMMMM", "E02": "MMMMMM", "E03": "CMMM--", "E04": "C-----", "E05": "MMMC--", "E06": "MMMC--",
    "E07": "MMMCC-", "E08": "MMM---", "E09": "MMM---", "E10": "CCCCC-", "E11": "CMMC--", "E12": "CMMC--",
    "E13": "MCMM--", "E14": "CCMMCM", "E15": "CCCCC-", "E16": "MMCC--", "E17": "--MMCM", "E18": "MMMMMC",
    "E19": "CCMMMM", "E20": "MMMMMM", "E21": "MMMMMM", "E22": "MMMMMM", "E23": "llllll",
}  # fmt: skip
"""domain.md §4.4: close, vacate, relocate, merge, upgrade, legalise; E10 of a closure only for listed capacity."""
COLUMNS = ("close", "vacate_recover", "relocate_park", "merge", "upgrade", "legalise")
LETTERS = {Need.MUST: "M", Need.MAY: "C", Need.LATER: "l", None: "-"}


def verdicts(held: str, **about: str) -> dict[str, Verdict]:
    found = checklist(SHIPPED_MATRIX, held, NOTHING._replace(**about))
    return {item.piece.id: item.verdict for item in found.items}


def test_the_matrix_is_that_of_the_dossier() -> None:
    pieces = SHIPPED_MATRIX.pieces
    assert {
        id: "".join(LETTERS[piece.needs.get(one)] for one in COLUMNS) for id, piece in pieces.items()
    } == TABLE


def test_every_measure_that_a_table_may_say_has_its_pieces() -> None:
    said = {choice.id for choice in table_kind("case_ledger").column("measure").choices}
    assert said == set(MEASURES)
    for measure in MEASURES:
        assert len(checklist(SHIPPED_MATRIX, "", NOTHING._replace(measure=measure)).items) > 8


def test_the_batch_says_what_the_measure_does_not() -> None:
    for batch, measure in SHIPPED_MATRIX.batches.items():
        by_batch = checklist(SHIPPED_MATRIX, "", NOTHING._replace(batch=batch))
        assert by_batch == checklist(SHIPPED_MATRIX, "", NOTHING._replace(measure=measure))


def test_without_a_measure_nothing_is_written_off() -> None:
    found = checklist(SHIPPED_MATRIX, "", NOTHING)
    assert {item.piece.id for item in found.items} == {"E01", "E02", "E20", "E21", "E22", "E23"}
    with pytest.raises(Conflict, match="还没有确定处置方式"):
        check_complete(found)


def test_a_fact_that_needs_a_file_is_not_there_without_one() -> None:
    assert verdicts("power_cut", measure="close")["E05"] == Verdict.MISSING
    assert verdicts("power_cut+", measure="close")["E05"] == Verdict.THERE
    assert verdicts("power_cut+!", measure="close")["E05"] == Verdict.MISDATED
    assert verdicts("town_passed", measure="close")["E21"] == Verdict.MISSING
    assert verdicts("county_passed town_passed", measure="close")["E21"] == Verdict.THERE


@pytest.mark.parametrize(
    ("piece", "held", "about", "verdict"),
    [
        ("E03", "", {}, "needless"),
        ("E03", "signed", {}, "missing"),
        ("E04", "signed", {}, "needless"),
        ("E04", "", {}, "missing"),
        ("E04", "E04~", {}, "waived"),
        ("E14", "", {}, "needless"),
        ("E14", "cod_baseline", {}, "missing"),
        ("E15", "", {}, "missing"),
        ("E15", "", {"processes": "缝纫、包装"}, "needless"),
        ("E15", "", {"processes": "缝纫、染色"}, "missing"),
        ("E15", "E15+", {"processes": "缝纫"}, "there"),
    ],
)
def test_a_condition_is_read_from_the_ledger_where_it_can_tell(
    piece: str, held: str, about: dict[str, str], verdict: str
) -> None:
    assert verdicts(held, measure="close", **about)[piece] == verdict


def test_a_mandatory_piece_is_not_waived() -> None:
    assert verdicts("E16~", measure="close")["E16"] == Verdict.MISSING


def test_a_tenant_has_no_land_title() -> None:
    assert "E12" not in verdicts("", measure="vacate_recover", party="tenant")
    assert "E12" in verdicts("", measure="vacate_recover", party="landlord")
    assert "E12" in verdicts("", measure="vacate_recover")


def test_what_lacks_is_late_once_its_step_is_past() -> None:
    early = checklist(SHIPPED_MATRIX, "signed+", NOTHING._replace(measure="vacate_recover"))
    assert not any(item.late for item in early.items)
    checked = checklist(SHIPPED_MATRIX, "checked+ signed+", NOTHING._replace(measure="vacate_recover"))
    assert {"E05", "E16"} <= {item.piece.id for item in checked.items if item.late}
    assert not {"E20", "E21", "E22", "E23"} & {item.piece.id for item in checked.items if item.late}


def test_a_sentence_names_every_piece_and_what_to_do() -> None:
    whole = "E01+ E14+ E17+ E18~ E19+ approved checked+ county_passed publicised town_passed"
    legalise = NOTHING._replace(measure="legalise")
    assert lacking_problem(checklist(SHIPPED_MATRIX, whole, legalise)) is None
    lacks = checklist(SHIPPED_MATRIX, whole.replace("E17+ ", "").replace("publicised ", ""), legalise)
    with pytest.raises(Conflict, match=r"缺E17 立项.*、E22 公示。请在企业档案的“佐证清单”中补交"):
        check_complete(lacks)


def test_a_piece_that_is_not_there_is_named() -> None:
    with pytest.raises(NotFound, match="没有编号为“E99”的佐证"):
        SHIPPED_MATRIX.piece("E99")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('id = "E02"', 'id = "E01"'), "写了两次"),
        (("[batches]", 'colour = "red"\n[batches]'), "colour"),
        (('any_of = ["signed"]\nfiles', 'any_of = ["signd"]\nfiles'), "没有“signd”"),
        (('upgrade = "upgrade"', 'upgrade = "renew"'), "没有的处置方式“renew”"),
        (('due = "town_passed"', 'due = "signed"'), "没有“signed”"),
        (('if = "排污单位"\nif_en = "where the firm discharges"\n', ""), "须用 if 写明条件"),
        (('may = ["close", "convert"]', 'may = ["close", "close"]'), "只能写一次"),
        (('id = "E23"', 'id = "checked"'), "编号只能用字母和数字"),
    ],
)
def test_a_matrix_that_does_not_fit_together_is_refused(change: tuple[str, str], sentence: str) -> None:
    text = shipped_bytes(MATRIX).decode()
    assert change[0] in text
    file: Any = MATRIX.parse(text.replace(*change, 1).encode())
    with pytest.raises(BadRules, match=sentence):
        parse_matrix(file)
