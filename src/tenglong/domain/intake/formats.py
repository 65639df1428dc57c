"""What a number format lets a reader see of a stored value: scaled, hidden, or only a part of a day.

Source: ECMA-376 Part 1, 18.8.30 and 18.8.31; the codes 27 to 58 as Excel writes them in Chinese.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)'
    r"|(?P<clock>AM/PM|A/P|上午/下午)|(?P<exponent>[Ee][+-])|(?P<date>(?P<part>[ymdhsegba])(?P=part)*)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_SILENT = " ()（）+-—–.,:，、/¥￥$€"
_NOTHING = ("-", "—", "–", "0")
_FIGURE = re.compile("[0#?]")
DAY = frozenset("ymd")

BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00"},
    **{14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM"},
    **{
        20: "h:mm",
        21: "h:mm:ss",
        22: "yyyy/m/d h:mm",
        27: 'yyyy"年"m"月"',
        28: 'm"月"d"日"',
        29: 'm"月"d"日"',
    },
    **{30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: "h:mm", 33: "h:mm:ss", 34: "h:mm", 35: "h:mm:ss"},
    **{36: 'yyyy"年"m"月"', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 49: "@", 50: 'yyyy"年"m"月"'},
    **{51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 55: "h:mm", 56: "h:mm:ss"},
    **{57: 'yyyy"年"m"月"', 58: 'm"月"d"日"'},
}
"""The formats that a workbook names only by number, as far as they are of concern here."""


@dataclass(frozen=True)
class Section:
    """One of the up to four parts of a format. The figure shown is the stored one times ten to the `power`.

    `date`: which of y m d h s w (day of the week) are shown. `words`: the text around the figure, `zeros`: how many
    digits are always printed.
    """

    date: frozenset[str] = frozenset()
    digits: bool = False
    text: bool = False
    percent: bool = False
    power: int = 0
    zeros: int = 0
    words: str = ""
    condition: tuple[str, float] | None = None

    @cached_property
    def is_plain(self) -> bool:
        """Whether what is seen is what is stored, but for rounding, signs and separators."""
        if self.date:
            return self.date >= DAY
        figure = self.digits and self.zeros == 1 and self.power == 0
        return (figure or (self.text and not self.digits)) and not self.said

    @property
    def hides(self) -> bool:
        """Whether nothing of the value is shown."""
        return not (self.date or self.digits or self.text)

    @property
    def said(self) -> str:
        """The words beside the figure; signs, currencies and blanks are none."""
        return self.words.strip(_SILENT)


@dataclass(frozen=True)
class Form:
    """A number format. `code`: as the workbook spells it."""

    code: str
    sections: tuple[Section, ...]

    @cached_property
    def is_plain(self) -> bool:
        """Whether every value is seen as it is stored."""
        zero = self.section(0.0)
        shows_zero = zero.is_plain or zero.words.strip() in _NOTHING
        return all(s.is_plain for s in self._for_numbers[:2]) and shows_zero and not self.hides_text

    @property
    def hides_text(self) -> bool:
        """Whether a text in the cell is not shown."""
        return len(self.sections) > 3 and not self.sections[3].text

    def section(self, number: float) -> Section:
        """The section by which a number is shown."""
        sections = self._for_numbers
        for section in sections:
            if section.condition and _holds(number, *section.condition):
                return section
        free = [section for section in sections if not section.condition]
        if len(free) < len(sections):
            return free[0] if free else sections[0]
        place = 1 if number < 0 else 2 if number == 0 else 0
        return sections[place] if place < len(sections) else sections[0]

    @cached_property
    def _for_numbers(self) -> tuple[Section, ...]:
        """A last section with @ is for texts, however many stand before it."""
        last = self.sections[-1]
        ends_in_text = len(self.sections) > 1 and last.text and not last.digits
        return self.sections[:-1] if ends_in_text else self.sections[:3]


HIDES_ZERO = Form("0;-0;;@", (Section(digits=True, zeros=1), Section(digits=True, zeros=1), Section()))
"""What a sheet does to its cells when it is set to show no zeros."""


@lru_cache(maxsize=4096)
def form_of(code: str) -> Form:
    """The format that a code describes."""
    return Form(code, tuple(_section(piece) for piece in _pieces(code)))


def _pieces(code: str) -> list[str]:
    """The code cut at its semicolons, those in quotes, brackets or behind an escape left alone."""
    pieces = [""]
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            pieces.append("")
        else:
            pieces[-1] += token[0]
    return pieces


def _section(code: str) -> Section:
    reading = _Reading()
    for token in _TOKEN.finditer(code):
        reading.see(token)
    return reading.section()


class _Reading:
    """One section while its tokens are walked."""

    def __init__(self) -> None:
        self.date: list[str] = []
        self.signs = self.words = ""
        self.text = False
        self.condition: tuple[str, float] | None = None

    def see(self, token: re.Match[str]) -> None:
        literal = token["quoted"] if token["quoted"] is not None else token["escaped"]
        if literal is not None:
            self._literal(literal)
        elif token["bracket"] is not None:
            self._bracket(token["bracket"])
        elif token["general"]:
            self.signs += "0"
        elif token["date"]:
            self.date.append(token["date"].lower())
        elif token["exponent"]:
            self.signs += "E"
        elif token["other"]:
            self._sign(token["other"])

    def section(self) -> Section:
        date = frozenset(_date_parts(self.date))
        digits = bool(_FIGURE.search(self.signs)) and not date
        whole, percent = re.split("[.E]", self.signs)[0], self.signs.count("%")
        power = 2 * percent - 3 * _trailing_commas(self.signs) - _behind_point(whole) if digits else 0
        words = "" if date else self.words
        return Section(date, digits, self.text, percent > 0, power, whole.count("0"), words, self.condition)

    def _literal(self, literal: str) -> None:
        if literal in (".", "．", "·") and _FIGURE.search(self.signs):
            self.signs += "!"
        else:
            self.words += literal

    def _bracket(self, inside: str) -> None:
        if condition := _CONDITION.fullmatch(inside.strip()):
            self.condition = condition[1], float(condition[2])
        elif re.fullmatch("h+|m+|s+", inside, re.IGNORECASE):
            self.date.append(inside.lower())
        elif inside.startswith("$"):
            self.words += inside[1:].partition("-")[0]

    def _sign(self, sign: str) -> None:
        if sign == "@":
            self.text = True
        elif sign in "0#?.,%E/":
            self.signs += sign
        else:
            self.words += sign


def _date_parts(runs: list[str]) -> set[str]:
    """m is a month unless it stands beside hours or seconds; ddd, dddd and aaa are days of the week."""
    parts: set[str] = set()
    for at, run in enumerate(runs):
        first = run[0]
        beside = {other[0] for other in runs[max(at - 1, 0) : at + 2]}
        if first == "m" and len(run) <= 2 and (runs[at - 1][:1] == "h" if at else False or "s" in beside):
            parts.add("min")
        elif (first == "d" and len(run) > 2) or first == "a":
            parts.add("w")
        else:
            parts.add({"e": "y", "b": "y", "g": "era"}.get(first, first))
    return parts


def _trailing_commas(signs: str) -> int:
    """Commas behind the last digit before the point or at the end: each divides by a thousand."""
    parts = signs.replace("%", "").partition("E")[0].split(".")
    return sum(len(part) - len(part.rstrip(",")) for part in parts)


def _behind_point(whole: str) -> int:
    """Digits behind a point that is only printed: 0!.0000 shows ten-thousandths of what is stored."""
    return len(_FIGURE.findall(whole.partition("!")[2]))


def _holds(number: float, sign: str, limit: float) -> bool:
    return {
        "<": number < limit,
        ">": number > limit,
        "=": number == limit,
        "<=": number <= limit,
        ">=": number >= limit,
        "<>": number != limit,
    }[sign]
