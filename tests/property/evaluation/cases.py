"""Random schemes and random firms for the engines of evaluations: every feature of schemes.py, many ties.

A case is made from a `random.Random`, so that its seed says it all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from tenglong.domain.evaluation.checks import check
from tenglong.domain.evaluation.schemes import Scheme
from tests.property.evaluation.expressions import FLAGS, GROUPS, NUMBERS, TEXTS, Expressions

YEAR = 2024


@dataclass(frozen=True)
class Case:
    """The content of a scheme file that is accepted, and the rows it is to rate."""

    content: dict[str, Any]
    rows: tuple[dict[str, Any], ...]

    @property
    def scheme(self) -> Scheme:
        """The scheme of the content."""
        return accepted(self.content)


def case(random: Random, *, firms: int = 24, scales: Sequence[int] = (1,)) -> Case:
    """A random case; each column of numbers is multiplied by one of `scales`."""
    return Case(content(random), _scaled(random, rows(random, firms), scales))


def accepted(content: dict[str, Any]) -> Scheme:
    """The scheme, after the types and checks of scheme files."""
    found = Scheme.model_validate(content)
    check(found, "case")
    return found


def rows(random: Random, firms: int) -> tuple[dict[str, Any], ...]:
    """Firms of the year, and some of the year before, in random order; numbers with at most two decimals."""
    found: list[dict[str, Any]] = []
    for number in range(firms):
        years = [YEAR] if random.random() < 0.6 else [YEAR, YEAR - 1] if random.random() < 0.8 else [YEAR - 1]
        found += [_row(random, f"f{number:02}", year) for year in years]
    random.shuffle(found)
    return tuple(found)


def _scaled(
    random: Random, rows: tuple[dict[str, Any], ...], scales: Sequence[int]
) -> tuple[dict[str, Any], ...]:
    """The rows with some columns in other units, to two decimals still."""
    factors = {column: random.choice(scales) for column in NUMBERS} if max(scales) > 1 else {}
    return tuple(
        row
        | {
            column: round(row[column] * factor, 2)
            for column, factor in factors.items()
            if row[column] is not None
        }
        for row in rows
    )


def _row(random: Random, id: str, year: int) -> dict[str, Any]:
    numbers: dict[str, Any] = {column: _number(random) for column in NUMBERS}
    texts: dict[str, Any] = {
        "county": random.choice(("east", "west", None) if random.random() < 0.2 else ("east", "west")),
        "industry": random.choice(("dye", "steel", "silk", None)),
        "size": random.choice(("big", "small")),
        "parcel": random.choice((None, None, None, "p1", "p2", "p3")),
    }
    flags: dict[str, Any] = {column: random.choice((True, False, False, None)) for column in FLAGS}
    return {"id": id, "year": year, **numbers, **texts, **flags}


def _number(random: Random) -> float | None:
    special = (None, 0.0, float("nan"), float("inf"), -1.5)
    if random.random() < 0.12:
        return random.choice(special)
    return random.choice((0.1, 0.3, 1.0, 2.0, 3.06, 5.0, 15.3, random.randrange(1, 2000) / 100))


def content(random: Random) -> dict[str, Any]:
    """A random scheme file, which `accepted` accepts."""
    indicators = [_indicator(random, f"i{number}") for number in range(random.randrange(1, 5))]
    ids = [indicator["id"] for indicator in indicators]
    found: dict[str, Any] = {
        "source": "test", "id": "case", "title": "t", "title_en": "t", "place": "p", "year": YEAR, "version": 1,
        "column": {id: _column(id) for id in (*NUMBERS, *TEXTS, *FLAGS)},
        "indicator": indicators,
    }  # fmt: skip
    maybe = _Maybe(random)
    values = Expressions(random, ids)
    if maybe(0.3):
        found["scope"] = {"when": values.condition(2)}
    if maybe(0.3):
        found["merge"] = {
            "by": "parcel",
            "host": "area",
            **maybe.some(0.5, counts=random.choice(("one", "each"))),
        }
    for key, make, chance in (("exempt", _exemption, 0.3), ("points", _points, 0.5)):
        if maybe(chance):
            found[key] = [make(random, f"{key}{n}", values) for n in range(random.randrange(1, 4))]
    if maybe(0.4):
        found["points_limit"] = maybe.some(0.6, bonus=_amount(random, 1, 4), deduction=_amount(random, 0, 3))
    found["total"] = _total(random)
    if maybe(0.85):
        found["grades"] = _grades(random, ids)
        if maybe(0.6):
            results = Expressions(
                random, [*ids, "total", "rank", "peers"], texts=("size", "industry", "grade")
            )
            found["adjust"] = [
                _adjustment(random, f"adjust{n}", results) for n in range(random.randrange(1, 5))
            ]
    return found


@dataclass(frozen=True)
class _Maybe:
    """Draws yes with a given chance; `some` keeps each key with it."""

    random: Random

    def __call__(self, chance: float) -> bool:
        return self.random.random() < chance

    def some(self, chance: float, **keys: Any) -> dict[str, Any]:
        return {key: value for key, value in keys.items() if self(chance)}


def _amount(random: Random, low: int, high: int) -> Decimal:
    return Decimal(random.randrange(low * 10, high * 10 + 1)) / 10


def _column(id: str) -> dict[str, Any]:
    kind = "number" if id in NUMBERS else "text" if id in TEXTS else "flag"
    return {"zh": id, "en": id, "type": kind}


def _by(random: Random) -> list[str]:
    return random.sample(GROUPS, random.choice((0, 1, 1, 2)))


def _indicator(random: Random, id: str) -> dict[str, Any]:
    maybe = _Maybe(random)
    columns = Expressions(random, [], texts=())
    method = random.choice(("ratio", "ratio", "ratio", "minmax", "inverse", "value"))
    indicator: dict[str, Any] = {
        "id": id, "zh": id, "en": id, "unit": "u", "method": method,
        "weight": random.choice((Decimal(10), Decimal("37.5"))),
        "numerator": random.choice(("tax", "added", "tax - energy", "max(tax, added) + 1", columns.quantity(1))),
    }  # fmt: skip
    if maybe(0.7):
        indicator["denominator"] = random.choice(("land", "staff", "land - 2", "land + staff"))
    if method in ("ratio", "inverse"):
        indicator["benchmark"] = _benchmark(random, pooled="denominator" in indicator)
        highest = Decimal(1) if method == "inverse" else Decimal(2)
        indicator |= maybe.some(0.4, floor=random.choice((Decimal("-0.5"), Decimal("0.2"), highest / 4)))
    if method == "ratio":
        indicator |= maybe.some(0.6, cap=random.choice((Decimal(1), Decimal("1.5"), Decimal(2))))
    if method == "inverse":
        indicator |= maybe.some(0.5, k=random.choice((Decimal(1), Decimal(3))))
    if method == "minmax":
        indicator |= maybe.some(0.5, base=random.choice((Decimal("0.2"), Decimal("0.6"))), by=_by(random))
    indicator |= maybe.some(0.4, average_by=_by(random))
    rules = ("zero", "average", "excluded", "not_rated", "full", Decimal("1.5"), Decimal(-1))
    indicator |= maybe.some(0.5, missing=random.choice(rules), no_denominator=random.choice(rules))
    indicator |= maybe.some(
        0.5, negative=random.choice((*rules, "as_value")), zero=random.choice((*rules, "as_value"))
    )
    return indicator


def _benchmark(random: Random, *, pooled: bool) -> dict[str, Any]:
    maybe = _Maybe(random)
    kind = random.choice(("given", "given_by", "average", "average", "quantile", "max", "min"))
    if kind == "given":
        return {"given": random.choice((Decimal("0.5"), Decimal("3.06"), Decimal(4)))}
    if kind == "given_by":
        values = {word: _amount(random, 1, 5) for word in random.sample(("dye", "steel", "silk"), 2)}
        return {"given_by": "industry", "values": values, **maybe.some(0.5, otherwise=Decimal("2.5"))}
    choices: dict[str, Any] = {
        "average": random.choice(("firms", "pooled") if pooled else ("firms",)),
        "quantile": random.choice((Decimal(0), Decimal("0.25"), Decimal("0.8"), Decimal(1))),
        "max": True,
        "min": True,
    }
    further = maybe.some(
        0.4,
        by=_by(random),
        factor=Decimal("1.2"),
        places=random.choice((0, 2)),
        at_least=random.choice((2, 5)),
        year=random.choice(("last", "this")),
    )
    return {kind: choices[kind], **further}


def _exemption(random: Random, id: str, values: Expressions) -> dict[str, Any]:
    grade = {"grade": random.choice(("T", "B", "free"))} if random.random() < 0.5 else {}
    return {"id": id, "zh": id, "en": id, "when": random.choice(("new", values.condition(2))), **grade}


def _points(random: Random, id: str, values: Expressions) -> dict[str, Any]:
    points: Any = random.choice((Decimal(2), Decimal("-1.25"), values.quantity(1), f"-{values.quantity(0)}"))
    when = {"when": values.condition(1)} if random.random() < 0.6 else {}
    return {"id": id, "zh": id, "en": id, "points": points, **when}


def _total(random: Random) -> dict[str, Any]:
    maybe = _Maybe(random)
    return {
        **maybe.some(0.6, places=random.choice((0, 0, 1, 4)), score_places=random.choice((0, 1, 4))),
        **maybe.some(0.2, floor=Decimal(5), cap=Decimal(60)),
    }


def _grades(random: Random, ids: Sequence[str]) -> dict[str, Any]:
    names = ["A", "B", "C", "D"][: random.randrange(2, 5)]
    by = random.choice(("quota", "quota", "score"))
    if by == "quota":
        shares = [
            Decimal(random.choice((5, 15, 20, 30))) + random.choice((0, Decimal("0.5"))) for _ in names[1:]
        ]
        steps: list[dict[str, Any]] = [
            {"grade": name, "share": share} for name, share in zip(names, shares, strict=False)
        ]
    else:
        lowest = sorted(random.sample(range(1, 60), len(names) - 1), reverse=True)
        steps = [{"grade": name, "from": Decimal(total)} for name, total in zip(names, lowest, strict=False)]
    maybe = _Maybe(random)
    return {
        "by": by,
        "steps": [*steps, {"grade": names[-1]}],
        **maybe.some(0.6, peers=_by(random), ties=random.choice(("up", "down"))),
        **maybe.some(0.6, rounding=random.choice(("up", "down", "half_up"))),
        **maybe.some(0.4, tie_break=random.sample(list(ids), random.randrange(1, len(ids) + 1))),
    }


def _adjustment(random: Random, id: str, results: Expressions) -> dict[str, Any]:
    maybe, kind = _Maybe(random), random.choice(("promote", "demote", "fix", "protect", "veto"))
    keys: dict[str, Any] = {}
    if kind in ("promote", "demote"):
        limit = "not_above" if kind == "promote" else "not_below"
        keys = maybe.some(0.5, steps=random.choice((1, 2)), **{limit: random.choice("AB")})
    else:
        keys = {"grade": random.choice("AB")}
    when = random.choice(("accident", "not accident", results.condition(2)))
    return {"id": id, "zh": id, "en": id, "kind": kind, "when": when, **keys}
