"""What an option uses and is worth, part by part: the two loops that every other kernel is made of."""

from typing import Any

import numpy as np
from numba import njit

from tenglong.domain.roadmap.options import Arrays


@njit(cache=True, nogil=True)
def add_uses(o: Arrays, firm: int, option: tuple[int, int], sign: int, tally: Any) -> None:
    """Add `sign` times what an option (measure, start) uses to the rows of `tally` = (change, seen, touched, count)."""
    change, seen, touched, count = tally
    measure, start = option
    periods = o.worth.shape[1]
    for k in range(o.part_start[measure], o.part_start[measure + 1]):
        if o.from_[k] <= start <= o.until[k]:
            place = o.cell[firm, o.amount[k]] * periods + start + o.lag[k]
            for q in range(o.row_start[place], o.row_start[place + 1]):
                row = o.row[q]
                if not seen[row]:
                    seen[row] = True
                    touched[count[0]] = row
                    count[0] += 1
                change[row] += sign * o.coefficient[q] * o.value[k]


@njit(cache=True, nogil=True)
def forget(tally: Any) -> None:
    """Empty a tally."""
    change, seen, touched, count = tally
    for k in range(count[0]):
        change[touched[k]] = 0
        seen[touched[k]] = False
    count[0] = 0


@njit(cache=True, nogil=True)
def new_tally(rows: int) -> Any:
    """An empty tally of so many rows."""
    return np.zeros(rows, np.int64), np.zeros(rows, np.bool_), np.zeros(rows, np.int64), np.zeros(1, np.int64)


@njit(cache=True, nogil=True)
def take_out(o: Arrays, limits: int, capacity: Any) -> None:
    """Offer no option that breaks one of the first `limits` rows all alone: no feasible plan holds it."""
    tally = new_tally(len(capacity))
    change, _, touched, count = tally
    for firm in range(len(o.must)):
        for measure in range(o.measure_start[firm], o.measure_start[firm + 1]):
            for start in range(o.first[measure], o.last[measure] + 1):
                add_uses(o, firm, (measure, start), 1, tally)
                for k in range(count[0]):
                    row = touched[k]
                    if row < limits and 0 < change[row] > capacity[row]:
                        o.offered[measure, start] = False
                forget(tally)


@njit(cache=True, nogil=True)
def hopeless(o: Arrays) -> int:
    """A firm that must start and has no option; -1 when there is none."""
    for firm in range(len(o.must)):
        if o.must[firm] and not o.offered[o.measure_start[firm] : o.measure_start[firm + 1]].any():
            return firm
    return -1


@njit(cache=True, nogil=True)
def option_value(o: Arrays, firm: int, option: tuple[int, int]) -> int:
    """The value of an option, exactly."""
    measure, start = option
    total = 0
    for k in range(o.part_start[measure], o.part_start[measure + 1]):
        if o.from_[k] <= start <= o.until[k]:
            total += o.value[k] * o.worth[o.cell[firm, o.amount[k]], start + o.lag[k]]
    return total


@njit(cache=True, nogil=True)
def least_value(o: Arrays) -> int:
    """No plan is worth less: the least that each firm can add, waiting where it may."""
    total = 0
    for firm in range(len(o.must)):
        least, found = 0, not o.must[firm]
        for measure in range(o.measure_start[firm], o.measure_start[firm + 1]):
            for start in range(o.first[measure], o.last[measure] + 1):
                if o.offered[measure, start]:
                    value = option_value(o, firm, (measure, start))
                    least, found = (min(least, value) if found else value), True
        total += least
    return total


@njit(cache=True, nogil=True)
def total_uses(o: Arrays, measure: Any, start: Any, use: Any) -> int:
    """The value of a plan; what it uses is added to `use`."""
    tally = new_tally(len(use))
    total = 0
    for firm in range(len(measure)):
        if measure[firm] >= 0:
            option = (measure[firm], start[firm])
            add_uses(o, firm, option, 1, tally)
            total += option_value(o, firm, option)
            change, _, touched, count = tally
            for k in range(count[0]):
                use[touched[k]] += change[touched[k]]
            forget(tally)
    return total


@njit(cache=True, nogil=True)
def columns(o: Arrays, chosen: Any, rows: int, fill: bool) -> Any:
    """(begin, row, use, value) of the options `chosen` = (firm, measure, start); without `fill` only `begin`."""
    firm, measure, start = chosen
    tally = new_tally(rows)
    change, _, touched, count = tally
    begin = np.zeros(len(firm) + 1, np.int64)
    for c in range(len(firm)):
        add_uses(o, firm[c], (measure[c], start[c]), 1, tally)
        begin[c + 1] = begin[c] + count[0]
        forget(tally)
    row = np.zeros(begin[-1] if fill else 0, np.int32)
    use = np.zeros(begin[-1] if fill else 0, np.int64)
    value = np.zeros(len(firm) if fill else 0, np.int64)
    for c in range(len(value)):
        option = (measure[c], start[c])
        add_uses(o, firm[c], option, 1, tally)
        for k in range(count[0]):
            row[begin[c] + k] = touched[k]
            use[begin[c] + k] = change[touched[k]]
        value[c] = option_value(o, firm[c], option)
        forget(tally)
    return begin, row, use, value


@njit(cache=True, nogil=True)
def window(o: Arrays, firm: int, start: Any) -> tuple[int, int]:
    """The periods in which a firm may start, given what the firms before and after it do; (0, -1): never."""
    low, high = 0, 1 << 30
    for k in range(o.before_start[firm], o.before_start[firm + 1]):
        other = start[o.before[k]]
        if other < 0:
            return 0, -1
        low = max(low, other + o.before_gap[k])
    for k in range(o.after_start[firm], o.after_start[firm + 1]):
        other = start[o.after[k]]
        if other >= 0:
            high = min(high, other - o.after_gap[k])
    return low, high


@njit(cache=True, nogil=True)
def may_wait(o: Arrays, firm: int, start: Any) -> bool:
    """Whether a firm may wait: it need not start, and nobody has started after it."""
    if o.must[firm]:
        return False
    for k in range(o.after_start[firm], o.after_start[firm + 1]):
        if start[o.after[k]] >= 0:
            return False
    return True


@njit(cache=True, nogil=True)
def windows(o: Arrays, firms: Any, inside: Any, start: Any) -> Any:
    """(first, last, must) of each firm, given what ordered firms that are not `inside` do; first > last: never."""
    low, high = np.zeros(len(firms), np.int64), np.full(len(firms), 1 << 30, np.int64)
    must = np.zeros(len(firms), np.bool_)
    for number in range(len(firms)):
        firm = firms[number]
        must[number] = o.must[firm]
        for k in range(o.before_start[firm], o.before_start[firm + 1]):
            if not inside[o.before[k]]:
                other = start[o.before[k]]
                low[number] = max(low[number], other + o.before_gap[k] if other >= 0 else 1 << 30)
                if other < 0:
                    high[number] = -1
        for k in range(o.after_start[firm], o.after_start[firm + 1]):
            other = start[o.after[k]]
            if not inside[o.after[k]] and other >= 0:
                high[number] = min(high[number], other - o.after_gap[k])
                must[number] = True
    return low, high, must
