"""`tenglong plan`: a roadmap for the firms in a problem file, with its certificate, without a database."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tenglong.cli.output import print_table
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg

if TYPE_CHECKING:
    from tenglong.domain.roadmap.plans import Point, Solution
    from tenglong.domain.roadmap.problems import Problem

METHODS = ("auto", "exhaustive", "exact", "prices")
SECONDS = 60.0
STATUSES = {
    "optimal": "最优",
    "within_gap": "已在要求的差距之内",
    "feasible": "可行",
    "infeasible": "无可行方案",
    "stopped": "已停止，没有找到可行方案",
    "failed": "求解失败",
}
REASONS = {
    "certified": "证书证明",
    "claimed": "求解器声明最优，没有证明",
    "all_tried": "已试遍全部组合",
    "conflict": "限制互相矛盾",
    "work": "达到工作量上限",
    "time": "达到时间上限",
    "interrupted": "被中断",
    "no_improvement": "不再有改进",
    "by_hand": "手工调整",
    "too_large": "问题对这一方法过大",
    "memory": "内存不足",
    "crashed": "求解进程异常退出",
}
NO_PLAN = 1
MOST_PROVEN = 20_000
"""Options up to which the checker looks at what was written at once; above, `--check` does so in its own time."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "problem", type=Path, nargs="?", metavar="PROBLEM", help="问题文件（JSON，或 --from 所说的格式）"
    )
    parser.add_argument(
        "plan", type=Path, nargs="?", metavar="PLAN.json", help="方案文件；--check 时读，否则写"
    )
    parser.add_argument(
        "--from", dest="form", choices=("json", "mmkp"), default="json", help="问题文件的格式"
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, help="时间上限（秒）")
    parser.add_argument("--work", type=float, help="工作量上限；种子和工作量相同，方案就相同")
    parser.add_argument("--gap", type=float, default=0.0, help="与上界的差距小于此值即停，如 0.001")
    parser.add_argument("--method", choices=METHODS, default="auto", help="求解方法")
    parser.add_argument("--seed", type=int, default=0, help="随机种子")
    parser.add_argument("--check", action="store_true", help="不求解，只核对已有方案和它的证书")
    parser.add_argument(
        "--checker", action="store_true", help="输出独立核对程序（单个文件，只用 Python 标准库）"
    )
    parser.add_argument(
        "--single", action="store_true", help="不求解，把问题写成单个 JSON 文件（写到 PLAN.json 处）"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Plan, write the plan, and say how good it is; or check one, or hand out the checker."""
    from tenglong.domain.roadmap import check

    if arguments.checker:
        sys.stdout.write(Path(check.__file__).read_text(encoding="utf-8"))
        return 0
    if arguments.problem is None or arguments.plan is None:
        raise BadValue(msg("请写明问题文件和方案文件。"))
    if arguments.check:
        return _check(arguments)
    if not arguments.plan.parent.is_dir():
        raise BadValue(msg("文件夹“{path}”不存在，请先建立或换一个位置。", path=arguments.plan.parent))
    if arguments.single:
        from tenglong.domain.roadmap.files.single import single

        _write(arguments.plan, single(arguments.problem, arguments.form))
        return 0
    return _solve(_problem(arguments), arguments)


def _problem(arguments: argparse.Namespace) -> "Problem":
    from tenglong.domain.roadmap.files.mmkp import read_mmkp
    from tenglong.domain.roadmap.files.problems import read_problem

    return (read_mmkp if arguments.form == "mmkp" else read_problem)(arguments.problem)


def _write(path: Path, raw: bytes) -> None:
    try:
        path.write_bytes(raw)
    except OSError as error:
        said = "文件“{path}”无法写入（{why}），请换一个存在且可写的位置。"
        raise BadValue(msg(said, path=path, why=error.strerror or error)) from error


def _check(arguments: argparse.Namespace) -> int:
    """The verdict of the checker, which reads both files itself; other forms are first written as one JSON file."""
    from tenglong.domain.roadmap import check
    from tenglong.domain.roadmap.files.single import single

    plan = str(arguments.plan)
    if arguments.form == "json" and not _has_tables(arguments.problem):
        return check.main([str(arguments.problem), plan])
    problem = _problem(arguments)
    verdict = check.check_files(single(arguments.problem, arguments.form), plan, problem.digest)
    return check.say(verdict)


def _has_tables(path: Path) -> bool:
    """Whether the firms of a problem stand in a table file; what cannot be read is left to the checker."""
    from tenglong.domain.kernel.errors import BadFile
    from tenglong.domain.roadmap.files.content import content_of
    from tenglong.domain.roadmap.files.problems import bytes_of

    try:
        content = content_of(bytes_of(path), path.name) if path.is_file() else None
    except BadFile:
        return False
    return isinstance(content, dict) and isinstance(content.get("firms"), dict)


def _solve(problem: "Problem", arguments: argparse.Namespace) -> int:
    from tenglong.domain.roadmap.checking import require
    from tenglong.domain.roadmap.files.plans import solution_to_json
    from tenglong.domain.roadmap.solvers.choose import solve_aims

    problem, solution = solve_aims(
        problem,
        method=arguments.method,
        seed=arguments.seed,
        work=arguments.work,
        seconds=arguments.seconds,
        gap=arguments.gap,
        on_progress=_Progress(problem),
    )
    if solution.plan is not None:
        require(problem, solution.plan, solution.certificate)
    if solution.plan is None and solution.status != "infeasible":
        sys.stderr.write("没有求得方案，没有写出方案文件；请延长时间后重新求解。\n")
    else:
        raw = solution_to_json(problem, solution)
        _write(arguments.plan, raw)
        if solution.plan is not None and problem.options() <= MOST_PROVEN:
            _prove(problem, raw, arguments)
    _print_summary(problem, solution)
    if solution.plan is None and solution.reason == "conflict":
        _print_conflict(problem)
    return 0 if solution.plan else NO_PLAN


def _prove(problem: "Problem", plan: bytes, arguments: argparse.Namespace) -> None:
    """Raises BadValue unless the checker accepts the file that was written."""
    from tenglong.domain.roadmap import check
    from tenglong.domain.roadmap.files.single import single

    verdict = check.check(single(arguments.problem, arguments.form), plan, problem.digest)
    if verdict.code != check.PROVEN:
        raise BadValue(msg("独立核对程序不接受求得的方案：{why}", why=verdict.chinese))


class _Progress:
    """Prints where the solver stands, at most once a second."""

    def __init__(self, problem: "Problem"):
        self._natural, self._said = problem.aim.natural, -1.0

    def __call__(self, point: "Point") -> None:
        """One point of the trajectory."""
        if point.value is None or point.bound is None or point.seconds - self._said < 1:
            return
        self._said = point.seconds
        gap = (point.bound - point.value) / abs(point.bound) if point.bound else 0.0
        sys.stderr.write(f"{point.seconds:8.1f} 秒  价值 {self._natural(point.value)}  差距 {gap:.4%}\n")


def _print_summary(problem: "Problem", solution: "Solution") -> None:
    from tenglong.domain.roadmap.plans import proven

    natural = problem.aim.natural
    rows = [["状态", f"{STATUSES[solution.status]}（{REASONS[solution.reason]}）"], ["方法", solution.method]]
    for floor in problem.floors:
        reached = floor.reached
        said = "最优（证书证明）" if proven(reached) else f"可行（{REASONS[reached.reason]}）"
        gap = "" if reached.gap is None else f"，差距 {float(reached.gap):.4%}"
        rows += [[f"目标 {floor.aim.name}", f"{said}，价值 {floor.aim.natural(reached.plan.value)}{gap}"]]
    if solution.plan:
        started = int((solution.plan.measure >= 0).sum())
        rows += [["企业", f"{len(problem.firms)} 家，启动 {started} 家"]]
        rows += [["价值", str(natural(solution.plan.value))]]
    if solution.certificate:
        rows += [["上界（证书）", str(natural(solution.certificate.bound))]]
    if solution.gap is not None:
        rows += [["差距（证书）", f"{float(solution.gap):.4%}"]]
    if solution.claim and solution.claimed_gap is not None:
        rows += [[f"差距（{solution.claim.solver} 声明）", f"{float(solution.claimed_gap):.4%}"]]
    print_table(["项目", "结果"], rows)


def _print_conflict(problem: "Problem") -> None:
    from tenglong.domain.roadmap.infeasible.search import explain

    for sentence in explain(problem):
        sys.stdout.write(f"{sentence}\n")
