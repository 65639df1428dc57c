"""Plans are built and improved firm by firm; `slack` is what each row has left and is kept up to date."""

from typing import Any

import numpy as np
from numba import njit

from tenglong.domain.roadmap.options import Arrays
from tenglong.domain.roadmap.solvers.kernels.pricing import NONE, gains
from tenglong.domain.roadmap.solvers.kernels.uses import (
    add_uses,
    forget,
    may_wait,
    new_tally,
    option_value,
    window,
)

LEAST = -(1 << 62)


@njit(cache=True, nogil=True)
def fits(tally: Any, slack: Any) -> bool:
    """Whether a change makes no row broken, nor a broken one worse."""
    change, _, touched, count = tally
    for k in range(count[0]):
        row = touched[k]
        if change[row] > 0 and change[row] > slack[row]:
            return False
    return True


@njit(cache=True, nogil=True)
def apply(tally: Any, slack: Any) -> None:
    """Carry out a change, and empty the tally."""
    change, _, touched, count = tally
    for k in range(count[0]):
        slack[touched[k]] -= change[touched[k]]
    forget(tally)


@njit(cache=True, nogil=True)
def fill(o: Arrays, order: Any, prices: Any, slack: Any, plan: Any) -> None:
    """Firm after firm takes the best option under prices that still fits; `plan` = (measure, start), all waiting."""
    measures, starts = plan
    tally = new_tally(len(slack))
    gain = np.zeros(o.worth.shape[1])
    for firm in order:
        low, high = window(o, firm, starts)
        best, measure_found, start_found = NONE if o.must[firm] else 0.0, -1, -1
        for measure in range(o.measure_start[firm], o.measure_start[firm + 1]):
            gains(o, firm, measure, prices, gain)
            for start in range(max(low, o.first[measure]), min(high, o.last[measure]) + 1):
                if o.offered[measure, start] and gain[start] > best:
                    add_uses(o, firm, (measure, start), 1, tally)
                    if fits(tally, slack):
                        best, measure_found, start_found = gain[start], measure, start
                    forget(tally)
        if measure_found >= 0:
            measures[firm], starts[firm] = measure_found, start_found
            add_uses(o, firm, (measure_found, start_found), 1, tally)
            apply(tally, slack)


@njit(cache=True, nogil=True)
def improve(o: Arrays, order: Any, slack: Any, plan: Any) -> int:
    """Firm after firm changes to its most valuable option that fits; the value gained."""
    measures, starts = plan
    tally = new_tally(len(slack))
    won = 0
    for firm in order:
        old = (measures[firm], starts[firm])
        now = option_value(o, firm, old) if old[0] >= 0 else (LEAST if o.must[firm] else 0)
        low, high = window(o, firm, starts)
        best, found = now, old
        if old[0] >= 0:
            if best < 0 and may_wait(o, firm, starts):
                add_uses(o, firm, old, -1, tally)
                if fits(tally, slack):
                    best, found = 0, (-1, -1)
                forget(tally)
        for measure in range(o.measure_start[firm], o.measure_start[firm + 1]):
            for start in range(max(low, o.first[measure]), min(high, o.last[measure]) + 1):
                option = (measure, start)
                value = option_value(o, firm, option)
                if value > best and o.offered[measure, start]:
                    if old[0] >= 0:
                        add_uses(o, firm, old, -1, tally)
                    add_uses(o, firm, option, 1, tally)
                    if fits(tally, slack):
                        best, found = value, option
                    forget(tally)
        if found != old:
            won += best - (0 if now == LEAST else now)
            change_to(o, firm, found, slack, plan, tally)
    return won


@njit(cache=True, nogil=True)
def change_to(o: Arrays, firm: int, option: Any, slack: Any, plan: Any, tally: Any) -> None:
    """Give a firm another option, or (-1, -1)."""
    measures, starts = plan
    if measures[firm] >= 0:
        add_uses(o, firm, (measures[firm], starts[firm]), -1, tally)
    if option[0] >= 0:
        add_uses(o, firm, option, 1, tally)
    apply(tally, slack)
    measures[firm], starts[firm] = option[0], option[1]


@njit(cache=True, nogil=True)
def breach(tally: Any, slack: Any, weight: Any) -> float:
    """By how much a change lowers (negative) or raises what rows are broken by, weighted."""
    change, _, touched, count = tally
    total = 0.0
    for k in range(count[0]):
        row = touched[k]
        before, after = min(0, slack[row]), min(0, slack[row] - change[row])
        total += (before - after) * weight[row]
    return total


@njit(cache=True, nogil=True)
def mend(o: Arrays, order: Any, prices: Any, limits: Any, plan: Any, most_loss: float) -> int:
    """Firm after firm takes the option that mends broken rows most, at a loss under prices of at most `most_loss`.

    `limits` = (slack, weight of a unit by which a row is broken, weight of a firm that must start and does not).
    Returns how many firms changed.
    """
    measures, starts = plan
    slack, weight, idle = limits
    tally = new_tally(len(slack))
    gain = np.zeros(o.worth.shape[1])
    changed = 0
    for firm in order:
        old, base, now = (measures[firm], starts[firm]), 0.0, 0.0
        if old[0] >= 0:
            gains(o, firm, old[0], prices, gain)
            now = gain[old[1]]
        elif o.must[firm]:
            base = -idle
        low, high = window(o, firm, starts)
        best, best_gain, found = -1e-12, NONE, old
        if old[0] >= 0 and may_wait(o, firm, starts) and now <= most_loss:
            add_uses(o, firm, old, -1, tally)
            change = breach(tally, slack, weight)
            forget(tally)
            if change < best:
                best, best_gain, found = change, 0.0, (-1, -1)
        for measure in range(o.measure_start[firm], o.measure_start[firm + 1]):
            gains(o, firm, measure, prices, gain)
            for start in range(max(low, o.first[measure]), min(high, o.last[measure]) + 1):
                if now - gain[start] > most_loss or not o.offered[measure, start]:
                    continue
                if old[0] >= 0:
                    add_uses(o, firm, old, -1, tally)
                add_uses(o, firm, (measure, start), 1, tally)
                change = base + breach(tally, slack, weight)
                forget(tally)
                if change < best or (change == best and gain[start] > best_gain):
                    best, best_gain, found = change, gain[start], (measure, start)
        if found != old:
            change_to(o, firm, found, slack, plan, tally)
            changed += 1
    return changed
