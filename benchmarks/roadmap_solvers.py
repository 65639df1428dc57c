"""Other people's solvers on the whole model: HiGHS, CBC, SCIP and CP-SAT, each as its own documentation runs it.

Each gets the seconds that are left when its model stands, two threads where it can use them, and no gap to stop at.
HiGHS takes arrays; CBC (the program that PuLP brings) and SCIP an MPS file written from the same arrays, which is
faster than their Python layers; CP-SAT its own whole numbers.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.roadmap_model import FREE, Whole
from tenglong.domain.roadmap.problems import Flags

THREADS = 2


class Watch(Protocol):
    """Who hears how a solver fares; values and bounds are in units of the aim."""

    def left(self) -> float:
        """The seconds that are left."""

    def built(self) -> None:
        """The solver's model stands."""

    def found(self, taken: Flags) -> None:
        """A better solution."""

    def stands(self, value: float | None, bound: float | None) -> None:
        """What the solver says of its best solution and bound."""


def highs(model: Whole, watch: Watch) -> str:
    """HiGHS through highspy."""
    import highspy

    solver = _highs(model, 1.0)
    solver.setOptionValue("threads", THREADS)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.cbMipImprovingSolution.subscribe(
        lambda event: watch.found(np.array(event.data_out.mip_solution) > 0.5)
    )
    solver.cbMipInterrupt.subscribe(lambda event: watch.stands(None, event.data_out.mip_dual_bound))
    watch.built()
    solver.setOptionValue("time_limit", watch.left())
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        watch.found(np.array(solver.getSolution().col_value) > 0.5)
    watch.stands(None, info.mip_dual_bound)
    return str(solver.modelStatusToString(solver.getModelStatus()))


