"""Names of firms, written so that two spellings of one name become equal.

Width, letter case, spaces, brackets and punctuation go; traditional characters become simplified. The
`core` is what is left when region prefixes and legal forms are taken off as well. Where only what many
bear would be left (银行, 供销社), the most exact region stays in it.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from tenglong.domain.kernel.folding import folded
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.registry.regions import NOWHERE, Prefix, regions_of

_BRACKETED = re.compile(r"\(([^()]*)\)")
_ANY_BRACKETED = re.compile(r"[(（\[【〔]([^()（）\[\]【】〔〕]*)[)）\]】〕]")
_BETWEEN_NAMES = re.compile(r"[、，,;；/|\n\r]+")
_NOT_A_CHARACTER = re.compile(r"[\W_]+")
_SHORTEST_CORE = 2
_SHORTEST_JOINABLE = 4


@dataclass(frozen=True, slots=True)
class NormalName:
    """One name in its parts, all normalised.

    `full` is the whole name; `core` lacks `prefix` (regions before it) and `legal_form` (behind it, with what names a
    branch). `region` and `town` are the most exact ones that the name speaks of, without what they are.
    Two firms may share a core; two living firms of one county hardly ever share a full name.
    """

    full: str
    core: str
    prefix: str = ""
    legal_form: str = ""
    masked: bool = False
    region: str = ""
    town: str = ""

    @property
    def joinable(self) -> bool:
        """Whether equality of full names means anything: not masked with *, longer than three characters."""
        return not self.masked and len(self.full) >= _SHORTEST_JOINABLE


def normalise(name: str, near: str = "") -> NormalName:
    """The normal form of `name`; never raises, and its `full` is its own normal form.

    `near` is the code of where the firm lies: its places need no 镇, 县 or 市 to be told from brands.
    """
    text = _plain(name)
    masked = "*" in text
    text = _firm_in_brackets(_without_marks(re.sub(r"[\[【〔{]", "(", re.sub(r"[\]】〕}]", ")", text))))
    bracketed, inner = _without_bracketed_region(text)
    core, legal_form, before = _core(_bare(bracketed), near)
    return NormalName(_bare(text), core, before.text, legal_form, masked, before.region or inner, before.town)


@lru_cache(maxsize=100_000)
def normal_name(name: str, near: str = "") -> NormalName:
    """`normalise`, remembered: a file is walked more than once."""
    return normalise(name, near)


def names_in(text: str) -> tuple[str, ...]:
    """The name, and those that stand behind it in brackets: 甲公司（原乙厂）, 甲公司(曾用名:乙厂、丙厂)."""
    own: str = text
    others: list[str] = []
    for found in _ANY_BRACKETED.finditer(text):
        if said := _said_name().fullmatch(found[1].strip()):
            names = former_names(said[2])
            if said[1] in _words("bare") and not all(
                _ending("legal_forms").search(_plain(one)) for one in names
            ):
                continue
            own = own.replace(found.group(), "", 1)
            others += names
    return tuple(dict.fromkeys(name for name in (own.strip(), *others) if name))


def former_names(text: str) -> list[str]:
    """The names in a cell that lists them, or behind 曾用名 in a bracket."""
    parts = (part.strip() for part in _BETWEEN_NAMES.split(text))
    return [
        said[2].strip() if (said := _said_name().fullmatch(part)) and said[1] not in _words("bare") else part
        for part in parts
        if part
    ]


def tell_one_firm(one: NormalName, other: NormalName) -> bool:
    """Whether two names are one but for what people leave out: the same body and legal form, and no other place."""
    same_form = _one_form(one.legal_form) == _one_form(other.legal_form)
    return one.core == other.core and same_form and _one_place(one, other)


def is_branch(one: NormalName, other: NormalName) -> bool:
    """Whether one name is the other with a branch behind it: a shop, an office, a works of the firm."""
    short, long = sorted((one.full, other.full), key=len)
    return len(short) >= _SHORTEST_JOINABLE and short != long and long.startswith(short)


def _one_form(form: str) -> str:
    return form.replace("有限责任公司", "有限公司")


def _one_place(one: NormalName, other: NormalName) -> bool:
    named = ((one.region, other.region), (one.town, other.town))
    return all(left == right or not (left and right) for left, right in named)


def plain_text(text: str) -> str:
    """`text` without width, case, traditional characters, spaces and punctuation."""
    return _bare(_plain(text))


def without_regions(text: str) -> str:
    """`text` without the province, city and county names in front of it."""
    before = regions_of(text)
    return text[len(before.text) - len(before.town_text) :]


def _without_marks(text: str) -> str:
    """甲厂(个人) → 甲厂; copies such as (1/1) go too, but not numbers: stall (2) is not stall (6)."""
    marks = _words("marks")

    def kept(found: re.Match[str]) -> str:
        inside = _bare(found[1])
        return "" if not inside or inside in marks or re.fullmatch(r"\d+/\d+", found[1]) else found.group()

    return _BRACKETED.sub(kept, text)


def _firm_in_brackets(text: str) -> str:
    """甲（乙公司） is a person and the firm they stand for: the firm is what is meant."""
    found = re.fullmatch(r"([^()]{2,4})\(([^()]{4,})\)", text.strip())
    forms = _ending("legal_forms")
    if found and forms.search(found[2]) and not forms.search(found[1]):
        return found[2]
    return text


def _core(full: str, near: str) -> tuple[str, str, Prefix]:
    """Forms off the end and regions off the front, as long as two characters stay.

    Only the last form may be a single character: 新华书店有限公司 is a 书店, not a 书.
    """
    core, legal_form = full, ""
    found = _ending("legal_forms").search(core)
    while found and found.start() >= _SHORTEST_CORE:
        core, legal_form = core[: found.start()], found.group() + legal_form
        found = _inner_ending().search(core)
    before = regions_of(core, near)
    rest = core[len(before.text) :]
    if len(rest) < _SHORTEST_CORE:
        return core, legal_form, NOWHERE
    return (before.town or before.region) + rest if _of_many().match(rest) else rest, legal_form, before


def _without_bracketed_region(text: str) -> tuple[str, str]:
    """盛达(浙江)有限公司 → 盛达有限公司 and 浙江."""
    for found in _BRACKETED.finditer(text):
        inside = _bare(found[1])
        if inside and inside == (before := regions_of(inside)).text:
            return text[: found.start()] + text[found.end() :], before.region or inside
    return text, ""


def _plain(text: str) -> str:
    return folded(text).translate(_variants()).upper()


def _bare(text: str) -> str:
    return _NOT_A_CHARACTER.sub("", text)


@cache
def _rules() -> dict[str, Any]:
    return load_rules("tenglong.domain.registry", "data/names.toml").content


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(_rules()[key])


@cache
def _ending(key: str) -> re.Pattern[str]:
    """Finds one of the words at the end; the search starts leftmost, so the longest wins."""
    return re.compile(f"(?:{'|'.join(_rules()[key])})$")


@cache
def _inner_ending() -> re.Pattern[str]:
    words = [word for word in (*_rules()["legal_forms"], *_rules()["loose_words"]) if len(word) > 1]
    return re.compile(f"(?:{'|'.join(words)})$")


@cache
def _said_name() -> re.Pattern[str]:
    words = "|".join((*_rules()["formerly"], *_rules()["nowadays"], *_rules()["bare"]))
    return re.compile(rf"({words})[::：是]?\s*(.+)", re.DOTALL)


@cache
def _of_many() -> re.Pattern[str]:
    """What hardly tells one firm from another at the beginning of a core."""
    return re.compile("|".join(_rules()["of_many"]))


@cache
def _variants() -> dict[int, str]:
    return {ord(old): new for old, new in _rules()["variants"].items()}
