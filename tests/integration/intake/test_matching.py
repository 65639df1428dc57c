"""What a row is taken for: the register, the other rows of its file, and columns that changed places. All invented."""

from pathlib import Path

import pytest

from tenglong.actions.campaign.matches import decide
from tenglong.actions.intake.identity import NAMING, subject
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.rows import Cell, ParsedRow
from tenglong.domain.kernel.messages import Message
from tenglong.store.models import Case, Firm, FirmName, Import, MatchPair, Roster
from tests.integration.campaign.world import (
    MACHINE,
    NOON,
    accepted,
    build_places,
    counts,
    csv_file,
    make_roster,
    sentences,
    staged,
)

pytestmark = pytest.mark.django_db

TABLES_OF_FIRMS = ("firms", "case_ledger", "pushed_roster", "roster_review", "events", "observations")
FIRMS = ["县(市、区)", "企业名称", "统一社会信用代码", "地址"]
PUSHED = ["县(市、区)", "企业名称", "统一社会信用代码", "推送日期"]
CODE_A, CODE_B, CODE_NEW = "9133042170000001XG", "9133042170000002XH", "9133042170000004XK"
A = ["嘉善县", "嘉善县试甲纺织机械厂", CODE_A, "嘉善县魏塘街道试验路1号"]
B = ["嘉善县", "嘉善试乙包装印刷有限公司", CODE_B, "嘉善县西塘镇试验路2号"]


@pytest.fixture
def roster() -> Roster:
    build_places()
    made = make_roster()
    accepted(csv_file(FIRMS, A, B), "firms")
    return made


def row(name: str, code: str = "", address: str = "") -> list[str]:
    return ["嘉善县", name, code, address]


def asked_about() -> set[tuple[str, str]]:
    """Each open question by the names of its two firms."""
    return set(MatchPair.objects.filter(state="open").values_list("firm__name", "candidate__name"))


def problem(batch: Import) -> str:
    return str(Message.from_json(batch.problem)) if batch.problem else ""


@pytest.mark.parametrize("kind", TABLES_OF_FIRMS)
def test_the_columns_that_name_a_firm_are_all_that_it_is_taken_from(kind: str) -> None:
    cells = {
        column.id: Cell("A1", "", f"试{number}厂（原试{number}号厂）")
        for number, column in enumerate(table_kind(kind).columns)
    }
    naming = {column: cell for column, cell in cells.items() if column in NAMING}
    whole, some = (subject(ParsedRow("表", 3, found), None) for found in (cells, naming))
    assert some == whole and some.name


def test_a_code_against_a_name_is_a_question_about_both_firms(roster: Roster) -> None:
    shifted = csv_file(FIRMS, row(A[1], CODE_B))
    batch = accepted(shifted, "firms")
    assert asked_about() == {(A[1], A[1]), (A[1], B[1])}
    assert Firm.objects.filter(code=CODE_B).count() == 1
    assert "信用代码是一家企业的，名称是另一家的" in sentences(batch, 2)
    assert counts(staged(shifted, "firms")) == (0, 0, 1, 0)
    assert counts(accepted(csv_file(FIRMS, B), "firms")) == (0, 0, 1, 0)


@pytest.mark.parametrize("same_as", [A[1], B[1], ""])
def test_once_answered_the_contradiction_is_not_asked_again(roster: Roster, same_as: str) -> None:
    shifted = csv_file(FIRMS, row(A[1], CODE_B))
    accepted(shifted, "firms")
    for pair in MatchPair.objects.order_by("candidate__name"):
        if MatchPair.objects.get(pk=pair.pk).state == "open" and pair.candidate.name == same_as:
            decide(pair.pk, True, actor=MACHINE, at=NOON, reason="核对营业执照")
    for pair in MatchPair.objects.filter(state="open"):
        decide(pair.pk, False, actor=MACHINE, at=NOON)
    firms = Firm.objects.count()
    accepted(shifted, "firms")
    assert Firm.objects.count() == firms and not asked_about()
    assert Firm.objects.filter(code=CODE_B).count() == 1


