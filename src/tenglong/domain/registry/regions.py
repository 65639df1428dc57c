"""Places in front of a firm's name: province, city, county and town of the whole country, as people write them.

A place counts only in its order (嘉兴市嘉善县西塘镇…) and where it lies: after 浙江 no city of 陕西 is meant,
and 安康 in front of a trade is a brand. A county without its 县, 市 or 区 is one only near the firm, or under its city.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from os.path import commonprefix

from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.registry.divisions import CITY, COUNTY, PROVINCE, shipped_heads, shipped_towns

_SUFFIX = re.compile(
    r"(?:(?:维吾尔|壮族|回族)?自治区|特别行政区|省|市|地区|林区|新区|矿区|盟"
    r"|(?:[^\W\d]+族)+自治[州县]|自治[州县旗]|[县区旗])$"
)
_TOWN_SUFFIX = re.compile(r"(?:街道|镇|乡)$")
_ANY_TOWN = re.compile(r"[^\W\d]{2,4}?(?:镇|街道)(?=..)")
_SHORTEST, _LONGEST = 2, 12
_ENOUGH = 4
"""So much must stay behind a city of another province, or behind a town, else it is part of the name."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """The regions in front of a name: the text, the most exact one without its 省, 市, 县 or 区, and the
    town, without its 镇 and as it is written."""

    text: str = ""
    region: str = ""
    town: str = ""
    town_text: str = ""


NOWHERE = Prefix()


def regions_of(text: str, near: str = "") -> Prefix:
    """The regions in front of `text`, normalised; `near` is the code of where the firm lies, as far as known."""
    at = len("中国") if text.startswith("中国") else 0
    region, within, home = text[:at], "", near or _home()
    for level in (PROVINCE, CITY, COUNTY):
        found = _at_level(text, at, level, within, home)
        if found:
            name, within = found
            region, at = _stem(name), at + len(name)
    if not at and len(near) >= COUNTY:
        at = _miswritten(text, near)
    town = _town(text[at:], within or home)
    return Prefix(text[: at + len(town)], region, _TOWN_SUFFIX.sub("", town), town)


def _at_level(text: str, at: int, level: int, within: str, home: str) -> tuple[str, str] | None:
    """The longest name of a place of this level that stands at `at` and may be meant there, and its code."""
    known, longest = _names(level), _longest(level).get(text[at : at + _SHORTEST], 0)
    for length in range(min(longest, len(text) - at), _SHORTEST - 1, -1):
        name = text[at : at + length]
        codes = [code for code in known.get(name, ()) if code.startswith(within)]
        if not codes:
            continue
        near = sorted(codes, key=lambda code: not code.startswith(home[:PROVINCE]))[0]
        if _meant(text[at:], name, near, within, home):
            return name, near
    return None


def _meant(text: str, name: str, code: str, within: str, home: str) -> bool:
    """Whether a name without its 市 or 县 is a place here and no brand."""
    if len(code) == PROVINCE or within or _stem(name) != name or code.startswith(home[:CITY]):
        return True
    far = code[:PROVINCE] != home[:PROVINCE]
    return len(text) - len(name) >= _ENOUGH and not (far and len(code) == COUNTY)


def _miswritten(text: str, near: str) -> int:
    """How much of `text` is the firm's own county or city with a slip of the pen in it (慧溪市, 台市): at most one."""
    for name in _own(near):
        for length in (len(name), len(name) - 1, len(name) + 1):
            told = text[:length]
            if len(text) - length >= _ENOUGH and _one_slip(told, name):
                return length
    return 0


def _one_slip(one: str, other: str) -> bool:
    """Whether a character is another, missing or too much, or has changed places with the next."""
    start = len(commonprefix((one, other)))
    left, right = one[start:], other[start:]
    end = len(commonprefix((left[::-1], right[::-1])))
    left, right = left[: len(left) - end], right[: len(right) - end]
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])


@cache
def _own(near: str) -> tuple[str, ...]:
    """The county and the city that a place lies in, as they are written in full."""
    heads = dict(shipped_heads())
    found = (heads.get(near[:COUNTY], ""), heads.get(near[:CITY], ""))
    return tuple(name for name in found if len(name) > _SHORTEST)


def _town(text: str, within: str) -> str:
    if len(within) >= COUNTY:
        found = [name for name in _towns(within[:COUNTY]) if text.startswith(name)]
        if found and len(text) - len(found[0]) >= _ENOUGH:
            return found[0]
    other = _ANY_TOWN.match(text)
    return other.group() if other and len(text) - other.end() >= _ENOUGH else ""


@cache
def _names(level: int) -> Mapping[str, tuple[str, ...]]:
    """The codes of places of a level by their names, with and without what they are."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, name in _places():
        if len(code) == level:
            for spelling in {name, _stem(name)}:
                if len(spelling) >= _SHORTEST:
                    found[spelling].append(code)
    return {name: tuple(codes) for name, codes in found.items()}


@cache
def _longest(level: int) -> Mapping[str, int]:
    """How long the names of places of a level are at most that begin with the same characters: in front of most firms
    stands none, and a file has a hundred thousand."""
    found: dict[str, int] = {}
    for name in _names(level):
        start = name[:_SHORTEST]
        found[start] = max(found.get(start, 0), min(len(name), _LONGEST))
    return found


def _places() -> Iterator[tuple[str, str]]:
    former: dict[str, list[str]] = load_rules("tenglong.domain.registry", "data/names.toml").content["former"]
    yield from shipped_heads()
    for code, names in former.items():
        yield from ((code, name) for name in names)


@cache
def _towns(county: str) -> tuple[str, ...]:
    """The towns of a county as they are written in full, the longest first."""
    return tuple(sorted(shipped_towns(county), key=lambda name: (-len(name), name)))


def _stem(name: str) -> str:
    short = _SUFFIX.sub("", name)
    return short if len(short) >= _SHORTEST else name


@cache
def _home() -> str:
    home: str = load_rules("tenglong.domain.registry", "data/names.toml").content["home"]
    return home
