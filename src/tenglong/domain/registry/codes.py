"""统一社会信用代码 (GB 32100-2015) as people type them, and temporary ids for workshops without one.

A wrong check digit is a warning, never a refusal: some codes were issued with one (domain.md 6.1).
Identity numbers of people are never kept: a reading shows them masked.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_COPY_MARK = re.compile(r"\(\d+(/\d+)?\)$")
_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY_18 = re.compile(rf"[1-8]\d{{5}}(?:18|19|20)\d\d{_DATE}\d{{3}}[\dXx]")
_IDENTITY_15 = re.compile(rf"[1-8]\d{{7}}{_DATE}\d{{3}}")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])")
_TEMPORARY = re.compile(r"TMP-(\d{4}[0-9A-Z]{2})-([A-Z]{2,4})-(\d{6})")


class CodeStatus(StrEnum):
    """What a reading found. VALID, CHECK_FAILED and TEMPORARY leave a code; the others leave none."""

    VALID = "valid"
    CHECK_FAILED = "check_failed"
    TEMPORARY = "temporary"
    NONE = "none"
    REGISTRATION_NUMBER_15 = "registration_number_15"
    IDENTITY_NUMBER = "looks_like_identity_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    BAD_CHARACTER = "bad_character"


@dataclass(frozen=True)
class CodeReading:
    """What was typed, read as a code.

    `code` is the normalised code, or "" where there is none that may be kept. `suggestion` is a valid
    code that the typist probably meant; it is shown, never taken.
    """

    code: str
    status: CodeStatus
    warning: Message | None = None
    suggestion: str = ""


def read_code(text: str) -> CodeReading:
    """Read what stands in a code column; never raises.

    Full width, spaces, quotes, hyphens and marks such as (1/1) are cleaned away silently.
    """
    cleaned = _clean(text)
    if not cleaned or cleaned in _rules().content["none_words"]:
        return CodeReading("", CodeStatus.NONE)
    if _TEMPORARY.fullmatch(cleaned):
        return CodeReading(cleaned, CodeStatus.TEMPORARY)
    code = re.sub(r"[^0-9A-Z]", "", cleaned)
    if looks_like_identity_number(code):
        problem = "“{value}”像是身份证号码，不能作为信用代码保存，请填写统一社会信用代码或留空。"
        return CodeReading("", CodeStatus.IDENTITY_NUMBER, msg(problem, value=mask_identity(code)))
    if re.fullmatch(r"\d{15}", code):
        problem = "“{value}”是 15 位旧注册号，不是信用代码，请换填 18 位统一社会信用代码。"
        return CodeReading("", CodeStatus.REGISTRATION_NUMBER_15, msg(problem, value=code))
    return _read_eighteen(code, text)


def _read_eighteen(code: str, text: str) -> CodeReading:
    suggestion = suggest_code(code)
    if len(code) != 18:
        status = CodeStatus.TOO_SHORT if len(code) < 18 else CodeStatus.TOO_LONG
        problem = "信用代码“{value}”有 {length} 位，应为 18 位，请核对营业执照。"
        return CodeReading("", status, msg(problem, value=mask_identity(text), length=len(code)), suggestion)
    if not _SHAPE.fullmatch(code):
        problem = "信用代码“{value}”有不会出现的字符（如 I、O、S、V、Z）或行政区划不是数字，请核对。"
        if suggestion:
            problem = "信用代码“{value}”含有不会出现的字符，是否为 {suggestion}？请核对营业执照。"
        warning = msg(problem, value=code, suggestion=suggestion)
        return CodeReading("", CodeStatus.BAD_CHARACTER, warning, suggestion)
    if not uscc.is_valid(code):
        problem = "信用代码“{value}”校验位不符，可能有一位录错；如营业执照确是此号，可以照存。"
        return CodeReading(code, CodeStatus.CHECK_FAILED, msg(problem, value=code))
    return CodeReading(code, CodeStatus.VALID)


def suggest_code(code: str) -> str:
    """The valid code that `code` becomes when misread letters are put right or a tail is cut off, or ""."""
    misread = str.maketrans(_rules().content["misread"])
    candidate = code.translate(misread)[:18]
    return candidate if candidate != code and uscc.is_valid(candidate) else ""


def looks_like_identity_number(code: str) -> bool:
    """Whether `code` has the form of a person's identity number and is not a credit or register number."""
    if _IDENTITY_18.fullmatch(code):
        return _identity_checks(code) or not uscc.is_valid(code)
    return bool(_IDENTITY_15.fullmatch(code)) and not mod_11_10.is_valid(code)


def mask_identity(text: str) -> str:
    """`text` with every identity number in it masked, first and last two characters kept."""

    def masked(found: re.Match[str]) -> str:
        number = found.group()
        if not looks_like_identity_number(number.upper()):
            return number
        return number[:2] + "*" * (len(number) - 4) + number[-2:]

    return _LONG_NUMBER.sub(masked, text)


def check_no_identity_number(text: str) -> None:
    """Refuse text that carries a person's identity number.

    Raises:
        BadValue: the sentence shows the text with the number masked.
    """
    shown = mask_identity(unicodedata.normalize("NFKC", text))
    if shown != unicodedata.normalize("NFKC", text):
        raise BadValue(msg("“{value}”含有身份证号码，系统不保存身份证号码，请删去后重试。", value=shown))


@dataclass(frozen=True)
class TemporaryId:
    """The id of a workshop without a credit code: county code, the town's initials, a running number."""

    county: str
    town: str
    number: int

    def __str__(self) -> str:
        return f"TMP-{self.county}-{self.town}-{self.number:06d}"


def parse_temporary(text: str) -> TemporaryId:
    """The parts of a temporary id.

    Raises:
        BadValue: the text is not of the form TMP-330421-XT-000123.
    """
    found = _TEMPORARY.fullmatch(_clean(text))
    if not found:
        raise BadValue(msg("“{value}”不是临时编号，格式应如 TMP-330421-XT-000123。", value=text))
    return TemporaryId(found[1], found[2], int(found[3]))


def _identity_checks(code: str) -> bool:
    try:
        return bool(ric.validate(code))
    except ValidationError:
        return False


def _clean(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = re.sub(r"[\s'\"‘’“”`]", "", plain)
    return _COPY_MARK.sub("", plain)


@cache
def _rules() -> RuleFile:
    return load_rules("tenglong.domain.registry", "data/codes.toml")
