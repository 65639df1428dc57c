"""Why a case has its measure and day, what limits there are, and answers to what-if questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.roadmap.breaches import limit_totals
from tenglong.domain.roadmap.checking import arrivals
from tenglong.domain.roadmap.explanation import FirmExplanation, explain_firm
from tenglong.domain.roadmap.process import roadmap_rules
from tenglong.domain.roadmap.what_if import Change, totals, what_if
from tenglong.domain.roadmap.wording import limit_words
from tenglong.queries.jobs.overview import JobView, job_view
from tenglong.queries.remembered import known, remembered
from tenglong.queries.roadmap.files import known_solution, solution_of
from tenglong.queries.roadmap.lines import line_of
from tenglong.queries.roadmap.names import names_of
from tenglong.queries.roadmap.overview import check_sees_all
from tenglong.queries.roadmap.settings import settings_of
from tenglong.store.models import Job, Roadmap

GAP_PLACES = 8


@dataclass(frozen=True)
class LimitRow:
    """A limit of the roadmap and what the plan uses of it, in the unit of its amount."""

    id: str
    label: Message
    amount: str
    unit: str
    at_most: bool
    bound: Decimal
    used: Decimal


@dataclass(frozen=True)
class WhatIfAnswer:
    """The plan under other limits: what would be otherwise in sentences and amounts; numbers in units of the aim.

    Without a feasible plan `value` is None. `gap` is the certified one, a share.
    """

    changes: tuple[Change, ...]
    sentences: tuple[Message, ...]
    status: str
    value: Decimal | None
    bound: Decimal | None
    gap: Decimal | None
    before: dict[str, Decimal]
    amounts: dict[str, Decimal]


def explanation_of(roadmap: Roadmap, case_id: int, scope: Scope) -> FirmExplanation:
    """Why a case has its option, and what its others would cost.

    Raises:
        NotFound: the case has no line, or not for this person, or the plan has no certificate.
    """
    line_of(roadmap, case_id, scope)
    problem, plan, certificate = solution_of(roadmap)
    if certificate is None:
        raise NotFound(msg("这份路线图没有证书，无法说明理由。"))
    firm = problem.firms.ids.index(str(case_id))
    return explain_firm(problem, plan, certificate, firm, names_of(roadmap, scope))


def limits_of(roadmap: Roadmap, scope: Scope) -> tuple[LimitRow, ...]:
    """Every limit with what the plan uses of it, in the order of the problem.

    Raises:
        NotFound: the person may see a part of the roadmap only.
    """
    check_sees_all(roadmap, scope)
    problem, plan, _ = solution_of(roadmap)
    names, used = names_of(roadmap, scope), limit_totals(problem, arrivals(problem, plan))
    rows = []
    for number, limit in enumerate(problem.limits):
        amount = problem.amounts[limit.amount]
        rows.append(
            LimitRow(
                id=limit.id,
                label=limit_words(problem, number, names),
                amount=amount.id,
                unit=amount.unit,
                at_most=limit.at_most,
                bound=amount.natural(limit.bound),
                used=amount.natural(used[number]),
            )
        )
    return tuple(rows)


def answer_of(roadmap: Roadmap, changes: Sequence[Change], scope: Scope) -> WhatIfAnswer | None:
    """The answer that a worker found; None before.

    Raises:
        NotFound: the person may see a part of the roadmap only.
    """
    check_sees_all(roadmap, scope)
    found: WhatIfAnswer | None = known(_key(roadmap, changes))
    return found


def find_answer(roadmap: Roadmap, changes: Sequence[Change], scope: Scope) -> WhatIfAnswer:
    """The answer, which is kept; it takes seconds, so workers call this.

    Raises:
        NotFound: as `answer_of`; BadValue: there is no such limit.
    """
    check_sees_all(roadmap, scope)
    key = _key(roadmap, changes)
    return remembered(key, lambda: _answer(roadmap, tuple(changes), scope), lasting=True)


def job_of_what_if(roadmap_id: int, changes: Sequence[Change]) -> JobView | None:
    """The last job that looks for an answer; call it only with a roadmap that the person may see."""
    rows = Job.objects.filter(
        kind="what_if", params__roadmap=roadmap_id, params__changes=changes_json(changes)
    )
    row = rows.order_by("-id").first()
    return job_view(row) if row else None


def changes_json(changes: Sequence[Change]) -> list[list[str | None]]:
    """Changes as a job keeps them: [limit, bound, share]."""
    return [
        [one.limit, *(None if number is None else f"{number:f}" for number in (one.bound, one.share))]
        for one in changes
    ]


def changes_from_json(rows: Sequence[Sequence[str | None]]) -> tuple[Change, ...]:
    """The changes that `changes_json` wrote."""
    return tuple(
        Change(str(limit), *(None if number is None else Decimal(number) for number in numbers))
        for limit, *numbers in rows
    )


def _answer(roadmap: Roadmap, changes: tuple[Change, ...], scope: Scope) -> WhatIfAnswer:
    problem, standing = known_solution(roadmap)
    assert standing.plan is not None  # it is read from the file of the plan
    solver = settings_of(roadmap).solver
    found = what_if(
        problem,
        standing,
        changes,
        roadmap_rules().what_if_seconds,
        seed=solver.seed,
        gap=float(solver.gap),
        names=names_of(roadmap, scope),
    )
    solution, aim = found.solution, found.problem.aim
    bound, gap = solution.certificate, solution.gap
    return WhatIfAnswer(
        changes=changes,
        sentences=found.sentences,
        status=solution.status,
        value=None if solution.plan is None else aim.natural(solution.plan.value),
        bound=None if bound is None else aim.natural(bound.bound),
        gap=None if gap is None else half_up(gap, GAP_PLACES),
        before=totals(problem, standing.plan),
        amounts={} if solution.plan is None else totals(found.problem, solution.plan),
    )


def _key(roadmap: Roadmap, changes: Sequence[Change]) -> str:
    said = sha256(repr(changes_json(changes)).encode()).hexdigest()
    return f"roadmap_what_if:{roadmap.plan_digest}:{said}"


# Which limits of a roadmap one may ask to move: the scarce ones one by one, all of one amount together.

SCARCE = Decimal("0.9")
"""Of which part must be used that a capacity counts as scarce."""
MOST = 60


@dataclass(frozen=True)
class Levers:
    """The limits of a roadmap; `tight` are targets and scarce capacities, the fullest first."""

    limits: tuple[LimitRow, ...]
    tight: tuple[LimitRow, ...]
    amounts: tuple[str, ...]

    def changes(
        self, id: str, *, by: Decimal | None = None, share: Decimal | None = None
    ) -> tuple[Change, ...]:
        """A limit moved `by` an amount or a `share`, or all capacities of an amount by a share.

        Raises:
            NotFound: there is no such limit.
        """
        if id in self.amounts:
            return tuple(
                Change(one.id, share=share) for one in self.limits if one.at_most and one.amount == id
            )
        found = next((one for one in self.limits if one.id == id), None)
        if found is None:
            raise NotFound(msg("路线图没有条件“{id}”，请从列表中选择。", id=id))
        return (Change(id, share=share) if by is None else Change(id, bound=found.bound + by),)


def levers_of(roadmap: Roadmap, scope: Scope) -> Levers:
    """What may be moved. Raises NotFound for who may see a part of the roadmap only."""
    limits = limits_of(roadmap, scope)
    scarce = [one for one in limits if not one.at_most or one.used >= SCARCE * one.bound > 0]
    tight = sorted(scarce, key=lambda one: (one.at_most, one.bound - one.used, one.id))
    amounts = dict.fromkeys(one.amount for one in limits if one.at_most)
    return Levers(limits, tuple(tight[:MOST]), tuple(amounts))
