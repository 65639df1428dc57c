"""What the rules after the quota do to a grade, one after the other (docs/algorithms/evaluation.md §7)."""

from collections.abc import Collection
from dataclasses import dataclass

from tenglong.domain.evaluation.schemes import Adjustment, Scheme


@dataclass(frozen=True)
class Turn:
    """A rule that fitted, the grade it found and the one it left; both are equal where it changed nothing."""

    rule: Adjustment
    before: str
    after: str


def replay(scheme: Scheme, grade: str, fitted: Collection[str]) -> tuple[Turn, ...]:
    """What the rules with the ids `fitted` do to `grade`, the grade by quota, in the order of the file.

    Whether a rule fits depends on the grade by quota alone (7.2), so leaving one out changes no other's turn.
    """
    if scheme.grades is None:
        return ()
    order = [step.grade for step in scheme.grades.steps]
    turns: list[Turn] = []
    place, ceiling = order.index(grade), 0
    for rule in scheme.adjust:
        if rule.id in fitted:
            if rule.kind == "veto":
                ceiling = max(ceiling, order.index(rule.grade))
            reached = max(_moved(rule, place, order), ceiling)
            turns.append(Turn(rule, order[place], order[reached]))
            place = reached
    return tuple(turns)


def _moved(rule: Adjustment, place: int, order: list[str]) -> int:
    """The place in `order`, 0 being the best, that one rule leads to from `place`, whatever was vetoed."""
    match rule.kind:
        case "promote":
            best = order.index(rule.not_above) if rule.not_above else 0
            return min(place, max(place - rule.steps, best))
        case "demote":
            worst = order.index(rule.not_below) if rule.not_below else len(order) - 1
            return max(place, min(place + rule.steps, worst))
        case "protect":
            return min(place, order.index(rule.grade))
        case "veto":
            return max(place, order.index(rule.grade))
        case _:
            return order.index(rule.grade)
