"""HiGHS on chosen options: arrays in, arrays out, no modelling layer. The only module that knows it.

Values and rows are scaled by powers of two, so that its absolute tolerances are small against one whole unit wherever
the sizes of the numbers allow; the caller checks every plan in whole numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array, hstack, vstack

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.problems import WAITS, Flags, Ints
from tenglong.domain.roadmap.solvers.kernels import uses
from tenglong.domain.roadmap.solvers.pricing import Prices, Reals

VALUE_SIZE, USE_SIZE = 1000.0, 128.0
INFINITY = highspy.kHighsInf
LENT = 100 * VALUE_SIZE
"""What a scaled unit of a row costs that is lent, where options are taken out."""
FREE = 2**62
"""The capacity of a row that does not count."""


@dataclass(frozen=True)
class Columns:
    """Options as sparse columns: the uses of option c are `row[begin[c]:begin[c + 1]]`."""

    firm: Ints
    measure: Ints
    start: Ints
    begin: Ints
    row: Ints
    use: Ints
    value: Ints

    def __len__(self) -> int:
        return len(self.firm)


def columns_of(options: Options, firm: Ints, measure: Ints, start: Ints) -> Columns:
    """The columns of named options, waiting left out."""
    kept = measure != WAITS
    chosen = tuple(np.ascontiguousarray(column[kept]) for column in (firm, measure, start))
    return Columns(*chosen, *uses.columns(options.arrays, chosen, options.rows, True))


@dataclass(frozen=True)
class Model:
    """The options that may be taken, what the rows have left for them, and who among their firms must start."""

    options: Options
    columns: Columns
    capacity: Ints
    must: Flags
    """By firm, of all firms."""
    free: Flags | None = None
    """By firm: whose orders count here; those of other firms were heeded when the columns were chosen. None: all."""
    break_cost: Reals | None = None
    """What it costs to break each row by one unit, where rows may be broken; values then count as nothing."""


@dataclass(frozen=True)
class Answer:
    """What HiGHS says: `taken` by column, `bound` in units of the aim; without a solution `taken` is None."""

    status: str
    taken: Reals | None
    bound: float
    prices: Prices | None
    nodes: int = 0
    broken: Reals | None = None
    """By how much each row is broken, where rows may be."""
    obliged: Ints | None = None
    """The firms whose obligation to start has a price."""


@dataclass(frozen=True)
class Ask:
    """How long HiGHS may try; `found` hears of better solutions, `goes_on` is asked now and then with the bound."""

    seconds: float = 1e9
    nodes: int = 2_000_000_000
    gap: float = 0.0
    start: Any = None
    found: Callable[[Reals], object] | None = None
    goes_on: Callable[[float], bool] | None = None


class _Built:
    """The matrix of a model, scaled."""

    def __init__(self, model: Model):
        columns, options = model.columns, model.options
        shape = (options.rows, len(columns))
        limits = csc_array((columns.use.astype(float), columns.row, columns.begin), shape=shape)
        largest = (
            np.maximum(abs(limits).max(axis=1).toarray().ravel(), 1.0)
            if columns.row.size
            else np.ones(shape[0])
        )
        self.row_scale = 2.0 ** np.floor(np.log2(USE_SIZE / np.maximum(largest, USE_SIZE)))
        self.value_scale = 2.0 ** np.floor(
            np.log2(VALUE_SIZE / max(float(np.abs(columns.value).max(initial=1)), 1.0))
        )
        firms, line = np.unique(columns.firm, return_inverse=True)
        count = len(columns)
        one_each = csc_array((np.ones(count), (line, np.arange(count))), shape=(len(firms), count))
        self.orders, self.order_rows = _order_rows(model)
        limits = csc_array(limits.multiply(self.row_scale[:, None]))
        self.matrix = csc_array(vstack([limits, self.order_rows, one_each], format="csc"))
        self.matrix.sort_indices()
        free = -np.full(options.rows + len(self.orders), INFINITY)
        self.lower = np.concatenate([free, model.must[firms].astype(float)])
        self.firms = firms
        self.cost = columns.value * self.value_scale
        self.most = np.ones(count)
        if model.break_cost is not None:
            self._make_elastic(options.rows, model.break_cost)
        capacity = np.where(model.capacity < FREE, model.capacity * self.row_scale, INFINITY)
        self.upper = np.concatenate([capacity, np.zeros(len(self.orders)), np.ones(len(firms))])

    def _make_elastic(self, rows: int, break_cost: Reals) -> None:
        """Give each row a column that lends it capacity; the scales are those of capacity, and values do not count."""
        cost = break_cost / self.row_scale
        self.value_scale = 1.0 / max(float(cost.max(initial=0.0)), 1e-30)
        self.cost = np.zeros(len(self.cost))
        self.lend(rows, cost * self.value_scale)

    def lend(self, rows: int, cost: Reals) -> None:
        """Give each row a column that lends it capacity at a cost, both scaled."""
        more = csc_array(
            (-np.ones(rows), (np.arange(rows), np.arange(rows))), shape=(self.matrix.shape[0], rows)
        )
        self.matrix = csc_array(hstack([self.matrix, more], format="csc"))
        self.cost = np.concatenate([self.cost, -cost])
        self.most = np.concatenate([self.most, np.full(rows, INFINITY)])


def _order_rows(model: Model) -> tuple[list[tuple[int, int]], Any]:
    """Rows for the orders (k, period) between free firms: then by period - first by period - gap ≤ 0."""
    columns, orders = model.columns, model.options.orders
    free = np.ones(model.options.firms, bool) if model.free is None else model.free
    kept = np.flatnonzero(free[orders.first] & free[orders.then])
    firms = np.unique(np.concatenate([orders.first[kept], orders.then[kept]]))
    labels: list[tuple[int, int]] = []
    rows, places, entries = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    of_firm = {int(firm): np.flatnonzero(columns.firm == firm) for firm in firms}
    for k in kept:
        then, first = of_firm[int(orders.then[k])], of_firm[int(orders.first[k])]
        for period in np.unique(columns.start[then]):
            late = then[columns.start[then] <= period]
            early = first[columns.start[first] <= period - orders.gap[k]]
            rows.append(np.full(len(late) + len(early), len(labels)))
            places += [late, early]
            entries += [np.ones(len(late)), -np.ones(len(early))]
            labels.append((int(k), int(period)))
    matrix = (np.concatenate(entries), (np.concatenate(rows), np.concatenate(places)))
    return labels, csc_array(matrix, shape=(len(labels), len(columns)))


def solve(model: Model, ask: Ask, *, whole: bool) -> Answer:
    """Maximise the value over the model's options; with `whole` each is taken or not, without it shares may be."""
    untouched = np.bincount(model.columns.row, minlength=model.options.rows) == 0
    if model.break_cost is None and (model.capacity[untouched] < 0).any():
        return Answer("Infeasible", None, -INFINITY, None)
    if not len(model.columns) and model.break_cost is None:
        return Answer("Optimal", np.zeros(0), 0.0, None)
    built = _Built(model)
    solver = _loaded(model, built, ask, whole=whole)
    if ask.start is not None and whole:
        guess = highspy.HighsSolution()
        guess.col_value = np.asarray(ask.start, float)
        solver.setSolution(guess)
    _listen(solver, model, built, ask, whole=whole)
    solver.run()
    status = solver.modelStatusToString(solver.getModelStatus())
    info = solver.getInfo()
    solved = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if solved else None
    count = len(model.columns)
    taken = None if values is None else values[:count]
    broken = None if values is None or model.break_cost is None else values[count:] / built.row_scale
    if whole:
        bound = info.mip_dual_bound / built.value_scale
        return Answer(status, taken, bound, None, int(info.mip_node_count), broken)
    prices = obliged = None
    if status == "Optimal":
        prices = _prices(model, built, solver)
        duals = np.array(solver.getSolution().row_dual)[-len(built.firms) :]
        obliged = built.firms[np.flatnonzero(duals < -1e-9)] if len(built.firms) else built.firms
    bound = info.objective_function_value / built.value_scale
    return Answer(status, taken, bound, prices, broken=broken, obliged=obliged)


