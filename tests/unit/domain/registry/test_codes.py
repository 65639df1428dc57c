"""Credit codes as they are typed: the vectors of domain.md 6.1 and the dirt of 6.2. Numbers are invented."""

from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.registry.codes import (
    CodeStatus,
    TemporaryId,
    check_no_identity_number,
    mask_identity,
    parse_temporary,
    read_code,
)

GOOD = "91330421MATE5T017P"
PERSON = "330421196503121238"


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43", "91512081MA62K0260E", GOOD, "91330421MATE5T025J", "92330421MATE5T017L",
        "91330421MADEM0011L", "92330421MADEM002X9",
    ],
)  # fmt: skip
def test_vectors_of_the_standard_are_valid(code: str) -> None:
    reading = read_code(code)
    assert (reading.code, reading.status, reading.warning) == (code, CodeStatus.VALID, None)


def test_two_hundred_real_codes_are_valid(shared: Path) -> None:
    codes = (shared / "data/06_worked/uscc/valid_uscc.txt").read_text().split()
    assert len(codes) == 200
    assert {read_code(code).status for code in codes} == {CodeStatus.VALID}


@pytest.mark.parametrize(
    "typed",
    ["９１３３０４２１ＭＡＴＥ５Ｔ０１７Ｐ", "91330421mate5t017p", f"{GOOD}(1/1)", f"{GOOD}（1/1）", f"{GOOD}(01）",
     f"'{GOOD}", "91330421 MATE5T017P\t", "91330421-MATE5T017-P"],
)  # fmt: skip
def test_width_case_and_marks_are_cleaned_away(typed: str) -> None:
    assert read_code(typed).code == GOOD


@pytest.mark.parametrize(
    ("typed", "status", "word"),
    [
        ("91330421MATE5T017Q", CodeStatus.CHECK_FAILED, "校验位"),
        ("91350100M000100Y4Z", CodeStatus.BAD_CHARACTER, "请核对"),
        ("9133O421MATE5T017P", CodeStatus.BAD_CHARACTER, GOOD),
        ("9I330421MATE5T017P", CodeStatus.BAD_CHARACTER, GOOD),
        ("91330421MATE5T017", CodeStatus.TOO_SHORT, "17 位"),
        (f"{GOOD}001Q", CodeStatus.TOO_LONG, "22 位"),
        ("330421000012345", CodeStatus.REGISTRATION_NUMBER_15, "旧注册号"),
        (PERSON, CodeStatus.IDENTITY_NUMBER, "身份证"),
        ("330421650312123", CodeStatus.IDENTITY_NUMBER, "身份证"),
        ("纽扣", CodeStatus.TOO_SHORT, "0 位"),
    ],
)
def test_a_wrong_code_is_a_warning(typed: str, status: CodeStatus, word: str) -> None:
    reading = read_code(typed)
    assert reading.status is status
    assert word in str(reading.warning)
    assert bool(reading.code) is (status is CodeStatus.CHECK_FAILED)


@pytest.mark.parametrize("typed", ["", "  ", "无", "/", "—", "暂无", "n/a"])
def test_no_code_is_not_a_mistake(typed: str) -> None:
    assert read_code(typed).status is CodeStatus.NONE
    assert read_code(typed).warning is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("9133O42IMATE5T0I7P", GOOD), (f"{GOOD}001Q", GOOD), ("91330421MATE5T017Q", ""), ("O", "")],
)
def test_a_suggestion_is_always_a_valid_code(typed: str, meant: str) -> None:
    assert read_code(typed).suggestion == meant


def test_identity_numbers_are_never_shown_whole() -> None:
    assert PERSON not in str(read_code(PERSON).warning)
    assert mask_identity(f"联系人 {PERSON}，代码 {GOOD}") == f"联系人 33**************38，代码 {GOOD}"


def test_text_with_an_identity_number_is_refused_masked() -> None:
    check_no_identity_number(f"代码 {GOOD}，注册号 330421000012345，户号 3304210000")
    with pytest.raises(BadValue, match="33\\*{14}38") as refused:
        check_no_identity_number("张某３３０４２１１９６５０３１２１２３８")
    assert PERSON not in str(refused.value)


def test_temporary_ids_are_read_and_written() -> None:
    assert parse_temporary(" tmp-330421-xt-000123") == TemporaryId("330421", "XT", 123)
    assert str(TemporaryId("3304K1", "CN", 7)) == "TMP-3304K1-CN-000007"
    assert read_code("TMP-330421-XT-000123").status is CodeStatus.TEMPORARY


@pytest.mark.parametrize("text", ["TMP-330421-XT-123", "330421-XT-000123", GOOD])
def test_another_form_is_no_temporary_id(text: str) -> None:
    with pytest.raises(BadValue, match="TMP-330421-XT-000123"):
        parse_temporary(text)