def test_a_code_that_nobody_has_still_corrects_the_firm_of_that_very_name(roster: Roster) -> None:
    accepted(csv_file(FIRMS, row(A[1], CODE_NEW)), "firms")
    assert Firm.objects.get(name=A[1]).code == CODE_NEW and not asked_about()


@pytest.mark.parametrize("coded_first", [False, True])
@pytest.mark.parametrize("name", [B[1], "嘉善试庚塑料印刷厂"])
def test_one_name_with_and_without_its_code_is_one_firm(roster: Roster, coded_first: bool, name: str) -> None:
    code = CODE_B if name == B[1] else CODE_NEW
    rows = [["嘉善县", name, one, "2021-05-05"] for one in ("", code)]
    batch = accepted(
        csv_file(PUSHED, *(reversed(rows) if coded_first else rows)), "pushed_roster", roster=roster
    )
    assert Firm.objects.get(name=name).code == code
    assert Case.objects.filter(firm__name=name).count() == 1
    assert counts(batch)[3] == 0 and not asked_about()


def test_a_firm_without_a_code_gains_the_one_that_a_later_file_brings(roster: Roster) -> None:
    accepted(csv_file(FIRMS, row("嘉善试庚塑料印刷厂")), "firms")
    accepted(csv_file(FIRMS, row("嘉善试庚塑料印刷厂", CODE_NEW)), "firms")
    assert Firm.objects.get(name="嘉善试庚塑料印刷厂").code == CODE_NEW


def test_one_name_with_two_codes_in_a_file_is_a_question(roster: Roster) -> None:
    other = "9133042170000003XJ"
    accepted(csv_file(FIRMS, *(row("嘉善试庚塑料印刷厂", code) for code in (CODE_NEW, other, ""))), "firms")
    assert Firm.objects.filter(name="嘉善试庚塑料印刷厂").count() == 3
    assert MatchPair.objects.filter(state="open").count() >= 3


def test_a_name_with_the_code_of_another_firm_of_its_file_is_a_question(roster: Roster) -> None:
    other = "9133042170000003XJ"
    rows = [row("嘉善试庚印刷厂", CODE_NEW), row("嘉善东风眼镜厂", other), row("嘉善试庚印刷厂", other)]
    accepted(csv_file(FIRMS, *rows), "firms")
    assert Firm.objects.filter(code=other).count() == 1
    assert {two for _, two in asked_about()} == {"嘉善试庚印刷厂", "嘉善东风眼镜厂"}


def test_rows_of_one_file_are_held_against_each_other() -> None:
    build_places()
    names = ["嘉善试丙纽扣厂", "嘉善县试丙钮扣厂", "嘉善试丙纽扣有限公司", "嘉善远东水泥厂"]
    batch = accepted(csv_file(FIRMS, *(row(name) for name in names)), "firms")
    assert "与第 2 行的“嘉善试丙纽扣厂”可能是同一家企业" in sentences(batch, 3)
    assert {one for one, _ in asked_about()} == set(names[1:3])
    assert counts(staged(csv_file(FIRMS, *(row(name) for name in names)), "firms")) == (0, 0, 4, 0)
    pair = MatchPair.objects.get(firm__name=names[1])
    assert decide(pair.pk, True, actor=MACHINE, at=NOON, reason="同一家").state == "same"


@pytest.mark.parametrize("written", ["嘉善越腾新材料有限公司（原{}）", "嘉善越腾新材料有限公司(曾用名:{})"])
def test_a_former_name_in_brackets_is_a_name(roster: Roster, written: str) -> None:
    batch = accepted(csv_file(FIRMS, row(written.format(A[1]))), "firms")
    assert counts(batch) == (0, 1, 0, 0)
    assert FirmName.objects.filter(firm__code=CODE_A, name="嘉善越腾新材料有限公司").exists()