class Splitting:
    """The relaxation of a model that is solved again and again with other options taken out.

    Rows lend what is missing at a high price, so there is always a solution, and prices that prove it too dear.
    """

    def __init__(self, model: Model):
        self._built, rows = _Built(model), model.options.rows
        self._built.lend(rows, np.full(rows, LENT))
        self._solver = _loaded(model, self._built, Ask(), whole=False)
        self._solver.setOptionValue("presolve", "off")
        self._count, self._rows, self._added = len(model.columns), rows, list[float]()
        self.firms, self.orders = self._built.firms, self._built.orders
        """The firms that have columns, and what the rows of orders are (order, period)."""
        self.uses = self._uses(model)
        """What each column uses of each row and each row of orders, in whole numbers."""

    def _uses(self, model: Model) -> Any:
        columns = model.columns
        shape = (model.options.rows, len(columns))
        rows = csc_array((columns.use, columns.row, columns.begin), shape=shape)
        orders = csc_array(self._built.order_rows.astype(np.int64))
        return csc_array(vstack([rows, orders], format="csc")).T.tocsr()

    def add(self, uses: Any, capacity: Ints) -> None:
        """More rows, by what each column uses of them in whole numbers; they lend what is missing too."""
        for number, bound in enumerate(capacity.tolist()):
            own = uses[:, [number]].tocoo()
            largest = max(float(np.abs(own.data).max(initial=1)), USE_SIZE)
            scale, row = 2.0 ** np.floor(np.log2(USE_SIZE / largest)), self._solver.getNumRow()
            entries = own.data * scale
            self._solver.addRow(
                -INFINITY, bound * scale, len(entries), own.coords[0].astype(np.int32), entries
            )
            self._solver.addCol(-LENT, 0.0, INFINITY, 1, np.array([row], np.int32), np.array([-1.0]))
            self._added.append(scale)
        self.uses = hstack([self.uses, uses], format="csr")

    def solved(self, allowed: Flags, must: Flags) -> tuple[float, Reals, Reals] | None:
        """Value, shares of columns, and prices of rows, of order rows and of rows added; None: HiGHS has no answer.

        `allowed` is by column, `must` by firm that has columns.
        """
        count, firms = self._count, len(self.firms)
        first = self._rows + len(self.orders)
        columns, lines = np.arange(count, dtype=np.int32), np.arange(first, first + firms, dtype=np.int32)
        self._solver.changeColsBounds(count, columns, np.zeros(count), allowed.astype(float))
        self._solver.changeRowsBounds(firms, lines, must.astype(float), np.ones(firms))
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        scale, solution = self._built.value_scale, self._solver.getSolution()
        duals = np.maximum(0.0, np.array(solution.row_dual)) / scale
        added = duals[first + firms :] * np.array(self._added)
        prices = np.concatenate([duals[:first], added])
        prices[: self._rows] *= self._built.row_scale
        value = self._solver.getInfo().objective_function_value / scale
        return value, np.array(solution.col_value)[:count], prices


