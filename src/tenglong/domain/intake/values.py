"""One raw cell to one typed value, or to a sentence that says why not. Nothing is guessed.

`parser_for` gives the function for a column. It returns (value, trouble): None without trouble is a blank
cell; an error comes without a value; a warning keeps the value and says what was assumed.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from tenglong.domain.intake.dates import read_date
from tenglong.domain.intake.kinds import Choice, Column, ColumnType
from tenglong.domain.intake.numbers import read_number
from tenglong.domain.intake.parsed import BLANK, Parsed, Severity, Trouble, Value, is_blank, refuse, tidy
from tenglong.domain.intake.raw import ERROR, PICTURE, BadCell, RawValue, Shown
from tenglong.domain.intake.seen import LEFT_OUT, as_text, checked
from tenglong.domain.kernel.folding import folded, legible
from tenglong.domain.kernel.messages import msg

Parser = Callable[[RawValue], Parsed]
Decoder = Callable[[str], Value]

_ERROR_TEXT = re.compile(
    r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|EXTERNAL!"
    r"|PYTHON!|GETTING_DATA|ERROR!|名称\?|值!|引用!|空!|数字!|除以零!|不适用)|#{3,}|Err:\d{3}",
    re.IGNORECASE,
)
"""How Excel, WPS and LibreOffice print an error, and a number that its column is too narrow for."""
_PICTURE = re.compile(r"=(?:_xlfn\.)?DISPIMG\(.*", re.DOTALL | re.IGNORECASE)
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how exports keep Excel from reading a code as a number
_SPACE = re.compile(r"\s+")
_SCIENTIFIC = re.compile(r"\d\.\d+E\+?\d+|\d+E\+\d+")
_YEAR = re.compile(r"((?:19|20)\d{2})(?:\.0+)?年?度?")
_NUMBERING = re.compile(r"^\d+[.、:)\-]+")
_REMARK = re.compile(r"\(.*\)$|:.*$")
_YES = frozenset({"是", "√", "✓", "✔", "有", "y", "yes", "true", "1", "对"})
_NO = frozenset({"否", "×", "✗", "✘", "x", "无", "没有", "n", "no", "false", "0", "不是"})
_EXACT_DIGITS = 10**15
_SUSPECT = frozenset("#＃=＝Ee \u3000")
_TEXTS = frozenset({ColumnType.TEXT, ColumnType.CODE})


def parser_for(column: Column, factor: Decimal, date_1904: bool) -> Parser:
    """The function that reads the cells of `column`; numbers are multiplied by `factor`."""
    choices = _choice_index(column.choices)
    labels = "、".join(choice.label for choice in column.choices)
    readers: dict[ColumnType, Parser] = {
        ColumnType.TEXT: _read_text,
        ColumnType.CODE: _read_code_as_written if column.as_written else _read_code,
        ColumnType.NUMBER: lambda raw: read_number(raw, column.unit, factor, as_written=column.as_written),
        ColumnType.DATE: lambda raw: read_date(raw, date_1904),
        ColumnType.YEAR: _read_year,
        ColumnType.CHOICE: lambda raw: _read_choice(raw, choices, labels),
        ColumnType.YES_NO: _read_yes_no,
    }
    read = readers[column.type]
    remembered = lru_cache(maxsize=4096)(lambda text: _no_value(text) or read(text))

    def parse(raw: RawValue) -> Parsed:
        if raw == "":
            return BLANK
        if isinstance(raw, BadCell):
            return None, Trouble(raw.problem)
        if isinstance(raw, Shown):
            plain = as_text(raw) if column.type in _TEXTS else raw.value
            return checked(raw, read(plain), column, factor)
        return remembered(raw) if type(raw) is str else read(raw)

    return _leaving_out(parse) if column.beside and not column.required else parse


def _leaving_out(parse: Parser) -> Parser:
    """The same for a column that only describes: what is not understood is left out with a remark."""

    def parse_leniently(raw: RawValue) -> Parsed:
        value, trouble = parse(raw)
        if trouble and trouble.severity is Severity.ERROR:
            return value, Trouble(msg(LEFT_OUT, problem=trouble.message), Severity.WARNING)
        return value, trouble

    return parse_leniently


def _no_value(text: str) -> Parsed | None:
    """A text that only says that there is no value: the words of an error, or what stands for a picture."""
    if text[:1] not in _SUSPECT:
        return None
    bare = tidy(text)
    if _ERROR_TEXT.fullmatch(bare):
        return refuse(msg(ERROR, raw=bare))
    return refuse(msg(PICTURE)) if _PICTURE.fullmatch(bare) else None


def written(raw: RawValue) -> str:
    """The cell as a person would read it back, for the trace."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, BadCell):
        return raw.raw
    if isinstance(raw, Shown):
        return written(raw.value)
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, (int, float)):
        return format(raw, ".15g")
    if isinstance(raw, datetime):
        return raw.isoformat(" ") if raw.time() else raw.date().isoformat()
    return str(raw)


