"""Mends a draft: few firms change until no row is broken and everybody who must start does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenglong.domain.roadmap.problems import WAITS, Flags, Ints
from tenglong.domain.roadmap.solvers.pricing import Reals
from tenglong.domain.roadmap.solvers.quick.drafts import NEVER, Draft
from tenglong.domain.roadmap.solvers.quick.tables import spans, summed

ROUNDS, MOVES, IN_VAIN = 25, 2000, 30
LITTLE, VAIN = 0.9, 8
MOST_CELLS = 1_000_000
"""Options times rows that are looked at in one round."""
_LEAST = 1e-12


@dataclass
class Moves:
    """Changes of single firms: the option (or WAITS) each takes, what it then uses more of each row, what it loses."""

    firm: Ints
    option: Ints
    more: Reals
    loss: Reals


def mend(draft: Draft, over: Callable[[], bool] = lambda: False) -> bool:
    """Small losses first; a row that stays broken weighs more from round to round. Whether all is whole.

    It is given up when several rounds brought little, or when it is `over`.
    """
    scale = 1.0 / np.maximum(np.abs(draft.options.capacity), 1)
    weight, least, vain = scale, float("inf"), 0
    most = 0.02 * max(float(np.abs(draft.gain).mean()) if len(draft.gain) else 0.0, 1e-9)
    chance = np.random.default_rng(0)
    for _ in range(ROUNDS):
        broken = float(_breach(draft.slack, scale) + _idle(draft).sum())
        vain = 0 if broken < LITTLE * least else vain + 1
        if whole(draft) or over() or vain > VAIN:
            break
        least = min(least, broken)
        moves = _moves(draft, _able(draft, weight, chance))
        if not _made(draft, moves, weight, most):
            weight = np.where(draft.slack < 0, weight * 2.0, weight)
        most *= 1.5
    return whole(draft)


def whole(draft: Draft) -> bool:
    """Whether nothing is broken."""
    return not (draft.slack < 0).any() and not _idle(draft).any()


def _idle(draft: Draft) -> Flags:
    """Who must start and does not."""
    return draft.options.arrays.must & (draft.chosen == WAITS)


def _able(draft: Draft, weight: Reals, chance: np.random.Generator) -> Ints:
    """The firms that may help most, as many as a round can look at."""
    firms, rows = draft.options.firms, max(1, draft.options.rows)
    most = max(20, int(MOST_CELLS / rows / max(1.0, len(draft.some.firm) / max(1, firms))))
    if firms <= most:
        return np.arange(firms)
    option = np.repeat(np.arange(len(draft.some.firm)), np.diff(draft.uses.begin))
    short = np.where(draft.slack < 0, weight, 0.0)
    help_ = -summed(short[draft.uses.row] * draft.uses.use, option, len(draft.some.firm))
    now = np.where(draft.chosen == WAITS, 0.0, help_[draft.chosen])
    help_ = (help_ - now[draft.some.firm]) * draft.allowed()
    best = np.full(firms, -np.inf)
    np.maximum.at(best, draft.some.firm, help_)
    best[draft.chosen != WAITS] = np.maximum(best, -now)[draft.chosen != WAITS]
    order = np.argsort(-(best * chance.random(firms) + 1e3 * _idle(draft)), kind="stable")
    return np.sort(order[:most])


def _moves(draft: Draft, firms: Ints) -> Moves:
    """All changes of some firms that orders allow."""
    some = draft.some
    line, option = spans(some.begin[firms], some.begin[firms + 1])
    kept = draft.allowed()[option] & (option != draft.chosen[firms[line]])
    line, option = line[kept], option[kept]
    chosen = draft.chosen[firms]
    acts = chosen != WAITS
    now = np.zeros((len(firms), draft.options.rows))
    now[acts] = _dense(draft, chosen[acts])
    may_wait = acts & ~draft.options.arrays.must[firms] & (draft.windows()[1][firms] == NEVER)
    waits = np.flatnonzero(may_wait)
    more = np.concatenate([_dense(draft, option) - now[line], -now[waits]])
    gain = np.where(acts, draft.gain[chosen] if len(draft.gain) else 0.0, 0.0)
    loss = np.concatenate([gain[line] - draft.gain[option], gain[waits]])
    option = np.concatenate([option, np.full(len(waits), WAITS)])
    return Moves(firms[np.concatenate([line, waits])], option, more, loss)


def _dense(draft: Draft, chosen: Ints) -> Reals:
    """What some options use, row by row."""
    own, line = spans(draft.uses.begin[chosen], draft.uses.begin[chosen + 1])
    rows = draft.options.rows
    place = own * rows + draft.uses.row[line]
    used: Any = np.bincount(place, draft.uses.use[line], len(chosen) * rows)
    found: Reals = used.reshape(len(chosen), rows)
    return found


def _made(draft: Draft, moves: Moves, weight: Reals, most: float) -> int:
    """Make the moves that mend most for what they lose, one after the other as long as they help; how many."""
    idle = _idle(draft)
    urge = 1.0 + float(weight.max(initial=0.0))
    helps = _breach(draft.slack, weight) - _breach(draft.slack - moves.more, weight) + urge * idle[moves.firm]
    able = np.flatnonzero((moves.loss <= most) & (helps > _LEAST))
    worth = helps[able] / (np.maximum(moves.loss[able], 0.0) + 0.05 * most)
    order = able[np.argsort(-worth, kind="stable")]
    order = np.sort(np.unique(moves.firm[order], return_index=True)[1])[:MOVES] if len(order) else order
    order = able[np.argsort(-worth, kind="stable")][order]
    made = vain = 0
    for move in order.tolist():
        done = _make(draft, moves, move, weight, urge * bool(idle[moves.firm[move]]))
        made, vain = made + done, 0 if done else vain + 1
        if vain > IN_VAIN or done and whole(draft):
            break
    return made


def _make(draft: Draft, moves: Moves, move: int, weight: Reals, urge: float) -> bool:
    """Make one move if it still helps; whether it does."""
    firm, option = int(moves.firm[move]), int(moves.option[move])
    slack = draft.slack - moves.more[move].astype(np.int64)
    if _breach(draft.slack, weight) + urge - _breach(slack, weight) <= _LEAST:
        return False
    start = int(draft.some.start[option]) if option != WAITS else WAITS
    if not _in_order(draft, firm, start):
        return False
    draft.slack, draft.chosen[firm], draft.when[firm] = slack, option, start
    return True


def _breach(slack: Any, weight: Reals) -> Any:
    return -np.minimum(slack, 0) @ weight


def _in_order(draft: Draft, firm: int, start: int) -> bool:
    """Whether a firm may start then, or wait, as the others stand."""
    arrays, when = draft.options.arrays, draft.when
    before = slice(arrays.before_start[firm], arrays.before_start[firm + 1])
    after = slice(arrays.after_start[firm], arrays.after_start[firm + 1])
    first, then = when[arrays.before[before]], when[arrays.after[after]]
    if start == WAITS:
        return not (then != WAITS).any()
    too_early = (first == WAITS) | (first + arrays.before_gap[before] > start)
    too_late = (then != WAITS) & (start + arrays.after_gap[after] > then)
    return not (too_early.any() or too_late.any())