def test_a_new_firm_keeps_the_former_name_of_its_bracket(roster: Roster) -> None:
    accepted(csv_file(FIRMS, row("嘉善越腾新材料有限公司（原嘉善试子眼镜厂）")), "firms")
    names = FirmName.objects.filter(firm__name="嘉善越腾新材料有限公司").values_list("name", flat=True)
    assert set(names) == {"嘉善越腾新材料有限公司", "嘉善试子眼镜厂"}


def test_a_town_in_front_is_a_place(roster: Roster) -> None:
    assert counts(accepted(csv_file(FIRMS, row("西塘镇试乙包装印刷有限公司")), "firms")) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("嘉善县试己眼镜有限公司中心店", "嘉善县试己眼镜有限公司"),
        ("嘉善县试己眼镜有限公司", "嘉善县试己眼镜有限公司第二门市部"),
        ("中国银行股份有限公司嘉善支行", "嘉兴银行股份有限公司嘉善支行"),
        ("嘉善县西塘镇试庚塑料彩印厂", "嘉善县西塘镇试辛塑料印刷厂"),
    ],
)
def test_another_site_or_a_neighbour_is_never_certain(roster: Roster, known: str, said: str) -> None:
    address = "嘉善县西塘镇试验路9号"
    accepted(csv_file(FIRMS, row(known, CODE_NEW, address)), "firms")
    accepted(csv_file(FIRMS, row(said, "", address)), "firms")
    assert (said, known) in asked_about()


def test_columns_that_changed_places_are_refused() -> None:
    build_places()
    swapped = staged(csv_file(FIRMS, ["嘉善县", CODE_A, A[1], ""]), "firms")
    assert swapped.state == Import.State.FAILED and "名称列和代码列可能互换" in problem(swapped)
    moved = staged(csv_file(FIRMS, ["嘉善县", A[3], CODE_A, A[1]]), "firms")
    assert moved.state == Import.State.FAILED and "名称列和地址列可能互换" in problem(moved)
    assert not Firm.objects.exists()


TRIED = {
    "m02_name_code_swapped": ("m01_register", "firms", None),
    "m03_former_in_brackets": ("m01_register", "firms", (0, 1, 0, 0)),
    "m04_town_prefix": ("m01_register", "firms", (0, 1, 0, 0)),
    "m05_shifted_code": ("m01_register", "firms", (1, 0, 0, 0)),
    "m07_type_choice": ("", "firms", (3, 0, 0, 0)),
    "m08_branch_parent": ("m08_register", "firms", (1, 0, 0, 0)),
    "m09_same_address": ("m09_register", "firms", (1, 0, 0, 0)),
    "m10_second_table": ("", "firms", None),
    "m11_hidden_row": ("", "firms", (2, 0, 0, 0)),
    "m12_abolished_town": ("", "firms", (0, 0, 0, 3)),
    "m13_title_repeat": ("", "firms", None),
    "m17p": ("", "pushed_roster", (1, 0, 1, 0)),
    "m17q": ("", "pushed_roster", (1, 0, 1, 0)),
    "m18_two_spellings_one_file": ("", "firms", (3, 0, 0, 0)),
    "m21_names_only": ("", "firms", None),
    "m23_zone_firms": ("", "firms", (0, 0, 0, 3)),
}


@pytest.mark.parametrize("name", TRIED)
def test_the_files_that_were_tried(name: str, shared: Path) -> None:
    """Counts of what was staged, with whole sentences where a file is refused; None: the file is not taken."""
    build_places()
    folder = shared / "cases" / "matching-t2"
    register, kind, expected = TRIED[name]
    if register:
        accepted((folder / f"{register}.xlsx").read_bytes(), "firms", filename="r.xlsx", code="330421")
    roster = make_roster() if kind == "pushed_roster" else None
    content = (folder / f"{name}.xlsx").read_bytes()
    batch = staged(content, kind, filename="t.xlsx", code="330421", roster=roster)
    assert (counts(batch) if batch.state == Import.State.STAGED else None) == expected, problem(batch)
