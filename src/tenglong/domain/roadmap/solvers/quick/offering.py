"""Takes out options that no feasible plan holds, as the kernel of the same name does."""

import numpy as np

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.problems import Ints
from tenglong.domain.roadmap.solvers.quick.tables import Listed, listed, uses_of

PIECE = 5_000


def take_out(options: Options) -> None:
    """Offer no option that breaks a limit all alone. Only measures whose amounts are that large are looked at."""
    firms = np.unique(_firm_of(options)[_suspects(options)])
    for low in range(0, len(firms), PIECE):
        some = listed(options, firms[low : low + PIECE])
        alone = breaking(options, some)
        options.arrays.offered[some.measure[alone], some.start[alone]] = False


def breaking(options: Options, some: Listed) -> Ints:
    """Which of the options break a limit all alone."""
    uses = uses_of(options, some)
    option = np.repeat(np.arange(len(some.firm)), np.diff(uses.begin))
    key, place = np.unique(option * options.rows + uses.row, return_inverse=True)
    total = np.zeros(len(key), np.int64)
    np.add.at(total, place, uses.use)
    row = key % max(1, options.rows)
    broken = (row < options.limits) & (total > 0) & (total > options.capacity[row])
    return np.unique(key[broken] // max(1, options.rows))


def hopeless(options: Options) -> bool:
    """Whether a firm that must start has no option."""
    arrays = options.arrays
    offers = np.zeros(options.firms, bool)
    offers[_firm_of(options)[arrays.offered.any(axis=1)]] = True
    return bool((arrays.must & ~offers).any())


def _suspects(options: Options) -> Ints:
    """The measures of which some amount, in all, is more than a limit on it allows."""
    arrays, amounts = options.arrays, options.arrays.cell.shape[1]
    place = np.repeat(np.arange(len(arrays.row_start) - 1), np.diff(arrays.row_start))
    caps = (arrays.coefficient > 0) & (arrays.row < options.limits)
    least = np.full(options.cells, np.iinfo(np.int64).max)
    np.minimum.at(
        least, place[caps] // arrays.worth.shape[1], np.maximum(options.capacity[arrays.row[caps]], 0)
    )
    measures = len(arrays.part_start) - 1
    measure = np.repeat(np.arange(measures), np.diff(arrays.part_start))
    total = np.bincount(measure * amounts + arrays.amount, arrays.value.astype(float), measures * amounts)
    most = least[arrays.cell[_firm_of(options)]]
    return np.flatnonzero((total.reshape(measures, amounts) > most).any(axis=1))


def _firm_of(options: Options) -> Ints:
    begin = options.arrays.measure_start
    return np.repeat(np.arange(options.firms), np.diff(begin))
