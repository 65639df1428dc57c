"""Simulated annealing over chosen options of some firms: one firm changes at a time, while the heat falls."""

from typing import Any

import numpy as np
from numba import njit

from tenglong.domain.roadmap.options import Arrays


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
    """What it is worth to change an option: rows left idle cost their price, broken ones a penalty and a fine."""
    gain, use_begin, row, use = table[3], table[4], table[5], table[6]
    slack, price, penalty = rows
    _, idle, broken, fine = turn
    change = gain[new] - gain[old]
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
def anneal(o: Arrays, table: Any, state: Any, schedule: Any, moves: int) -> None:
    """Try `moves` changes at each turn (heat, idle, broken, fine) of the schedule.

    `table` = (firms, begin by firm, start, gain, begin of uses, row, use) lists the options of some firms; `state` =
    (chosen option by firm of the table, start by any firm, slack, price, penalty by unit, random state) is changed.
    """
    firms, begin, starts, _, use_begin, row, use = table
    chosen, start, slack, price, penalty, seed = state
    rows = (slack, price, penalty)
    for number in range(len(schedule)):
        turn = schedule[number]
        for _ in range(moves):
            line = int(next_random(seed) * len(firms))
            count = begin[line + 1] - begin[line]
            if count < 2:
                continue
            old = chosen[line]
            new = begin[line] + int(next_random(seed) * (count - 1))
            if new >= old:
                new += 1
            least = turn[0] * np.log(next_random(seed) + 1e-300)
            if change_of(old, new, table, rows, turn) < least:
                continue
            firm = firms[line]
            ordered = (
                o.before_start[firm + 1]
                + o.after_start[firm + 1]
                - o.before_start[firm]
                - o.after_start[firm]
            )
            if ordered and not in_order(o, firm, starts[new], start):
                continue
            for k in range(use_begin[old], use_begin[old + 1]):
                slack[row[k]] += use[k]
            for k in range(use_begin[new], use_begin[new + 1]):
                slack[row[k]] -= use[k]
            chosen[line], start[firm] = new, starts[new]