def encode(value: Value) -> str:
    """The value as text; the column's decoder gives it back."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def decoders_of(columns: Iterable[Column]) -> dict[str, Decoder]:
    """For each column what reads the texts that `encode` wrote for it."""
    return {column.id: _DECODERS.get(column.type, str) for column in columns}


_DECODERS: dict[ColumnType, Decoder] = {
    ColumnType.NUMBER: Decimal,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.YEAR: int,
    ColumnType.YES_NO: "1".__eq__,
}


def choice_of(text: str, choices: tuple[Choice, ...]) -> str | None:
    """The id of the choice that a label, synonym or number names."""
    return _find_choice(text, _choice_index(choices))


def _read_text(raw: RawValue) -> Parsed:
    text = legible(_unwrapped(written(raw))).strip()
    return BLANK if is_blank(tidy(text)) else (text, None)


def _read_code(raw: RawValue) -> Parsed:
    code, trouble = _read_code_as_written(raw)
    return code.upper() if isinstance(code, str) else code, trouble


def _read_code_as_written(raw: RawValue) -> Parsed:
    if isinstance(raw, (bool, date, time, timedelta)):
        return refuse(
            msg("“{value}”不是代码，可能被 Excel 自动转换了，请把该列设为文本格式后重新填写。", value=raw)
        )
    if isinstance(raw, (int, float)) and abs(raw) >= _EXACT_DIGITS:
        return _lost_digits(format(raw, ".15g"))
    text = _SPACE.sub("", tidy(_unwrapped(written(raw)))).lstrip("'")
    if _SCIENTIFIC.fullmatch(text.upper()):
        return _lost_digits(text.upper())
    return BLANK if is_blank(text) else (text, None)


def _lost_digits(text: str) -> Parsed:
    problem = "代码“{value}”被 Excel 当作数字保存，15 位以后的数字已丢失。请把该列设为文本格式后重新填写。"
    return refuse(msg(problem, value=text))


def _read_year(raw: RawValue) -> Parsed:
    text = _SPACE.sub("", tidy(written(raw)))
    if is_blank(text):
        return BLANK
    match = _YEAR.fullmatch(text) if not isinstance(raw, (bool, date, time, timedelta)) else None
    return (
        (int(match[1]), None)
        if match
        else refuse(msg("“{value}”不是年份，请填写四位年份，如 2020。", value=text))
    )


def _read_yes_no(raw: RawValue) -> Parsed:
    text = _SPACE.sub("", tidy(written(raw))).casefold()
    if text in _YES or text in _NO:
        return text in _YES, None
    return BLANK if is_blank(text) else refuse(msg("“{value}”不是“是”或“否”，请填写“是”或“否”。", value=text))


def _read_choice(raw: RawValue, choices: dict[str, str], labels: str) -> Parsed:
    text = tidy(written(raw))
    found = _find_choice(text, choices)
    if found is not None:
        return found, None
    if is_blank(text):
        return BLANK
    return refuse(msg("“{value}”不在可选项之内，可填写：{labels}。", value=text, labels=labels))


def _choice_index(choices: tuple[Choice, ...]) -> dict[str, str]:
    return {
        _choice_key(name): choice.id
        for choice in choices
        for name in (choice.id, choice.label, *choice.synonyms)
    }


def _find_choice(text: str, index: dict[str, str]) -> str | None:
    """Tried in turn: as written, without a leading number, without a remark behind."""
    key = _choice_key(text)
    bare = _NUMBERING.sub("", key)
    numbered = re.match(r"\d+(?=\D)", key)
    for candidate in (key, bare, _REMARK.sub("", bare)):
        if candidate in index:
            return index[candidate]
    if numbered and _REMARK.sub("", key[numbered.end() :]) in index:
        return index[_REMARK.sub("", key[numbered.end() :])]
    return None


def _choice_key(text: str) -> str:
    return _SPACE.sub("", folded(text)).casefold()


def _unwrapped(text: str) -> str:
    match = _AS_TEXT.fullmatch(text)
    return match[1] if match else text
