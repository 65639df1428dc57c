"""The life of a case: the state machine of moves.toml, and the state of one case by its entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache, lru_cache
from typing import Any

from tenglong.domain.kernel.errors import BadRules, Conflict
from tenglong.domain.kernel.messages import Message, either, label, listed, msg, together
from tenglong.domain.kernel.process import check_rows, unreachable
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.ledger.entries import Draft, Entry
from tenglong.domain.ledger.kinds import OPENED, Vocabulary, vocabulary

# The state machine as a table of data: states, owners and moves (moves.toml).

NEW = "new"
SUSPENDED = "suspended"


@dataclass(frozen=True)
class State:
    """A state of a case; `owner` is the role whose turn it is."""

    id: str
    zh: str
    en: str
    owner: str


@dataclass(frozen=True)
class Move:
    """An entry of `kind` takes a case from one of `sources` to `to`; in a state of `stays` it is recorded
    without moving the case (a building may come down after the write-off).

    `requires` must all count already, of `requires_any` at least one. `reason` asks for a reason in words.
    An `overlay` lies over the state without replacing it. Of the kinds in `takes_back`, what the case counts
    goes back to zero with the move.
    """

    kind: str
    sources: frozenset[str]
    to: str
    stays: frozenset[str] = frozenset()
    requires: tuple[str, ...] = ()
    requires_any: tuple[str, ...] = ()
    reason: bool = False
    overlay: bool = False
    takes_back: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guard:
    """An entry of `kind` moves nothing, but needs one of `requires_any` before it."""

    kind: str
    requires_any: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Machine:
    """The whole table, in the order of the file."""

    states: dict[str, State]
    moves: dict[str, Move]
    guards: dict[str, Guard]
    at_most: dict[str, str]
    digest: str

    def leaving(self, state: str) -> tuple[Move, ...]:
        """The moves that people may make with a case in `state`; others come with deeds of their own."""
        by_hand = (move for move in self.moves.values() if vocabulary().kind(move.kind).by_hand)
        return tuple(move for move in by_hand if state in move.sources | move.stays)


def parse_machine(rules: RuleFile) -> Machine:
    """The machine that a rule file states.

    Raises:
        BadRules: a key is unknown or double, a move names a state, group or kind that does not exist, or a state cannot
            be reached.
    """
    _check_keys(rules)
    states = {row["id"]: State(**row) for row in rules.content["state"]}
    groups: dict[str, list[str]] = rules.content.get("groups", {})
    moves = {row["kind"]: _parse_move(rules.name, row, states, groups) for row in rules.content["move"]}
    guards = {
        row["kind"]: Guard(row["kind"], tuple(row["requires_any"]), row["why"])
        for row in rules.content.get("guard", [])
    }
    _check_reachable(rules.name, states, moves)
    known = vocabulary().kinds
    at_most: dict[str, str] = rules.content.get("at_most", {})
    taken_back = {kind for move in moves.values() for kind in move.takes_back}
    for kind in {*moves, *guards, *taken_back, *at_most, *at_most.values()}:
        if kind not in known:
            problem = "规则文件 {name} 中的事项 {kind} 不在台账事项表中，请先在 kinds.toml 中定义。"
            raise BadRules(msg(problem, name=rules.name, kind=kind))
    return Machine(states, moves, guards, at_most, rules.digest)


def _check_keys(rules: RuleFile) -> None:
    content = rules.content
    tops = ("source", "state", "move", "guard", "groups", "at_most")
    check_rows(rules.name, "file", [content], "source", tops)
    check_rows(rules.name, "state", content["state"], "id", _keys(State))
    check_rows(rules.name, "move", content["move"], "kind", {*_keys(Move), "from"} - {"sources"})
    check_rows(rules.name, "guard", content.get("guard", ()), "kind", _keys(Guard) | {"why_en"})


def _keys(table: type) -> set[str]:
    return {field.name for field in fields(table)}


def _check_reachable(name: str, states: dict[str, State], moves: dict[str, Move]) -> None:
    """What lies over a state is reached from it, and a case that is taken out of it is where it was."""
    ways = [(source, move.to) for move in moves.values() for source in move.sources | move.stays]
    for state in unreachable(states, [NEW], ways):
        problem = "规则文件 {name} 有误：没有任何步骤到达状态“{state}”，请补上或删去该状态。"
        raise BadRules(msg(problem, name=name, state=state))


def _parse_move(
    name: str, row: dict[str, Any], states: dict[str, State], groups: dict[str, list[str]]
) -> Move:
    sources, stays = (_expand(row.get(key, []), groups) for key in ("from", "stays"))
    for state in [*sources, *stays, row["to"]]:
        if state not in states:
            problem = "规则文件 {name} 中事项 {kind} 用了没有定义的状态 {state}，请改正。"
            raise BadRules(msg(problem, name=name, kind=row["kind"], state=state))
    return Move(
        kind=row["kind"],
        sources=frozenset(sources),
        to=row["to"],
        stays=frozenset(stays),
        requires=tuple(row.get("requires", ())),
        requires_any=tuple(row.get("requires_any", ())),
        reason=row.get("reason", False),
        overlay=row.get("overlay", False),
        takes_back=tuple(row.get("takes_back", ())),
    )


def _expand(names: list[str], groups: dict[str, list[str]]) -> list[str]:
    return [state for name in names for state in groups.get(name, [name])]


@cache
def machine() -> Machine:
    """The machine that ships with the program."""
    return parse_machine(load_rules("tenglong.domain.campaign", "moves.toml"))


# The state of one case, read from its entries, and whether a further entry may stand.

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


def opening(
    case_id: int,
    firm_id: int,
    place: str,
    day: date,
    *,
    said: Mapping[str, str],
    source: Mapping[str, Any] | None = None,
) -> Draft:
    """The first entry of a case: for which firm and where it was opened, and what is said of it from the start."""
    details = {"firm": firm_id, "place": place, "said": {name: text for name, text in said.items() if text}}
    return Draft(case_id, OPENED, day, details=details | ({"source": dict(source)} if source else {}))
