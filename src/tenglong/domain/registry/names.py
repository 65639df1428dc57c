"""Names of firms, written so that two spellings of one name become equal.

Width, letter case, spaces, brackets and punctuation go; traditional characters become simplified. The
`core` is what is left when region prefixes and legal forms are taken off as well.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from tenglong.domain.kernel.folding import folded
from tenglong.domain.kernel.rulefiles import load_rules

_BRACKETED = re.compile(r"\(([^()]*)\)")
_NOT_A_CHARACTER = re.compile(r"[\W_]+")
_SHORTEST_CORE = 2
_SHORTEST_JOINABLE = 4


@dataclass(frozen=True)
class NormalName:
    """One name in four parts, all normalised.

    `full` is the whole name; `core` lacks `prefix` (regions before it) and `legal_form` (behind it).
    Two firms may share a core; two living firms of one county hardly ever share a full name.
    """

    full: str
    core: str
    prefix: str = ""
    legal_form: str = ""
    masked: bool = False

    @property
    def joinable(self) -> bool:
        """Whether equality of full names means anything: not masked with *, longer than three characters."""
        return not self.masked and len(self.full) >= _SHORTEST_JOINABLE


def normalise(name: str) -> NormalName:
    """The normal form of `name`; never raises, and its `full` is its own normal form."""
    text = _plain(name)
    masked = "*" in text
    text = _firm_in_brackets(_without_marks(re.sub(r"[\[【〔{]", "(", re.sub(r"[\]】〕}]", ")", text))))
    full = _bare(text)
    core, prefix, legal_form = _core(_bare(_bracketed_regions().sub("", text)))
    return NormalName(full, core, prefix, legal_form, masked)


@lru_cache(maxsize=300_000)
def normal_name(name: str) -> NormalName:
    """`normalise`, remembered: a file is walked more than once."""
    return normalise(name)


def plain_text(text: str) -> str:
    """`text` without width, case, traditional characters, spaces and punctuation."""
    return _bare(_plain(text))


def without_regions(text: str) -> tuple[str, str]:
    """`text` without the province, city and county names in front of it, and those names."""
    found = _regions().match(text)
    prefix = found.group() if found else ""
    return text[len(prefix) :], prefix


def _without_marks(text: str) -> str:
    """甲厂(个人) → 甲厂; copies such as (1/1) go too."""
    marks = _words("marks")

    def kept(found: re.Match[str]) -> str:
        inside = _bare(found[1])
        return "" if not inside or inside in marks or re.fullmatch(r"[\d/]+", found[1]) else found.group()

    return _BRACKETED.sub(kept, text)


def _firm_in_brackets(text: str) -> str:
    """甲（乙公司） is a person and the firm they stand for: the firm is what is meant."""
    found = re.fullmatch(r"([^()]{2,4})\(([^()]{4,})\)", text.strip())
    forms = _ending("legal_forms")
    if found and forms.search(found[2]) and not forms.search(found[1]):
        return found[2]
    return text


def _core(full: str) -> tuple[str, str, str]:
    """Forms off the end and regions off the front, as long as two characters stay.

    Only the last form may be a single character: 新华书店有限公司 is a 书店, not a 书.
    """
    core, legal_form = full, ""
    found = _ending("legal_forms").search(core)
    while found and found.start() >= _SHORTEST_CORE:
        core, legal_form = core[: found.start()], found.group() + legal_form
        found = _inner_ending().search(core)
    rest, prefix = without_regions(core)
    return (rest, prefix, legal_form) if len(rest) >= _SHORTEST_CORE else (core, "", legal_form)


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
def _regions() -> re.Pattern[str]:
    provinces, cities, counties = ("|".join(_rules()[key]) for key in ("provinces", "cities", "counties"))
    return re.compile(f"(?:中国)?(?:(?:{provinces})省?)?(?:(?:{cities})市?)?(?:(?:{counties})[市县区]?)?")


@cache
def _bracketed_regions() -> re.Pattern[str]:
    names = "|".join(name for key in ("provinces", "cities", "counties") for name in _rules()[key])
    return re.compile(rf"\((?:中国|(?:{names})[省市县区]?)+\)")


@cache
def _variants() -> dict[int, str]:
    return {ord(old): new for old, new in _rules()["variants"].items()}