def _highs(model: Whole, sign: float) -> Any:
    """The model in HiGHS, its values times `sign`: 1 to maximise them, -1 to minimise their negative."""
    import highspy

    lp = highspy.HighsLp()
    count = len(model.columns)
    lp.num_col_, lp.num_row_ = count, len(model.upper)
    lp.sense_ = highspy.ObjSense.kMaximize if sign > 0 else highspy.ObjSense.kMinimize
    lp.col_cost_ = sign * _values(model)
    lp.col_lower_, lp.col_upper_ = np.zeros(count), np.ones(count)
    lp.row_lower_ = np.where(model.lower == FREE, -highspy.kHighsInf, model.lower)
    lp.row_upper_ = model.upper.astype(float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = model.matrix.indptr, model.matrix.indices
    lp.a_matrix_.value_ = model.matrix.data.astype(float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * count
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(lp)
    return solver


def _values(model: Whole) -> Any:
    """In units of the aim: whole numbers of micro-units would be too large beside the tolerances of these solvers."""
    return model.columns.value / 10.0**model.problem.aim.places


def _mps(model: Whole, folder: str) -> Path:
    """The model as a file of least cost, with columns c0, c1, …"""
    path = Path(folder) / "whole.mps"
    _highs(model, -1.0).writeModel(str(path))
    return path


NUMBER, NOTHING = r"(-?\d[\d.]*(?:e[+-]?\d+)?)", "(?!)"
CBC_LINES = tuple(
    (re.compile(solution), re.compile(bound))
    for solution, bound in (
        (f"Integer solution of {NUMBER} found", NOTHING),
        (f"{NUMBER} best solution", f"best possible {NUMBER}"),
        (f"^Objective value: +{NUMBER}", NOTHING),
        (NOTHING, f"^Lower bound: +{NUMBER}"),
    )
)
"""Where CBC's log tells of a solution and of a bound."""


def cbc(model: Whole, watch: Watch) -> str:
    """The CBC program of PuLP; what it says while it runs is read off its log."""
    import pulp

    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        path, answer = _mps(model, folder), Path(folder) / "answer.txt"
        watch.built()
        limits = [
            "-threads",
            str(THREADS),
            "-ratio",
            "0",
            "-timeMode",
            "elapsed",
            "-sec",
            f"{watch.left():.2f}",
        ]
        command = [pulp.PULP_CBC_CMD().path, str(path), *limits, "-branch", "-solution", str(answer)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                _cbc_says(line, watch)
        words = answer.read_text(encoding="utf-8").splitlines() if answer.exists() else ["no answer"]
    if words[0].startswith(("Optimal", "Stopped")) and "no integer solution" not in words[0]:
        taken = np.zeros(len(model.columns), bool)
        for line in words[1:]:
            _, name, value, *_ = line.replace("**", "").split()
            taken[int(name[1:])] = float(value) > 0.5
        watch.found(taken)
        if words[0].startswith("Optimal"):
            watch.stands(None, float(_values(model)[taken].sum()))
    return words[0]


def _cbc_says(line: str, watch: Watch) -> None:
    """Tell what a line of the log says; CBC writes 1e+50 where it has none."""
    for patterns in CBC_LINES:
        found = [pattern.search(line) for pattern in patterns]
        numbers = [None if one is None or abs(float(one[1])) > 1e40 else -float(one[1]) for one in found]
        if numbers != [None, None]:
            watch.stands(*numbers)


def scip(model: Whole, watch: Watch) -> str:
    """SCIP through PySCIPOpt, which has one thread."""
    import pyscipopt

    class Improved(pyscipopt.Eventhdlr):  # type: ignore[misc]
        """Hears of better solutions and bounds."""

        def eventinit(self) -> None:
            """Asks to be told."""
            for kind in EVENTS:
                self.model.catchEvent(kind, self)

        def eventexec(self, event: Any) -> None:
            """One of them."""
            if event.getType() == pyscipopt.SCIP_EVENTTYPE.BESTSOLFOUND:
                watch.found(taken())
            watch.stands(None, -self.model.getDualbound())

    def taken() -> Flags:
        best = solver.getBestSol()
        return np.array([best[column] for column in columns]) > 0.5

    EVENTS = (pyscipopt.SCIP_EVENTTYPE.BESTSOLFOUND, pyscipopt.SCIP_EVENTTYPE.DUALBOUNDIMPROVED)
    solver = pyscipopt.Model()
    solver.hideOutput()
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        solver.readProblem(str(_mps(model, folder)))
    columns = sorted(solver.getVars(), key=lambda column: int(column.name[1:]))
    solver.includeEventhdlr(Improved(), "improved", "tells of better solutions and bounds")
    watch.built()
    solver.setParam("limits/time", watch.left())
    solver.optimize()
    if solver.getNSols():
        watch.found(taken())
    watch.stands(None, -solver.getDualbound())
    return str(solver.getStatus())


def cpsat(model: Whole, watch: Watch) -> str:
    """CP-SAT of OR-tools, on the whole numbers themselves."""
    from ortools.sat.python import cp_model

    program = cp_model.CpModel()
    columns = [program.new_bool_var("") for _ in range(len(model.columns))]
    rows = model.matrix.tocsr()
    for row in range(len(model.upper)):
        entries = slice(*rows.indptr[row : row + 2])
        chosen = [columns[column] for column in rows.indices[entries]]
        used = cp_model.LinearExpr.weighted_sum(chosen, rows.data[entries].tolist())
        low, high = int(model.lower[row]), int(model.upper[row])
        program.add_linear_expression_in_domain(used, cp_model.Domain(low, high))
    program.maximize(cp_model.LinearExpr.weighted_sum(columns, model.columns.value.tolist()))
    unit = 10.0**model.problem.aim.places

    class Improved(cp_model.CpSolverSolutionCallback):
        """Hears of better solutions."""

        def on_solution_callback(self) -> None:
            """One of them."""
            watch.found(np.array([self.boolean_value(column) for column in columns]))
            watch.stands(None, self.best_objective_bound / unit)

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 8
    solver.best_bound_callback = lambda bound: watch.stands(None, bound / unit)
    watch.built()
    solver.parameters.max_time_in_seconds = watch.left()
    status = solver.solve(program, Improved())
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        watch.found(np.array([solver.boolean_value(column) for column in columns]))
        watch.stands(None, solver.best_objective_bound / unit)
    return str(solver.status_name(status))


SOLVERS: dict[str, Callable[[Whole, Watch], str]] = {"highs": highs, "cbc": cbc, "scip": scip, "cpsat": cpsat}
