"""A solution as JSON, and back: what `tenglong plan` writes and `check` proves (docs/algorithms/roadmap.md 9.4).

The file holds what the plan decides and what can be computed again; claims of solvers are told elsewhere.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.aims import after_aims, next_aim
from tenglong.domain.roadmap.checking import certified_bound
from tenglong.domain.roadmap.files.content import content_digest, content_of, written
from tenglong.domain.roadmap.files.problems import bytes_of
from tenglong.domain.roadmap.plans import (
    Branch,
    Certificate,
    Plan,
    Reason,
    Solution,
    Status,
    choices,
    gap_between,
)
from tenglong.domain.roadmap.problems import WAITS, Aim, Problem

FORMAT, OLD_FORMAT = "tenglong-roadmap-plan/2", "tenglong-roadmap-plan/1"
"""What is written, and what was until certificates of earlier aims came: still read."""


def solution_to_json(problem: Problem, solution: Solution) -> bytes:
    """The file: who does what when, and for each aim in order what was reached, with its certificate.

    Equal plans give equal bytes. How the search went is told beside it.

    Raises:
        BadFile: an earlier aim was read from a file of form 1, which has no certificate for it.
    """
    aims = [_earlier(problem, number) for number in range(len(problem.floors))]
    stated = choices(problem, solution.plan) if solution.plan else None
    decided = (
        None if stated is None else sorted([one["firm"], one["measure"], one["start"]] for one in stated)
    )
    aims.append(_stated(problem, problem.aim, solution))
    proven = solution.plan is not None and all(one["value"] == one["bound"] for one in aims)
    content = {
        "format": FORMAT,
        "problem": problem.digest,
        "digest": content_digest({"problem": problem.digest, "choices": decided}),
        "status": "optimal" if proven else solution.status if solution.plan is None else "feasible",
        "aims": aims,
        "choices": stated,
    }
    return written(content)


def _earlier(problem: Problem, number: int) -> dict[str, Any]:
    """An aim that later ones keep: its own plan and certificate."""
    floor = problem.floors[number]
    if floor.reached is None or floor.reached.plan is None:
        said = "前一目标 {name} 来自旧格式的方案，没有证书，请重新编制路线图。"
        raise BadFile(msg(said, name=floor.aim.name))
    stated = _stated(problem, floor.aim, floor.reached)
    return stated | {"choices": choices(problem, floor.reached.plan)}


def _stated(problem: Problem, aim: Aim, solution: Solution) -> dict[str, Any]:
    plan, certificate = solution.plan, _certificate_for(problem, solution)
    return {
        "name": aim.name,
        "value": _text(aim, plan.value) if plan else None,
        "bound": _text(aim, certificate.bound) if certificate else None,
        "gap": _share(gap_between(plan, certificate.bound)) if certificate else None,
        "certificate": _certificate(problem, certificate) if certificate else None,
    }


def _certificate_for(problem: Problem, solution: Solution) -> Certificate | None:
    """The certificate; where there is no plan, only one whose bound can be added up."""
    certificate = solution.certificate
    if certificate is None or solution.plan is not None:
        return certificate
    bound = certified_bound(problem, certificate)
    return None if bound is None else certificate.without_tree(bound)


def _text(aim: Aim, units: int) -> str:
    """A value in units of the weights, of any size, without trailing zeros."""
    digits = str(abs(units)).rjust(aim.places + 1, "0")
    point = len(digits) - aim.places
    return ("-" if units < 0 else "") + f"{digits[:point]}.{digits[point:]}".rstrip("0").rstrip(".")


def _share(gap: Fraction | None) -> str | None:
    """Rounded up, so that it is never more than proven."""
    if gap is None:
        return None
    parts = -(-gap.numerator * 10**8 // gap.denominator)
    return f"{parts // 10**8}.{parts % 10**8:08d}"


def _certificate(problem: Problem, certificate: Certificate) -> dict[str, Any]:
    """Prices by name, those of 0 left out; whole numbers over the denominator."""
    limits = zip(problem.limits, certificate.limits, strict=True)
    said = {
        "denominator": certificate.denominator,
        "limits": {limit.id: price for limit, price in limits if price},
        "floors": list(certificate.floors),
        "orders": [list(line) for line in certificate.orders],
    }
    return said | {"tree": [_node(problem, one) for one in certificate.tree]} if certificate.tree else said


def _node(problem: Problem, node: Branch | Certificate | None) -> dict[str, Any] | None:
    if not isinstance(node, Branch):
        return None if node is None else _leaf(problem, node)
    measures, firm = problem.measures, {"firm": problem.firms.ids[node.firm]}
    of = {} if node.measure is None else {"measure": measures.names[measures.name[node.measure]]}
    return {**firm, **of, "from": node.first + 1, "until": node.last + 1}


def _leaf(problem: Problem, leaf: Certificate) -> dict[str, Any]:
    said, limits = _certificate(problem, leaf), problem.limits
    rounded = [
        {"limit": limits[row].id, "divisor": divisor, "price": price} for row, divisor, price in leaf.rounded
    ]
    return said | {"rounded": rounded} if rounded else said


def read_plan(path: Path, problem: Problem) -> tuple[Problem, Plan, Certificate | None]:
    """The plan and the certificate in a file, and the problem that they are for: in a list of aims that of the last.

    This is for going on with a plan that was checked when it was written; whether one holds says `check`.

    Raises:
        BadFile: it cannot be read, belongs to another problem, or names what the problem does not have.
    """
    content = content_of(bytes_of(path), path.name)
    if not isinstance(content, dict) or content.get("format") not in (FORMAT, OLD_FORMAT):
        raise BadFile(msg("文件“{name}”不是方案文件，请选择 tenglong plan 写出的文件。", name=path.name))
    old = content["format"] == OLD_FORMAT
    if content.get("problem") != (problem.bytes_digest if old else problem.digest):
        raise BadFile(msg("方案“{name}”属于另一个问题文件，请核对。", name=path.name))
    if content.get("choices") is None:
        raise BadFile(msg("文件“{name}”里没有方案，求解没有找到可行方案。", name=path.name))
    try:
        return _of_form_1(content, problem) if old else _of_form_2(content, problem)
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError) as error:
        raise BadFile(msg("方案“{name}”不完整或被改动过：{what}。", name=path.name, what=error)) from error


def _of_form_1(content: dict[str, Any], problem: Problem) -> tuple[Problem, Plan, Certificate | None]:
    problem = after_aims(problem, tuple(map(int, content["kept"])))
    plan = _plan(problem, content["choices"], _stored(problem.aim, content["value"]))
    certificate = content["certificate"]
    return problem, plan, certificate and _certificate_of(problem, certificate, certificate["bound"])


def _of_form_2(content: dict[str, Any], problem: Problem) -> tuple[Problem, Plan, Certificate | None]:
    *earlier, last = content["aims"]
    for stated in earlier:
        plan, certificate = _evidence(problem, stated, stated["choices"])
        by = Solution(Status.FEASIBLE, Reason.CERTIFIED, "", plan, certificate)
        problem = next_aim(problem, plan.value, by)
    return problem, *_evidence(problem, last, content["choices"])


def _evidence(problem: Problem, stated: dict[str, Any], said: Any) -> tuple[Plan, Certificate]:
    plan = _plan(problem, said, _stored(problem.aim, stated["value"]))
    return plan, _certificate_of(problem, stated["certificate"], _stored(problem.aim, stated["bound"]))


def _stored(aim: Aim, text: str) -> int:
    value = Fraction(text) * 10**aim.places
    if value.denominator != 1:
        raise ValueError(text)
    return int(value)


def _plan(problem: Problem, said: Sequence[dict[str, Any]], value: int) -> Plan:
    plan = Plan.waiting(len(problem.firms))
    place = {id: number for number, id in enumerate(problem.firms.ids)}
    names = problem.measures.names
    for choice in said:
        firm = place[choice["firm"]]
        if plan.measure[firm] != WAITS:
            raise ValueError(choice["firm"])
        theirs = {names[problem.measures.name[k]]: k for k in problem.measures_of(firm)}
        plan.measure[firm] = theirs[choice["measure"]]
        plan.start[firm] = choice["start"] - 1
    return Plan(plan.measure, plan.start, value)


def _certificate_of(problem: Problem, content: dict[str, Any], bound: int) -> Certificate:
    prices = dict(content["limits"])
    limits = tuple(prices.pop(limit.id, 0) for limit in problem.limits)
    if prices:
        raise KeyError(next(iter(prices)))
    orders = tuple((order, period, price) for order, period, price in content["orders"])
    found = Certificate(content["denominator"], limits, tuple(content["floors"]), orders, bound)
    if "tree" not in content:
        return found
    alone = certified_bound(problem, found)
    if alone is None:
        raise ValueError(content["denominator"])
    tree = tuple(_node_of(problem, node, bound) for node in content["tree"])
    return replace(found, tree=tree, alone=alone)


def _node_of(problem: Problem, node: dict[str, Any] | None, bound: int) -> Branch | Certificate | None:
    """A node; what the leaves prove one by one is not kept, `bound` is what they prove together."""
    if node is None or "firm" not in node:
        return None if node is None else _leaf_of(problem, node, bound)
    firm, names = problem.firms.ids.index(node["firm"]), problem.measures.names
    theirs = {names[problem.measures.name[k]]: k for k in problem.measures_of(firm)}
    measure = theirs[node["measure"]] if "measure" in node else None
    return Branch(firm, measure, node["from"] - 1, node["until"] - 1)


def _leaf_of(problem: Problem, content: dict[str, Any], bound: int) -> Certificate:
    place = {limit.id: number for number, limit in enumerate(problem.limits)}
    rounded = tuple((place[one["limit"]], one["divisor"], one["price"]) for one in content.get("rounded", ()))
    return replace(_certificate_of(problem, content, bound), rounded=rounded)
