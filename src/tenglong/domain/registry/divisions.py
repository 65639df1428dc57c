"""The places of the whole country that ship with the program: read from a packed file when somebody asks.

The file holds codes and names as the statistics have them; places.toml says what they do not: former names, zones
without a code, official orders, what people call a place, and the ids of places that were shipped before.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from itertools import islice, pairwise
from os.path import commonprefix
from typing import Any

from tenglong.domain.kernel.errors import BadRules, NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.registry.territory import Level, Place, Territory

PACKAGE = "tenglong.domain.registry"
PROVINCE, CITY, COUNTY, TOWN = 2, 4, 6, 9
"""How many digits of a code tell one place of the level from another."""
_HEAD = re.compile(r"(\d+)(.*)")
_ZONE = re.compile(r"\d{4}7\d$")  # the statistics number development zones from 71
_ZONES_LAST = 10_000
_SHOWN = 5


@cache
def places_rules() -> RuleFile:
    """What is said of places beside the packed file."""
    return load_rules(PACKAGE, "data/places.toml")


@cache
def load_places(code: str = "330400") -> Territory:
    """What `shipped_with` gives, as a territory of its own."""
    return Territory(shipped_with(code))


def shipped_with(code: str) -> list[Place]:
    """The rows of the place that `code` means, of what lies under it, and of what stands above it; those above first.

    Raises:
        NotFound: there is no such place; the sentence names the nearest ones.
    """
    place = shipped_place(code)
    family = _family(place.code[:PROVINCE])
    by_id = {row.id: row for row in family}
    codes = {place.code}
    for row in family:
        if row.parent_id is not None and by_id[row.parent_id].code in codes:
            codes.add(row.code)
    above = place
    while above.parent_id is not None:
        above = by_id[above.parent_id]
        codes.add(above.code)
    return [row for row in family if row.code in codes]


def shipped_place(code: str) -> Place:
    """The place that a code of 2, 4, 6, 9 or 12 characters means in the statistics.

    Raises:
        NotFound: there is no such place; the sentence names the nearest ones.
    """
    rules, asked = places_rules().content, _whole(code.strip().upper())
    asked = rules["means"].get(asked, asked)
    family = _family(asked[:PROVINCE])
    for row in family:
        if row.code == asked and row.valid_to is None:
            return row
    raise NotFound(_is_group(asked, family) if asked in rules["groups"] else _unknown(asked, family))


def read_places(rules: RuleFile) -> list[Place]:
    """The rows of a places file; parents and successors are named there by code.

    Raises:
        BadRules: a row lacks a key, has an unknown level, or names a code that is not in the file.
    """
    rows = sorted(rules.content["places"], key=lambda row: (row["code"], row.get("from", date.min)))
    last_id = {row["code"]: row["id"] for row in rows}
    following = {one["id"]: other["id"] for one, other in pairwise(rows) if one["code"] == other["code"]}
    try:
        return [_place(row, rules.content["always"], last_id, following) for row in rows]
    except (KeyError, ValueError) as error:
        problem = "行政区划文件 {name} 有误：{why}，请核对每行的键、级别和上级代码。"
        raise BadRules(msg(problem, name=rules.name, why=error)) from error


def unrecorded_start() -> date:
    """The day from which a place stands whose beginning is not recorded."""
    day: date = places_rules().content["always"]
    return day


def _place(row: Mapping[str, Any], always: date, last_id: dict[str, int], following: dict[int, int]) -> Place:
    successor = last_id[row["successor"]] if "successor" in row else following.get(row["id"])
    return Place(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        level=Level(row["level"]),
        parent_id=last_id[row["parent"]] if "parent" in row else None,
        order=row["order"],
        valid_from=row.get("from", always),
        valid_to=row.get("to"),
        successor_id=successor if "to" in row else None,
        aliases=tuple(row.get("aliases", ())),
    )


def shipped_heads() -> Iterator[tuple[str, str]]:
    """(digits, name) of every province, city and county of the country: 33, 3304, 330421."""
    rules = places_rules().content
    unnamed = {*rules["groups"], *rules["means"]}
    for line in _lines():
        digits, name = _parted(line.partition("\t")[0])
        if _whole(digits) not in unnamed:
            yield digits, name


def shipped_towns(county: str) -> list[str]:
    """The names of the towns of a county, by its six digits."""
    return [town[3:] for line in _lines() if line.startswith(county) for town in line.split("\t")[1:]]


def check_packed(raw: bytes) -> None:
    """Refuse a packed file that is not the one the rules speak of.

    Raises:
        BadRules: its digest is another.
    """
    packed = places_rules().content["packed"]
    if hashlib.sha256(raw).hexdigest() != packed["sha256"]:
        problem = "行政区划数据文件 {name} 与登记的摘要不符，请重新安装本系统。"
        raise BadRules(msg(problem, name=packed["file"]))


@cache
def _lines() -> tuple[str, ...]:
    file = places_rules().content["packed"]["file"]
    raw = resources.files(PACKAGE).joinpath("data", file).read_bytes()
    check_packed(raw)
    return tuple(gzip.decompress(raw).decode().split("\n"))


@lru_cache(maxsize=31)
def _family(province: str) -> tuple[Place, ...]:
    """All rows of a province, those above first; none where two digits name no province."""
    if len(province) < PROVINCE:
        return ()
    rules = places_rules()
    rows = [row for row in read_places(rules) if row.code.startswith(province)]
    ids = {row.code: row.id for row in rows}
    for code, name, above in _divisions(province):
        if code not in ids:
            ids[code] = _numbered().get(code) or int(code)
            level, always = _level(code), rules.content["always"]
            rows.append(Place(ids[code], code, name, level, ids.get(above), _order(code, above), always))
    depth = {level: place for place, level in enumerate(Level)}
    return tuple(sorted(rows, key=lambda row: (depth[row.level], row.code, row.valid_from)))


def _divisions(province: str) -> Iterator[tuple[str, str, str]]:
    """(code, name, code of the place above) of all that is governed in a province, those above first."""
    rules = places_rules().content
    passed = {*rules["groups"], *rules["means"]}
    for line in _lines():
        if line.startswith(province):
            head, *towns = line.split("\t")
            digits, name = _parted(head)
            code = _whole(digits)
            if code not in passed:
                passed.add(code)  # a city without counties stands there once more, as its own county
                yield code, name, _above(digits, rules)
            yield from ((digits + town[:3], town[3:], rules["means"].get(code, code)) for town in towns)


def _above(digits: str, rules: dict[str, Any]) -> str:
    if len(digits) == PROVINCE:
        return ""
    city = _whole(digits[:CITY])
    inside = len(digits) == COUNTY and city not in rules["groups"] and city not in rules["means"]
    return city if inside else _whole(digits[:PROVINCE])


def _level(code: str) -> Level:
    if len(code) == TOWN:
        return Level.TOWN
    if code.endswith("0000"):
        return Level.PROVINCE
    if code.endswith("00"):
        return Level.CITY
    return Level.ZONE if _ZONE.match(code) else Level.COUNTY


def _order(code: str, above: str) -> int:
    """That of the codes: what lies directly under a province behind its cities, zones last."""
    if len(code) == TOWN:
        return int(code[COUNTY:])
    digits = {"": code[:PROVINCE], f"{code[:CITY]}00": code[CITY:]}
    own = int(digits.get(above, code[PROVINCE:].removesuffix("00")))
    return own + (_ZONES_LAST if _level(code) is Level.ZONE else 0)


@cache
def _numbered() -> dict[str, int]:
    """The ids of towns that were shipped before the whole country was."""
    found: dict[str, int] = {}
    numbered = places_rules().content["numbered"]
    for line in _lines():
        if first := numbered.get(line[:COUNTY]):
            towns = line.split("\t")[1:]
            found |= {line[:COUNTY] + town[:3]: first + place for place, town in enumerate(towns)}
    return found


def _parted(head: str) -> tuple[str, str]:
    found = _HEAD.fullmatch(head)
    assert found is not None, head
    return found[1], found[2]


def _whole(code: str) -> str:
    """A code as places bear it: 44 is 440000, 441303001000 is 441303001."""
    if len(code) == 12:
        return code[:COUNTY] if code.endswith("000000") else code[:TOWN]
    return code.ljust(COUNTY, "0") if code.isdigit() and len(code) in (PROVINCE, CITY) else code


# What is said where there is no such place.


def _is_group(asked: str, family: Iterable[Place]) -> Message:
    inside = [row for row in family if row.code[:CITY] == asked[:CITY] and row.level is not Level.TOWN]
    problem = (
        "{code} 是统计上的分组，没有一级政府。请填写其中一个：{inside}；或者填写全省（区、市）：{province}。"
    )
    return msg(problem, code=asked, inside=_titles(inside), province=_titles(islice(family, 1)))


def _unknown(asked: str, family: Sequence[Place]) -> Message:
    near = _near(asked, family) if asked.isascii() else _called(asked)
    day = places_rules().content["packed"]["date"]
    if not near:
        problem = "没有代码为“{code}”的行政区划（数据截至 {day}）。请填写 6 位或 9 位区划代码，如 441300。"
        return msg(problem, code=asked[:20], day=day)
    problem = (
        "没有代码为“{code}”的行政区划（数据截至 {day}），最接近的有：{near}。请填写 6 位或 9 位区划代码。"
    )
    return msg(problem, code=asked[:20], day=day, near=_titles(near))


def _near(asked: str, family: Sequence[Place]) -> list[Place]:
    """The places with the nearest codes, of those that share its first digits for as long as any do."""
    rows = family or [shipped_place(line[:PROVINCE]) for line in _lines() if not line[PROVINCE].isdigit()]
    shared = max(_shared(asked, row.code) for row in rows)
    same = [row for row in rows if _shared(asked, row.code) == shared and row.valid_to is None]
    return sorted(same, key=lambda row: (abs(len(row.code) - len(asked)), _far(asked, row.code), row.code))


def _called(name: str) -> list[Place]:
    """The places that bear a name, as people type one where a code is asked for."""
    heads = (_parted(line.split("\t")[0]) for line in _lines())
    codes = (_whole(digits) for digits, called in heads if name in called)
    groups = places_rules().content["groups"]
    return [shipped_place(code) for code in islice((code for code in codes if code not in groups), _SHOWN)]


def _shared(one: str, other: str) -> int:
    return len(commonprefix([one, other]))


def _far(one: str, other: str) -> int:
    """How far two codes lie apart, letters counting as in the order of the alphabet."""
    left, right = (re.sub("[^0-9A-Z]", "", code)[:TOWN].ljust(TOWN, "0") for code in (one, other))
    return abs(int(left, 36) - int(right, 36))


def _titles(places: Iterable[Place]) -> str:
    return "、".join(f"{place.name}（{place.code}）" for place in islice(places, _SHOWN))
