"""Whether the steps of the grades and the adjustments after them fit each other (6, 7)."""

from collections.abc import Iterator
from itertools import pairwise

from tenglong.domain.evaluation.schemes import Adjustment, Grades, Scheme
from tenglong.domain.kernel.messages import Message, msg

SHARE_PLACES = 6  # so that quotas of a whole country stay whole numbers of 64 bits

# Which keys an adjustment of this kind has besides its condition: (must, may).
KEYS: dict[str, tuple[set[str], set[str]]] = {
    "promote": (set(), {"steps", "not_above"}),
    "demote": (set(), {"steps", "not_below"}),
    "fix": ({"grade"}, set()),
    "protect": ({"grade"}, set()),
    "veto": ({"grade"}, set()),
}


def grade_problems(scheme: Scheme) -> Iterator[tuple[str, Message]]:
    """What is wrong with the grades and adjustments: paths in the file with sentences."""
    if scheme.grades is None:
        if scheme.adjust:
            yield "adjust", msg("没有 [grades] 就没有档次可调，请补上或删去。")
        return
    yield from _step_problems(scheme.grades)
    yield from (_quota_problems if scheme.grades.by == "quota" else _score_problems)(scheme.grades)
    indicators = [indicator.id for indicator in scheme.indicator]
    for id in scheme.grades.tie_break:
        if id not in indicators:
            known = ", ".join(indicators)
            yield "grades.tie_break", msg("没有指标“{id}”，可用的有：{known}。", id=id, known=known)
    for adjustment in scheme.adjust:
        yield from _adjustment_problems(adjustment, [step.grade for step in scheme.grades.steps])


def _step_problems(grades: Grades) -> Iterator[tuple[str, Message]]:
    names = [step.grade for step in grades.steps]
    for name in names:
        if not name.strip() or names.count(name) > 1:
            yield "grades.steps", msg("档次“{name}”为空或重复，请改名。", name=name)
    if grades.steps[-1].share is not None or grades.steps[-1].from_ is not None:
        yield f"grades.steps[{names[-1]}]", msg("最后一档收下其余企业，不写 share 和 from，请删去。")


def _quota_problems(grades: Grades) -> Iterator[tuple[str, Message]]:
    for step in grades.steps[:-1]:
        if step.share is None or step.from_ is not None:
            yield (
                f"grades.steps[{step.grade}]",
                msg("按比例分档时，除最后一档外各写 share（百分比），不写 from。"),
            )
        elif step.share * 10**SHARE_PLACES % 1:
            problem = msg("比例最多写 {places} 位小数，请改正。", places=SHARE_PLACES)
            yield f"grades.steps[{step.grade}].share", problem
    total = sum(step.share for step in grades.steps if step.share is not None)
    if total > 100:
        yield "grades.steps", msg("各档比例之和为 {total}%，不应超过 100%，请改正。", total=total)


def _score_problems(grades: Grades) -> Iterator[tuple[str, Message]]:
    for step in grades.steps[:-1]:
        if step.from_ is None or step.share is not None:
            yield (
                f"grades.steps[{step.grade}]",
                msg("按分数分档时，除最后一档外各写 from（最低分），不写 share。"),
            )
    limits = [(step.grade, step.from_) for step in grades.steps if step.from_ is not None]
    for (_, higher), (grade, lower) in pairwise(limits):
        if lower >= higher:
            yield f"grades.steps[{grade}].from", msg("最低分应低于上一档的 {higher}，请改正。", higher=higher)


def _adjustment_problems(adjustment: Adjustment, grades: list[str]) -> Iterator[tuple[str, Message]]:
    path = f"adjust[{adjustment.id}]"
    must, may = KEYS[adjustment.kind]
    given = adjustment.model_fields_set & {"steps", "grade", "not_above", "not_below"}
    for key in sorted(given - must - may):
        yield f"{path}.{key}", msg("{kind} 不用 {key}，请删去。", kind=adjustment.kind, key=key)
    for key in sorted(must - given):
        yield f"{path}.{key}", msg("{kind} 需要 {key}，请补上。", kind=adjustment.kind, key=key)
    for key in sorted(given - {"steps"}):
        if getattr(adjustment, key) not in grades:
            known = ", ".join(grades)
            yield (
                f"{path}.{key}",
                msg("没有档次“{grade}”，可用的有：{known}。", grade=getattr(adjustment, key), known=known),
            )
