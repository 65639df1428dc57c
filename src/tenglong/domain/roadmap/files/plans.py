"""A solution as JSON, and back: what `tenglong plan` writes and checks."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import orjson

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import exact_text, half_up
from tenglong.domain.roadmap.aims import after_aims
from tenglong.domain.roadmap.plans import Certificate, Plan, Solution, choices
from tenglong.domain.roadmap.problems import WAITS, Problem

FORMAT = "tenglong-roadmap-plan/1"


def solution_to_json(problem: Problem, solution: Solution) -> bytes:
    """The file: what was found, who does what when, and the certificate.

    Equal plans give equal bytes. When the search stood where depends on the clock of a machine and is told beside it.
    """
    natural = problem.aim.natural
    content: dict[str, Any] = {
        "format": FORMAT,
        "problem": problem.digest,
        "status": solution.status,
        "reason": solution.reason,
        "method": solution.method,
        "aim": problem.aim.name,
        "kept": [floor.least for floor in problem.floors],
        "value": exact_text(natural(solution.plan.value)) if solution.plan else None,
        "bound": exact_text(natural(solution.certificate.bound)) if solution.certificate else None,
        "gap": _share(solution.gap),
        "claimed": None,
        "choices": choices(problem, solution.plan) if solution.plan else None,
        "certificate": _certificate(problem, solution.certificate) if solution.certificate else None,
    }
    if solution.claim:
        claim = solution.claim
        said = {"solver": claim.solver, "bound": exact_text(natural(claim.bound))}
        content["claimed"] = said | {"gap": _share(solution.claimed_gap)}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _share(gap: Fraction | None) -> str | None:
    return None if gap is None else f"{half_up(gap, 8):f}"


def _certificate(problem: Problem, certificate: Certificate) -> dict[str, Any]:
    """Prices by name, those of 0 left out; whole numbers over the denominator."""
    limits = zip(problem.limits, certificate.limits, strict=True)
    return {
        "denominator": certificate.denominator,
        "limits": {limit.id: price for limit, price in limits if price},
        "floors": list(certificate.floors),
        "orders": [list(line) for line in certificate.orders],
        "bound": certificate.bound,
    }


def read_plan(path: Path, problem: Problem) -> tuple[Problem, Plan, Certificate | None]:
    """The plan and the certificate in a file, and the problem that they are to be checked against (`checking.check`).

    That is the problem itself or, in a list of aims, that of the last one.

    Raises:
        BadFile: it cannot be read, belongs to another problem, or names what the problem does not have.
    """
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise BadFile(msg("文件“{name}”无法读取（{why}）。", name=path.name, why=error)) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadFile(msg("文件“{name}”不是方案文件，请选择 tenglong plan 写出的文件。", name=path.name))
    if content["problem"] != problem.digest:
        raise BadFile(msg("方案“{name}”属于另一个问题文件，请核对。", name=path.name))
    if content["choices"] is None:
        raise BadFile(msg("文件“{name}”里没有方案，求解没有找到可行方案。", name=path.name))
    try:
        problem = after_aims(problem, tuple(map(int, content["kept"])))
        return problem, _plan(content, problem), _certificate_of(content["certificate"], problem)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BadFile(msg("方案“{name}”不完整或被改动过：{what}。", name=path.name, what=error)) from error


def _plan(content: dict[str, Any], problem: Problem) -> Plan:
    count = len(problem.firms)
    plan = Plan.waiting(count)
    place = {id: number for number, id in enumerate(problem.firms.ids)}
    names = problem.measures.names
    for choice in content["choices"]:
        firm = place[choice["firm"]]
        if plan.measure[firm] != WAITS:
            raise ValueError(choice["firm"])
        theirs = {names[problem.measures.name[k]]: k for k in problem.measures_of(firm)}
        plan.measure[firm] = theirs[choice["measure"]]
        plan.start[firm] = int(choice["start"]) - 1
    value = Fraction(content["value"]) * 10**problem.aim.places
    if value.denominator != 1:
        raise ValueError(content["value"])
    return Plan(plan.measure, plan.start, int(value))


def _certificate_of(content: dict[str, Any] | None, problem: Problem) -> Certificate | None:
    if content is None:
        return None
    prices = dict(content["limits"])
    limits = tuple(int(prices.pop(limit.id, 0)) for limit in problem.limits)
    if prices:
        raise KeyError(next(iter(prices)))
    orders = tuple((int(order), int(period), int(price)) for order, period, price in content["orders"])
    floors = tuple(int(price) for price in content["floors"])
    return Certificate(int(content["denominator"]), limits, floors, orders, int(content["bound"]))
