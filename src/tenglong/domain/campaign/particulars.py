"""What an entry says in particular (particulars.toml): who was visited, the parts of a price, when it is due."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.messages import label, listed, msg
from tenglong.domain.kernel.quantities import exact_text, parse_quantity, to_micro
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.ledger.kinds import vocabulary

TOLD = "told"
"""Under which key the details of an entry keep them."""
TYPES = ("text", "choice", "day", "amount", "schedule")
APPRAISER_CHOSEN, BY_LOT = "appraiser_chosen", "抽签选定"


@dataclass(frozen=True)
class Part:
    """One particular of entries of `kind`; `needed`: they are refused without it."""

    kind: str
    id: str
    type: str
    zh: str
    en: str
    choices: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True)
class Particulars:
    """All of the file; `sums`: which parts of a kind add up to its amount."""

    parts: Mapping[str, tuple[Part, ...]]
    sums: Mapping[str, tuple[tuple[str, ...], ...]]


@cache
def particulars() -> Particulars:
    """The particulars that ship with the program."""
    return parse_particulars(load_rules("tenglong.domain.campaign", "particulars.toml"))


def parse_particulars(rules: RuleFile) -> Particulars:
    """The particulars that a rule file states.

    Raises:
        BadRules: a key, kind or type is unknown, or one stands twice.
    """
    parts: dict[str, tuple[Part, ...]] = {}
    known = {one.name for one in fields(Part)}
    for row in rules.content["part"]:
        here = parts.get(row.get("kind", ""), ())
        double = row.get("id") in [part.id for part in here]
        if row.keys() - known or row.get("kind") not in vocabulary().kinds or row.get("type") not in TYPES:
            raise _bad(rules, row)
        if double or (row["type"] == "choice") != bool(row.get("choices")):
            raise _bad(rules, row)
        parts[row["kind"]] = (
            *here,
            Part(**{**row, "choices": tuple(one["zh"] for one in row.get("choices", ()))}),
        )
    sums = {kind: tuple(map(tuple, groups)) for kind, groups in rules.content["sums"].items()}
    for kind, groups in sums.items():
        stated = {part.id for part in parts.get(kind, ()) if part.type in ("amount", "schedule")}
        if not stated.issuperset(id for group in groups for id in group):
            raise _bad(rules, {"kind": kind, "id": "sums"})
    return Particulars(parts, sums)


def _bad(rules: RuleFile, row: Mapping[str, Any]) -> BadRules:
    problem = "规则文件 {name} 中“{kind}”的细目“{id}”有误：代码重复，或键、事项、类型未知，请改正。"
    return BadRules(msg(problem, name=rules.name, kind=row.get("kind", "?"), id=row.get("id", "?")))


def parts_of(kind: str) -> tuple[Part, ...]:
    """What may be said of entries of `kind`."""
    return particulars().parts.get(kind, ())


def checked(kind: str, told: Mapping[str, str], amount: Decimal | None) -> dict[str, str]:
    """What was said, in one spelling: days as 2021-05-01, amounts without grouping; empty ones left out.

    Raises:
        BadValue: an entry of `kind` has no such part, a needed one is missing, a value is not of its type, what
            should add up to the amount does not, or an appraiser is not the one that the seed draws.
    """
    parts = {part.id: part for part in parts_of(kind)}
    for id in told:
        if id not in parts:
            problem = "“{kind}”没有“{id}”这一细目，可用的有：{known}。"
            known = listed(parts) or label("无")
            raise BadValue(msg(problem, kind=label(vocabulary().kind(kind).zh), id=id, known=known))
    said = {id: _spelt(part, told[id].strip()) for id, part in parts.items() if told.get(id, "").strip()}
    for id, part in parts.items():
        if part.needed and id not in said:
            problem = "登记“{kind}”须填写“{part}”，请补充。"
            raise BadValue(msg(problem, kind=label(vocabulary().kind(kind).zh), part=label(part.zh)))
    _check_sums(kind, said, amount)
    if kind == APPRAISER_CHOSEN:
        _check_lot(said)
    return said


def schedule(text: str) -> tuple[tuple[date, Decimal], ...]:
    """The days and amounts of a schedule as `checked` spells it."""
    rows = (line.split(" ") for line in text.split("\n"))
    return tuple((date.fromisoformat(day), Decimal(amount)) for day, amount in rows)


def drawn(candidates: str, seed: str) -> str:
    """Who is drawn among candidates separated by 、: the one whose SHA-256 with the seed before it is least."""
    names = {name.strip() for name in candidates.split("、") if name.strip()}
    return min(names, key=lambda name: (sha256(f"{seed}{name}".encode()).hexdigest(), name), default="")


def _spelt(part: Part, text: str) -> str:
    if part.type == "choice" and text not in part.choices:
        problem = "“{part}”没有“{value}”这个选项，可用的有：{choices}。"
        raise BadValue(msg(problem, part=label(part.zh), value=text, choices=listed(part.choices)))
    if part.type == "day":
        return _day(part, text)
    if part.type == "amount":
        return _amount(part, text)
    if part.type == "schedule":
        lines = [line.split() for line in text.splitlines() if line.strip()]
        return "\n".join(sorted(_line(part, line) for line in lines))
    return text


def _line(part: Part, line: list[str]) -> str:
    if len(line) != 2:
        problem = "“{part}”每行须是日期和金额，中间空一格，如 2021-05-01 12.5，“{value}”不是，请改正。"
        raise BadValue(msg(problem, part=label(part.zh), value=" ".join(line)))
    return f"{_day(part, line[0])} {_amount(part, line[1])}"


def _day(part: Part, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        problem = "“{part}”须为日期，如 2021-11-09，“{value}”不是，请改正。"
        raise BadValue(msg(problem, part=label(part.zh), value=text)) from error


def _amount(part: Part, text: str) -> str:
    amount = parse_quantity(text)
    to_micro(amount)
    if amount < 0:
        raise BadValue(msg("“{part}”不能为负数，请改正。", part=label(part.zh)))
    return exact_text(amount)


def _check_sums(kind: str, said: Mapping[str, str], amount: Decimal | None) -> None:
    types = {part.id: part.type for part in parts_of(kind)}
    for group in particulars().sums.get(kind, ()):
        given = [id for id in group if id in said]
        total = sum((_total(types[id], said[id]) for id in given), Decimal(0))
        if given and total != amount:
            problem = "“{kind}”为 {amount} 万元，而{parts}合计 {total} 万元，两者须一分不差，请核对。"
            names = listed(part.zh for part in parts_of(kind) if part.id in given)
            kind_name = label(vocabulary().kind(kind).zh)
            raise BadValue(msg(problem, kind=kind_name, amount=amount, parts=names, total=exact_text(total)))


def _total(part_type: str, text: str) -> Decimal:
    return sum((one for _, one in schedule(text)), Decimal(0)) if part_type == "schedule" else Decimal(text)


def _check_lot(said: Mapping[str, str]) -> None:
    if said["how"] != BY_LOT:
        return
    if not said.get("candidates") or not said.get("seed"):
        raise BadValue(msg("抽签选定评估机构须填写候选机构和抽签种子，以便任何人复算，请补充。"))
    winner = drawn(said["candidates"], said["seed"])
    if said["appraiser"] != winner:
        problem = "按种子“{seed}”在候选机构中抽中的是“{winner}”，不是“{given}”，请核对种子、候选机构和结果。"
        raise BadValue(msg(problem, seed=said["seed"], winner=winner, given=said["appraiser"]))
