"""Simulated annealing over chosen options of some firms, while the heat falls; the best feasible choice is kept.

A firm changes alone, or together with one that stands in its way by an order. What a broken row costs rises from turn
to turn for as long as it is broken: prices alone say nothing about rows that are free at the margin.
"""

from typing import Any

import numpy as np
from numba import njit

from tenglong.domain.roadmap.options import Arrays

RISE = 1.3
"""How much the penalty of a row grows in each turn at whose end it is broken (1.1 and 2 were measured worse)."""


@njit(cache=True, nogil=True)
def next_random(state: Any) -> Any:
    """A number in [0, 1) by xorshift64*; the state is an array of one."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def in_order(o: Arrays, firm: int, begun: int, start: Any) -> bool:
    """Whether a firm may start then (-1: wait), given what the firms before and after it do."""
    for k in range(o.before_start[firm], o.before_start[firm + 1]):
        other = start[o.before[k]]
        if begun >= 0 and (other < 0 or begun < other + o.before_gap[k]):
            return False
    for k in range(o.after_start[firm], o.after_start[firm + 1]):
        other = start[o.after[k]]
        if other >= 0 and (begun < 0 or other < begun + o.after_gap[k]):
            return False
    return True


@njit(cache=True, nogil=True)
def change_of(old: int, new: int, table: Any, rows: Any, turn: Any) -> float:
    """What it is worth to change an option: rows left idle cost their price, broken ones a penalty and a fine.

    What orders add to a start counts as little as idle rows do much: in the end orders are kept, not paid for.
    """
    gain, use_begin, row, use, moved = table[3], table[4], table[5], table[6], table[7]
    slack, price, penalty = rows
    idle, broken, fine = turn[1], turn[2], turn[3]
    change = gain[new] - gain[old] + (1.0 - idle) * (moved[new] - moved[old])
    a, a_end, b, b_end = use_begin[old], use_begin[old + 1], use_begin[new], use_begin[new + 1]
    while a < a_end or b < b_end:
        if b >= b_end or (a < a_end and row[a] < row[b]):
            r, more = row[a], -use[a]
            a += 1
        elif a >= a_end or row[b] < row[a]:
            r, more = row[b], use[b]
            b += 1
        else:
            r, more = row[a], use[b] - use[a]
            a += 1
            b += 1
        left = slack[r]
        after = left - more
        change += idle * price[r] * left if left >= 0 else fine - broken * penalty[r] * left
        change -= idle * price[r] * after if after >= 0 else fine - broken * penalty[r] * after
    return change


@njit(cache=True, nogil=True)
def take(line: int, new: int, table: Any, state: Any, best: Any) -> None:
    """Give a firm another option; `best` counts broken rows, adds up the value, and notes what changed."""
    firms, _, starts, gain, use_begin, row, use, _ = table
    chosen, start, slack, price = state[:4]
    _, value, counts, noted, changed = best
    old = chosen[line]
    for option, sign in ((old, 1.0), (new, -1.0)):
        value[0] -= sign * gain[option]
        for k in range(use_begin[option], use_begin[option + 1]):
            r = row[k]
            counts[0] -= slack[r] < 0
            slack[r] += sign * use[k]
            counts[0] += slack[r] < 0
            value[0] -= sign * price[r] * use[k]
    chosen[line], start[firms[line]] = new, starts[new]
    if not noted[line]:
        noted[line] = True
        changed[counts[1]] = line
        counts[1] += 1


@njit(cache=True, nogil=True)
def keep_best(chosen: Any, best: Any) -> None:
    """Remember what is chosen if it breaks nothing and is worth more than what was remembered."""
    best_chosen, value, counts, noted, changed = best
    if counts[0] or value[0] <= value[1] + 0.5:
        return
    value[1] = value[0]
    for k in range(counts[1]):
        best_chosen[changed[k]] = chosen[changed[k]]
        noted[changed[k]] = False
    counts[1] = 0


@njit(cache=True, nogil=True)
def another(line: int, begin: Any, chosen: Any, seed: Any) -> int:
    """One of the options that a firm has not chosen, by lot."""
    new = begin[line] + int(next_random(seed) * (begin[line + 1] - begin[line] - 1))
    return new + 1 if new >= chosen[line] else new


@njit(cache=True, nogil=True)
def in_the_way(o: Arrays, firm: int, begun: int, start: Any) -> int:
    """The only other firm that an order makes stand in the way of a start; -1: nobody does, -2: several do."""
    found = -1
    for k in range(o.before_start[firm], o.before_start[firm + 1]):
        other = start[o.before[k]]
        if begun >= 0 and (other < 0 or begun < other + o.before_gap[k]) and found != o.before[k]:
            found = o.before[k] if found == -1 else -2
    for k in range(o.after_start[firm], o.after_start[firm + 1]):
        other = start[o.after[k]]
        if other >= 0 and (begun < 0 or other < begun + o.after_gap[k]) and found != o.after[k]:
            found = o.after[k] if found == -1 else -2
    return found


@njit(cache=True, nogil=True)
def try_both(o: Arrays, moves: Any, least: float, turn: Any, work: Any) -> None:
    """Change two firms that an order joins, if that is worth `least`; `moves` = (line, new, line of the other)."""
    table, state, best = work
    line, new, second = moves
    firms, begin, starts = table[0], table[1], table[2]
    chosen, start, slack, price, penalty, _, seed = state
    if second < 0 or begin[second + 1] - begin[second] < 2:
        return
    rows = (slack, price, penalty)
    old, other = chosen[line], another(second, begin, chosen, seed)
    change = change_of(old, new, table, rows, turn)
    take(line, new, table, state, best)
    change += change_of(chosen[second], other, table, rows, turn)
    if change < least or not in_order(o, firms[second], starts[other], start):
        take(line, old, table, state, best)
    else:
        take(second, other, table, state, best)


@njit(cache=True, nogil=True)
def anneal(o: Arrays, table: Any, state: Any, best: Any, turn: Any, moves: int) -> None:
    """Try `moves` changes in a turn = (heat, idle, broken, fine, fall of the penalties of rows that are not broken).

    `table` = (firms, begin by firm, start, gain, begin of uses, row, use, what orders add, line by firm) lists the
    options of some firms. Changed are `state` = (chosen option by firm of the table, start by any firm, slack, price,
    penalty by unit, the least penalty, random state) and `best` = (choice, [value now, best value], [broken rows,
    changes since], changed, which).
    """
    lines, table = table[8], table[:8]
    firms, begin, starts = table[0], table[1], table[2]
    chosen, start, slack, price, penalty, least_penalty, seed = state
    rows = (slack, price, penalty)
    for _ in range(moves):
        line = int(next_random(seed) * len(firms))
        if begin[line + 1] - begin[line] < 2:
            continue
        new = another(line, begin, chosen, seed)
        firm = firms[line]
        least = turn[0] * np.log(next_random(seed) + 1e-300)
        other = -1
        if o.before_start[firm + 1] + o.after_start[firm + 1] > o.before_start[firm] + o.after_start[firm]:
            other = in_the_way(o, firm, starts[new], start)
        if other == -1:
            if change_of(chosen[line], new, table, rows, turn) >= least:
                take(line, new, table, state, best)
                keep_best(chosen, best)
        elif other >= 0:
            try_both(o, (line, new, lines[other]), least, turn, (table, state, best))
            keep_best(chosen, best)
    for r in range(len(slack)):
        penalty[r] = penalty[r] * RISE if slack[r] < 0 else max(least_penalty[r], penalty[r] * turn[4])
