"""What may be recorded next in a case, by this person, as the case stands today."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tenglong.domain.access.policy import Actor
from tenglong.domain.campaign.cases import Move, Standing, machine, problem_with, standing
from tenglong.domain.campaign.evidence import (
    Handled,
    check_not_own,
    check_not_two_levels,
    deciding_place,
    files_needed,
    permission_for,
)
from tenglong.domain.campaign.matrix import check_complete
from tenglong.domain.campaign.prerequisites import check_prerequisites
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.periods import EPOCH
from tenglong.domain.kernel.rulebook import Rulebook
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import Kind, vocabulary
from tenglong.queries.campaign.checklists import checklist_of
from tenglong.queries.campaign.submissions import submissions
from tenglong.queries.kernel.calendar import working_calendar
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.registry.firm_cases import CaseNow
from tenglong.queries.registry.rulebook import rulebook_of
from tenglong.store.models import Case


@dataclass(frozen=True)
class Step:
    """An entry that may follow: `leads_to` is the state afterwards, "" when the case stays where it is.

    `barred` says why this person may not record it although the case is ready for it.
    """

    kind: Kind
    leads_to: str
    files: int
    reason: bool
    barred: Message | None = None


@dataclass(frozen=True)
class NextSteps:
    """The state that people see, whose turn it is, and what may be recorded."""

    state: str
    owner: str
    moves: tuple[Step, ...]
    facts: tuple[Step, ...]
    amounts: tuple[Step, ...]

    @property
    def offered(self) -> frozenset[str]:
        """The kinds that this person may record."""
        every = (*self.moves, *self.facts, *self.amounts)
        return frozenset(step.kind.id for step in every if not step.barred)

    def step(self, kind: str) -> Step | None:
        """The step `kind`, if this person may take it."""
        every = (*self.moves, *self.facts, *self.amounts)
        return next((step for step in every if step.kind.id == kind and not step.barred), None)


def next_steps(
    case: Case | CaseNow, actor: Actor, today: date, facts: Sequence[Fact] | None = None
) -> NextSteps:
    """What `actor` may record today, in the order of the rules; nothing without the permission.

    `facts` are all entries of the case, for whoever has read them already.
    """
    if facts is None:
        facts = facts_of_cases([case.id])[case.id]
    history = surviving_history(facts)
    now = standing(history)
    submitted = submissions({case.id: history})[case.id]
    kinds = _kinds_after(tuple(fact.kind for fact in history))
    allowed = [kind for kind in kinds if _allowed(kind, case, actor)]
    book = rulebook_of(case.place_id, today)

    def gate(kind: str) -> None:
        check_gate(kind, actor, history, submitted, book)
        check_prerequisites(kind, today, history, working_calendar)

    steps = [_step(kind, now, gate, files_needed(book, kind)) for kind in allowed]
    return NextSteps(
        state=now.shown,
        owner=machine().states[now.shown].owner,
        moves=tuple(step for step in steps if step.leads_to),
        facts=tuple(step for step in steps if not step.leads_to and not step.kind.quantity),
        amounts=tuple(step for step in steps if step.kind.quantity),
    )


def check_gate(
    kind: str, actor: Actor, history: Sequence[Fact], submitted: Sequence[Handled], book: Rulebook
) -> None:
    """Ask what may bar somebody from recording `kind` although they hold its permission and the case is ready for it.

    Raises:
        NotAllowed: it approves their own submission, or they decided another level of it.
        Conflict: the case is to be written off and its file is not complete.
    """
    check_not_own(kind, actor.known_as, submitted)
    check_not_two_levels(kind, actor.known_as, history)
    if kind == "written_off":
        check_complete(checklist_of(history, book))


def _allowed(kind: str, case: Case | CaseNow, actor: Actor) -> bool:
    place = deciding_place(kind, case_place=case.place_id, roster_place=case.roster.place_id)
    return actor.may(permission_for(kind), place)


@lru_cache(maxsize=1000)
def _kinds_after(history: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds that may follow on a history of kinds, in the order of the rules: histories repeat."""
    rules, words = machine(), vocabulary()
    now = standing([Draft(0, kind, EPOCH) for kind in history])
    kinds = dict.fromkeys((*rules.moves, *words.kinds))
    by_hand = (kind for kind in kinds if words.kinds[kind].by_hand)
    drafts = [Draft(0, kind, EPOCH, details={"reason": "-"}) for kind in by_hand]
    return tuple(draft.kind for draft in drafts if problem_with(draft, now, rules, words) is None)


def _step(kind: str, now: Standing, gate: Callable[[str], None], files: int) -> Step:
    move = machine().moves.get(kind)
    barred = None
    try:
        gate(kind)
    except UserError as error:
        barred = error.message
    return Step(
        kind=vocabulary().kind(kind),
        leads_to=_leads_to(move, now) if move else "",
        files=files,
        reason=move.reason if move else False,
        barred=barred,
    )


def _leads_to(move: Move, now: Standing) -> str:
    if now.shown in move.stays:
        return ""
    if move.overlay and not vocabulary().kind(move.kind).on:
        return now.state
    return move.to
