"""The state machine as a table of data: states, owners and moves (moves.toml)."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.process import check_rows, unreachable
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.ledger.kinds import vocabulary

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
