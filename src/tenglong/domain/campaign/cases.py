"""The state of one case, read from its entries, and whether a further entry may stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from tenglong.domain.campaign.moves import NEW, SUSPENDED, Machine, Move, machine
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import Message, either, label, listed, msg, together
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.ledger.entries import Draft, Entry
from tenglong.domain.ledger.kinds import Vocabulary, vocabulary

Fact = Entry | Draft


REMEMBERED = 4096
"""Cases have few different histories: what kinds of entry lead to is worked out once."""


@dataclass
class Standing:
    """Where a case stands: its state beneath any suspension, and the slots that count."""

    state: str = NEW
    suspended: bool = False
    slots: dict[str, bool] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The state that people see."""
        return SUSPENDED if self.suspended else self.state


def standing(facts: Iterable[Fact]) -> Standing:
    """The standing after `facts`, given in the order of (effective day, number). Cases share it: only read it."""
    return _standing_after(tuple([fact.kind for fact in facts]))


def check_history(facts: Sequence[Fact]) -> None:
    """Refuse a history in which some entry was not allowed where it stands, or more was freed than there was.

    Raises:
        Conflict: names the entry, the state the case was in, and what would have been allowed.
    """
    if not _may_stand(tuple([(fact.kind, bool(fact.details.get("reason"))) for fact in facts])):
        problem = _first_problem(facts)
        if problem:
            raise Conflict(problem)
    excess = _excess(facts)
    if excess:
        raise Conflict(excess)


def _excess(facts: Sequence[Fact]) -> Message | None:
    """What counts as freed beyond what there was (domain.md §2.2-e, §11.3-5); unknown baselines limit nothing."""
    amounts = {fact.kind: fact.quantity for fact in facts if fact.quantity is not None}
    for freed, baseline in machine().at_most.items():
        if baseline in amounts and amounts.get(freed, 0) > amounts[baseline]:
            words = vocabulary()
            problem = "“{freed}”{amount}{unit}超过“{baseline}”{most}{unit}，请核对两个数及其单位。"
            return msg(
                problem,
                freed=label(words.kind(freed).zh),
                amount=from_micro(amounts[freed]),
                baseline=label(words.kind(baseline).zh),
                most=from_micro(amounts[baseline]),
                unit=words.kind(freed).quantity,
            )
    return None


@lru_cache(maxsize=REMEMBERED)
def _standing_after(kinds: tuple[str, ...]) -> Standing:
    rules, words, result = machine(), vocabulary(), Standing()
    for kind in kinds:
        _apply(kind, result, rules, words)
    return result


@lru_cache(maxsize=REMEMBERED)
def _may_stand(steps: tuple[tuple[str, bool], ...]) -> bool:
    """Days play no part beside the order, and of the details only whether there is a reason."""
    facts = [Draft(0, kind, date.min, details={"reason": reason}) for kind, reason in steps]
    return _first_problem(facts) is None


def _first_problem(facts: Sequence[Fact]) -> Message | None:
    rules, words, so_far = machine(), vocabulary(), Standing()
    for fact in facts:
        problem = problem_with(fact, so_far, rules, words)
        if problem:
            return problem
        _apply(fact.kind, so_far, rules, words)
    return None


def problem_with(fact: Fact, now: Standing, rules: Machine, words: Vocabulary) -> Message | None:
    """Why `fact` may not follow on `now`; None when it may."""
    move = rules.moves.get(fact.kind)
    if move is None:
        return _guard_problem(fact, now, rules, words)
    if now.shown not in move.sources | move.stays:
        return _wrong_state(fact, now, rules, words)
    missing = _missing(move, now, words)
    if missing:
        problem = "“{kind}”（{day}）之前须先有“{missing}”，请先登记后再试。"
        return msg(problem, kind=label(words.kind(fact.kind).zh), day=fact.effective_on, missing=missing)
    if move.reason and not fact.details.get("reason"):
        problem = "登记“{kind}”（{day}）须写明理由，请补充理由。"
        return msg(problem, kind=label(words.kind(fact.kind).zh), day=fact.effective_on)
    return None


def _missing(move: Move, now: Standing, words: Vocabulary) -> Message | str:
    """The kinds that should count already, in words; empty when nothing is missing."""
    absent = [kind for kind in move.requires if not now.slots.get(words.kind(kind).slot)]
    if not absent and move.requires_any:
        if not any(now.slots.get(words.kind(kind).slot) for kind in move.requires_any):
            return either(words.kind(kind).zh for kind in move.requires_any)
    return together(words.kind(kind).zh for kind in absent)


def _guard_problem(fact: Fact, now: Standing, rules: Machine, words: Vocabulary) -> Message | None:
    guard = rules.guards.get(fact.kind)
    if guard is None or any(now.slots.get(words.kind(kind).slot) for kind in guard.requires_any):
        return None
    names = either(words.kind(kind).zh for kind in guard.requires_any)
    return msg(
        "{why}（{day}），请先登记“{names}”。", why=label(guard.why), day=fact.effective_on, names=names
    )


def _wrong_state(fact: Fact, now: Standing, rules: Machine, words: Vocabulary) -> Message:
    allowed = listed(words.kind(move.kind).zh for move in rules.leaving(now.shown))
    problem = "案件当时处于“{state}”，不能登记“{kind}”（{day}）；可以登记：{allowed}。请核对日期和先后顺序。"
    return msg(
        problem,
        state=label(rules.states[now.shown].zh),
        kind=label(words.kind(fact.kind).zh),
        day=fact.effective_on,
        allowed=allowed or label("无"),
    )


def _apply(kind_id: str, now: Standing, rules: Machine, words: Vocabulary) -> None:
    kind = words.kind(kind_id)
    now.slots[kind.slot] = kind.on
    move = rules.moves.get(kind_id)
    if move is None or now.shown in move.stays:
        return
    if move.overlay:
        now.suspended = kind.on
    else:
        now.state = move.to
