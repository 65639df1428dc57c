"""What a run gave, as JSON: numbers are texts rounded half up to nine decimals, as the engines compare them (§2.3).

So every engine leaves the same texts, and a run that is computed again can be compared with what was kept.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from tenglong.domain.evaluation.results import Evaluation, Group, Item, Outcome
from tenglong.domain.evaluation.rounding import COMPARED_PLACES, rounded
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.quantities import from_micro, plain, to_micro

T = TypeVar("T")


def exact(value: Fraction | None) -> str | None:
    """The number as it is kept, without trailing zeros."""
    return None if value is None else format(plain(rounded(value, COMPARED_PLACES)), "f")


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """One firm's result, without its number."""
    return {
        "status": outcome.status,
        "reason": outcome.reason,
        "group": dict(outcome.group),
        "items": [_item(item) for item in outcome.items],
        "points": {
            "applied": [[id, exact(value)] for id, value in outcome.points],
            "bonus": exact(outcome.bonus),
            "deduction": exact(outcome.deduction),
        },
        "total": None if outcome.total is None else to_micro(outcome.total),
        "rank": outcome.rank,
        "peers": outcome.peers,
        "grade_by_quota": outcome.grade_by_quota,
        "adjustments": list(outcome.adjustments),
        "grade": outcome.grade,
    }


def outcome_from_json(id: str, kept: Mapping[str, Any]) -> Outcome:
    """The result that `outcome_json` kept, its numbers to nine decimals."""
    points = kept["points"]
    return Outcome(
        id=id,
        status=kept["status"],
        reason=kept["reason"],
        group=kept["group"],
        items=tuple(
            Item(
                one["indicator"],
                _number(one["value"]),
                _number(one["benchmark"]),
                _number(one["score"]),
                one["how"],
            )
            for one in kept["items"]
        ),
        points=tuple((rule, Fraction(value)) for rule, value in points["applied"]),
        bonus=Fraction(points["bonus"]),
        deduction=Fraction(points["deduction"]),
        total=None if kept["total"] is None else from_micro(kept["total"]),
        rank=kept["rank"],
        peers=kept["peers"],
        grade_by_quota=kept["grade_by_quota"],
        adjustments=tuple(kept["adjustments"]),
        grade=kept["grade"],
    )


def measures_json(found: Evaluation) -> dict[str, Any]:
    """Benchmarks, ranges, average scores and cuts: lists of [group, value], in a stable order."""
    return {
        "benchmarks": {id: _groups(groups, exact) for id, groups in found.benchmarks.items()},
        "ranges": {
            id: _groups(groups, lambda ends: [exact(end) for end in ends])
            for id, groups in found.ranges.items()
        },
        "averages": {id: _groups(groups, exact) for id, groups in found.averages.items()},
        "cuts": _groups(
            found.cuts, lambda cuts: {grade: format(total, "f") for grade, total in cuts.items()}
        ),
    }


def evaluation_from_json(
    scheme: Scheme,
    year: int,
    input_digest: str,
    *,
    outcomes: Iterable[Outcome],
    measures: Mapping[str, Any],
) -> Evaluation:
    """The run that `outcome_json` and `measures_json` kept, its numbers to nine decimals."""
    return Evaluation(
        scheme=scheme.id,
        version=scheme.version,
        scheme_digest=scheme.digest,
        year=year,
        input_digest=input_digest,
        outcomes=tuple(outcomes),
        benchmarks={id: _from_groups(rows, Fraction) for id, rows in measures["benchmarks"].items()},
        ranges={id: _from_groups(rows, _ends) for id, rows in measures["ranges"].items()},
        averages={id: _from_groups(rows, Fraction) for id, rows in measures["averages"].items()},
        cuts=_from_groups(measures["cuts"], _cuts),
    )


def results_digest(results: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """One digest over (firm, result) in the order of the rows."""
    found = hashlib.sha256()
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
    for id, result in results:
        found.update(f"{encode([id, result])}\n".encode())
    return found.hexdigest()


def _item(item: Item) -> dict[str, Any]:
    return {
        "indicator": item.indicator,
        "value": exact(item.value),
        "benchmark": exact(item.benchmark),
        "score": exact(item.score),
        "how": item.how,
    }


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _groups(groups: Mapping[Group, T], value: Callable[[T], Any]) -> list[list[Any]]:
    ordered = sorted(groups.items(), key=lambda pair: [text or "" for text in pair[0]])
    return [[list(group), value(found)] for group, found in ordered]


def _from_groups(rows: Iterable[Any], value: Callable[[Any], T]) -> dict[Group, T]:
    return {tuple(group): value(found) for group, found in rows}


def _ends(texts: Iterable[str]) -> tuple[Fraction, Fraction]:
    low, high = texts
    return Fraction(low), Fraction(high)


def _cuts(texts: Mapping[str, str]) -> dict[str, Decimal]:
    return {grade: Decimal(total) for grade, total in texts.items()}
