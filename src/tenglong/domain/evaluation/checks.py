"""Whether the parts of a scheme fit each other: what the types of single keys cannot say."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from tenglong.domain.evaluation.expressions import KEYWORDS, Kind, aggregates
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.expressions.trees import check_types
from tenglong.domain.evaluation.inputs import known_bases
from tenglong.domain.evaluation.schemes import Adjustment, Benchmark, Grades, Indicator, Scheme, parts
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import plain

# Whether the steps of the grades and the adjustments after them fit each other (6, 7).

SHARE_PLACES = 6  # so that quotas of a whole country stay whole numbers of 64 bits

# Which keys an adjustment of this kind has besides its condition: (must, may).
KEYS: dict[str, tuple[set[str], set[str]]] = {
    "promote": (set(), {"steps", "not_above"}),
    "demote": (set(), {"steps", "not_below"}),
    "fix": ({"grade"}, set()),
    "protect": ({"grade"}, set()),
    "veto": ({"grade"}, set()),
}


def grade_problems(scheme: Scheme) -> Iterator[tuple[str, Message]]:
    """What is wrong with the grades and adjustments: paths in the file with sentences."""
    if scheme.grades is None:
        if scheme.adjust:
            yield "adjust", msg("没有 [grades] 就没有档次可调，请补上或删去。")
        return
    yield from _step_problems(scheme.grades)
    yield from (_quota_problems if scheme.grades.by == "quota" else _score_problems)(scheme.grades)
    indicators = [indicator.id for indicator in scheme.indicator]
    for id in scheme.grades.tie_break:
        if id not in indicators:
            known = ", ".join(indicators)
            yield "grades.tie_break", msg("没有指标“{id}”，可用的有：{known}。", id=id, known=known)
    for adjustment in scheme.adjust:
        yield from _adjustment_problems(adjustment, [step.grade for step in scheme.grades.steps])


def _step_problems(grades: Grades) -> Iterator[tuple[str, Message]]:
    names = [step.grade for step in grades.steps]
    for name in names:
        if not name.strip() or names.count(name) > 1:
            yield "grades.steps", msg("档次“{name}”为空或重复，请改名。", name=name)
    if grades.steps[-1].share is not None or grades.steps[-1].from_ is not None:
        yield f"grades.steps[{names[-1]}]", msg("最后一档收下其余企业，不写 share 和 from，请删去。")


def _quota_problems(grades: Grades) -> Iterator[tuple[str, Message]]:
    for step in grades.steps[:-1]:
        if step.share is None or step.from_ is not None:
            yield (
                f"grades.steps[{step.grade}]",
                msg("按比例分档时，除最后一档外各写 share（百分比），不写 from。"),
            )
        elif step.share * 10**SHARE_PLACES % 1:
            problem = msg("比例最多写 {places} 位小数，请改正。", places=SHARE_PLACES)
            yield f"grades.steps[{step.grade}].share", problem
    total = sum(step.share for step in grades.steps if step.share is not None)
    if total > 100:
        yield "grades.steps", msg("各档比例之和为 {total}%，不应超过 100%，请改正。", total=total)


def _score_problems(grades: Grades) -> Iterator[tuple[str, Message]]:
    for step in grades.steps[:-1]:
        if step.from_ is None or step.share is not None:
            yield (
                f"grades.steps[{step.grade}]",
                msg("按分数分档时，除最后一档外各写 from（最低分），不写 share。"),
            )
    limits = [(step.grade, step.from_) for step in grades.steps if step.from_ is not None]
    for (_, higher), (grade, lower) in pairwise(limits):
        if lower >= higher:
            yield f"grades.steps[{grade}].from", msg("最低分应低于上一档的 {higher}，请改正。", higher=higher)


def _adjustment_problems(adjustment: Adjustment, grades: list[str]) -> Iterator[tuple[str, Message]]:
    path = f"adjust[{adjustment.id}]"
    must, may = KEYS[adjustment.kind]
    given = adjustment.model_fields_set & {"steps", "grade", "not_above", "not_below"}
    for key in sorted(given - must - may):
        yield f"{path}.{key}", msg("{kind} 不用 {key}，请删去。", kind=adjustment.kind, key=key)
    for key in sorted(must - given):
        yield f"{path}.{key}", msg("{kind} 需要 {key}，请补上。", kind=adjustment.kind, key=key)
    for key in sorted(given - {"steps"}):
        if getattr(adjustment, key) not in grades:
            known = ", ".join(grades)
            yield (
                f"{path}.{key}",
                msg("没有档次“{grade}”，可用的有：{known}。", grade=getattr(adjustment, key), known=known),
            )


FULL = 100
RESULTS: dict[str, Kind] = {"total": "number", "rank": "number", "peers": "number", "grade": "text"}
RESERVED = (
    KEYWORDS | set(RESULTS) | {"id", "year", "status", "reason", "points", "grade_by_quota", "adjustments"}
)
BENCHMARKS = ("given", "given_by", "average", "quantile", "max", "min")
ONLY_COMPUTED = ("by", "factor", "places", "at_least", "year")
PARAMETERS = {
    "ratio": {"floor", "cap"},
    "minmax": {"base", "by"},
    "inverse": {"floor", "k"},
    "value": set[str](),
}

Problem = tuple[str, Message]
"""A path in the file and what is wrong there."""


def check(scheme: Scheme, name: str) -> None:
    """Accept a scheme whose parts fit; `name` is that of the file.

    Raises:
        BadRules: naming the file, the key and the remedy.
    """
    for problem in problems(scheme, name):
        raise BadRules(problem)


def problems(scheme: Scheme, name: str) -> Iterator[Message]:
    """Every sentence that `check` could refuse the scheme with."""
    for path, problem in _problems(scheme):
        yield msg("评价办法 {name} 的 {key}：{problem}", name=name, key=path, problem=problem)
    yield from _expression_problems(scheme, name)


MISSING = "缺数据：“{column}”有 {count} 家没有填写。"


def weight_doubts(scheme: Scheme) -> Iterator[Message]:
    """Weights that do not add up to a hundred: right for some schemes, a slip in most; so it is said, not refused."""
    total = sum((indicator.weight for indicator in scheme.indicator), Decimal(0))
    if total != FULL:
        problem = "各指标的权重合计为 {total}，不是 {full}，请核对是否与办法原文一致。"
        yield msg(problem, total=plain(total), full=FULL)


def column_kinds(scheme: Scheme) -> dict[str, Kind]:
    """The declared columns with what they hold."""
    return {id: column.type for id, column in scheme.column.items()}


def value_kinds(scheme: Scheme) -> dict[str, Kind]:
    """Columns and indicators: what the conditions of scope, exemptions and points may read (2.1)."""
    return {**column_kinds(scheme), **{indicator.id: "number" for indicator in scheme.indicator}}


def result_kinds(scheme: Scheme) -> dict[str, Kind]:
    """What the conditions of adjustments may read (7.2)."""
    return {**value_kinds(scheme), **RESULTS}


def _expression_problems(scheme: Scheme, name: str) -> Iterator[Message]:
    """Every expression has the names and the type that its place allows."""
    columns, values, results = column_kinds(scheme), value_kinds(scheme), result_kinds(scheme)
    places: list[tuple[str, str, dict[str, Kind], Kind]] = []
    for indicator in scheme.indicator:
        places += [(f"indicator[{indicator.id}].numerator", indicator.numerator, columns, "number")]
        if indicator.denominator:
            places += [(f"indicator[{indicator.id}].denominator", indicator.denominator, columns, "number")]
    if scheme.scope.when:
        places += [("scope.when", scheme.scope.when, values, "flag")]
    places += [(f"exempt[{one.id}].when", one.when, values, "flag") for one in scheme.exempt]
    for points in scheme.points:
        if points.when:
            places += [(f"points[{points.id}].when", points.when, values, "flag")]
        if isinstance(points.points, str):
            places += [(f"points[{points.id}].points", points.points, values, "number")]
    places += [(f"adjust[{one.id}].when", one.when, results, "flag") for one in scheme.adjust]
    for path, text, names, wanted in places:
        where = msg("评价办法 {name} 的 {key}", name=name, key=path)
        try:
            expression = parse(text, where=where)
            check_types(expression, names, wanted, where=where)
        except BadRules as error:
            yield error.message
            continue
        if path.startswith("indicator") and aggregates(expression):
            yield msg("{where}：这里不能用汇总函数，只能用本企业的各列。", where=where)


def _problems(scheme: Scheme) -> Iterator[Problem]:
    yield from _name_problems(scheme)
    yield from _basis_problems(scheme)
    for indicator in scheme.indicator:
        path = f"indicator[{indicator.id}]"
        yield from _indicator_problems(indicator, path)
        yield from _unfit(scheme, f"{path}.by", indicator.by, "text")
        yield from _unfit(scheme, f"{path}.average_by", indicator.average_by or (), "text")
        if indicator.benchmark is not None:
            yield from _benchmark_problems(scheme, indicator.benchmark, indicator, f"{path}.benchmark")
    if scheme.merge is not None:
        yield from _unfit(scheme, "merge.by", [scheme.merge.by], "text")
        yield from _unfit(scheme, "merge.host", [scheme.merge.host], "number")
    if (
        scheme.total.floor is not None
        and scheme.total.cap is not None
        and scheme.total.floor > scheme.total.cap
    ):
        yield "total.floor", msg("下限高于上限 cap，请改正。")
    if scheme.grades is not None:
        yield from _unfit(scheme, "grades.peers", scheme.grades.peers, "text")
    yield from grade_problems(scheme)
    yield from _assumed_problems(scheme)


def _name_problems(scheme: Scheme) -> Iterator[Problem]:
    """Every name means one thing."""
    for path, ids in {
        "column": list(scheme.column),
        "indicator": [one.id for one in scheme.indicator],
        "exempt": [one.id for one in scheme.exempt],
        "points": [one.id for one in scheme.points],
        "adjust": [one.id for one in scheme.adjust],
    }.items():
        for id in ids:
            if path in ("column", "indicator") and id in RESERVED:
                yield f"{path}[{id}]", msg("名称“{id}”另有含义，不能用作列或指标，请改名。", id=id)
            if ids.count(id) > 1:
                yield f"{path}[{id}]", msg("编号“{id}”出现了不止一次，请改名或删去一处。", id=id)
            if path == "indicator" and id in scheme.column:
                yield f"{path}[{id}]", msg("列“{id}”与指标同名，请改其中一个。", id=id)


def _basis_problems(scheme: Scheme) -> Iterator[Problem]:
    """A basis is one that tables of firms may state: with another no table would ever fit."""
    bases = known_bases()
    for id, column in scheme.column.items():
        if column.basis and column.basis not in bases:
            known = "、".join(f"{basis}（{words}）" for basis, words in bases.items())
            problem = "没有口径“{basis}”，可用的有：{known}。请改正或删去。"
            yield f"column[{id}].basis", msg(problem, basis=column.basis, known=known)


def _indicator_problems(indicator: Indicator, path: str) -> Iterator[Problem]:
    """Method, parameters, benchmark and special cases of one indicator (3.2, 3.6)."""
    given = indicator.model_fields_set
    for key in sorted(set().union(*PARAMETERS.values()) & given - PARAMETERS[indicator.method]):
        yield f"{path}.{key}", msg("方法 {method} 不用 {key}，请删去。", method=indicator.method, key=key)
    needs = indicator.method in ("ratio", "inverse")
    if needs and indicator.benchmark is None:
        yield f"{path}.benchmark", msg("方法 {method} 需要基准值，请补上。", method=indicator.method)
    if not needs and indicator.benchmark is not None:
        yield f"{path}.benchmark", msg("方法 {method} 不用基准值，请删去。", method=indicator.method)
    highest = Decimal(1) if indicator.method == "inverse" else indicator.cap
    if highest is not None and indicator.floor > highest:
        yield (
            f"{path}.floor",
            msg("下限 {floor} 高于上限 {cap}，请改正。", floor=indicator.floor, cap=highest),
        )
    for key in ("missing", "no_denominator"):
        if getattr(indicator, key) == "as_value":
            yield f"{path}.{key}", msg("没有指标值时不能用 as_value，请改用 zero、average、excluded 等。")


def _benchmark_problems(
    scheme: Scheme, benchmark: Benchmark, indicator: Indicator, path: str
) -> Iterator[Problem]:
    """Exactly one kind, with what belongs to it (3.3)."""
    stated = {kind: getattr(benchmark, kind) for kind in BENCHMARKS}
    kinds = [kind for kind, value in stated.items() if value not in (None, "") and value is not False]
    if len(kinds) != 1:
        known = ", ".join(BENCHMARKS)
        yield path, msg("应从 {known} 中恰好选一种，现有 {count} 种。", known=known, count=len(kinds))
        return
    kind = kinds[0]
    if kind == "given_by":
        yield from _unfit(scheme, f"{path}.given_by", [benchmark.given_by], "text")
        if not benchmark.values:
            yield f"{path}.values", msg("缺少各类的基准值，请补上。")
    elif benchmark.values or benchmark.otherwise is not None:
        yield path, msg("values 和 otherwise 只与 given_by 一起用，请删去。")
    only_computed = set(ONLY_COMPUTED) if kind in ("given", "given_by") else set()
    for key in sorted(only_computed & benchmark.model_fields_set):
        yield f"{path}.{key}", msg("{key} 只用于由数据算出的基准值，请删去。", key=key)
    if any(number <= 0 for number in _given(benchmark)):
        yield path, msg("基准值应大于 0。")
    if benchmark.factor <= 0:
        yield f"{path}.factor", msg("倍数应大于 0。")
    if benchmark.average == "pooled" and not indicator.denominator:
        yield f"{path}.average", msg("没有分母的指标不能用 pooled，请改用 firms。")
    yield from _unfit(scheme, f"{path}.by", benchmark.by, "text")


def _given(benchmark: Benchmark) -> list[Decimal]:
    numbers = [benchmark.given, benchmark.otherwise, *benchmark.values.values()]
    return [number for number in numbers if number is not None]


def _unfit(scheme: Scheme, path: str, columns: Iterable[str], wanted: Kind) -> Iterator[Problem]:
    """Columns that are not declared, or hold something else."""
    kinds = column_kinds(scheme)
    for column in columns:
        if column not in kinds:
            known = ", ".join(kinds)
            yield (
                path,
                msg("没有列“{column}”，已声明的有：{known}。请改正或先声明。", column=column, known=known),
            )
        elif kinds[column] != wanted:
            problem = "列“{column}”的 type 应为 {wanted}，现为 {kind}，请改正。"
            yield path, msg(problem, column=column, wanted=wanted, kind=kinds[column])


def _assumed_problems(scheme: Scheme) -> Iterator[Problem]:
    """`assumed` names keys of its own table."""
    for path, part in parts(scheme):
        fields = {field.alias or name for name, field in type(part).model_fields.items()}
        for key in part.assumed:
            if key not in fields:
                yield f"{path}.assumed".lstrip("."), msg("“{key}”不是本表的项目，请改正。", key=key)