def _loaded(model: Model, built: _Built, ask: Ask, *, whole: bool) -> Any:
    lp = highspy.HighsLp()
    count = built.matrix.shape[1]
    lp.num_col_, lp.num_row_ = count, built.matrix.shape[0]
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = built.cost
    lp.col_lower_, lp.col_upper_ = np.zeros(count), built.most
    lp.row_lower_, lp.row_upper_ = built.lower, built.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = built.matrix.indptr, built.matrix.indices
    lp.a_matrix_.value_ = built.matrix.data
    if whole:
        whole_ones, others = len(model.columns), count - len(model.columns)
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger] * whole_ones + [kinds.kContinuous] * others
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", float(ask.seconds))
    solver.setOptionValue("random_seed", 0)
    if whole:
        solver.setOptionValue("mip_rel_gap", float(ask.gap))
        solver.setOptionValue(
            "mip_abs_gap", 1e-9 if model.break_cost is not None else 0.5 * built.value_scale
        )
        solver.setOptionValue("mip_max_nodes", int(min(ask.nodes, 2_000_000_000)))
    solver.passModel(lp)
    return solver


def _listen(solver: Any, model: Model, built: _Built, ask: Ask, *, whole: bool) -> None:
    if whole and ask.found is not None:
        heard = ask.found
        solver.cbMipImprovingSolution.subscribe(
            lambda event: heard(np.array(event.data_out.mip_solution)[: len(model.columns)])
        )
    if ask.goes_on is None:
        return
    asked = ask.goes_on

    def goes_on(event: Any) -> None:
        if not asked(event.data_out.mip_dual_bound / built.value_scale if whole else np.inf):
            event.interrupt()

    for kind in (solver.cbMipInterrupt,) if whole else (solver.cbSimplexInterrupt, solver.cbIpmInterrupt):
        kind.subscribe(goes_on)


def _prices(model: Model, built: _Built, solver: Any) -> Prices:
    dual = np.array(solver.getSolution().row_dual) / built.value_scale
    rows = np.maximum(0.0, dual[: model.options.rows] * built.row_scale)
    orders = np.zeros((len(model.options.orders), model.options.periods))
    for number, (k, period) in enumerate(built.orders, model.options.rows):
        orders[k, period] = max(0.0, dual[number])
    return Prices(rows, orders)
