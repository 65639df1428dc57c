"""Which features of schemes.py a case has, and whether each changes the result."""

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError

from tenglong.domain.evaluation.engines.reference import evaluate
from tenglong.domain.evaluation.expressions import Expression, walk
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.results import Evaluation
from tenglong.domain.evaluation.schemes import (
    RULES,
    Adjustment,
    Benchmark,
    Exemption,
    Grades,
    Indicator,
    Merge,
    Part,
    Points,
    PointsLimit,
    Scheme,
    Scope,
    Step,
    Total,
)
from tenglong.domain.kernel.errors import BadRules
from tests.property.evaluation.cases import YEAR, Case, accepted

MODELS: dict[str, type[Part]] = {
    "": Scheme, "scope": Scope, "merge": Merge, "exempt": Exemption, "indicator": Indicator,
    "benchmark": Benchmark, "points": Points, "points_limit": PointsLimit, "total": Total, "grades": Grades,
    "steps": Step, "adjust": Adjustment,
}  # fmt: skip
SILENT = frozenset(
    "source assumed zh en unit unit_en id title title_en place year version note digest column".split()
)
"""What describes a scheme and never changes a grade; of these `year` of a benchmark is a feature all the same."""
RULED = ("missing", "no_denominator", "negative", "zero")
OTHERS: dict[str, Any] = {
    "numerator": "staff + 3", "denominator": "staff", "weight": Decimal(77), "when": "not accident",
    "points": Decimal(7), "host": "tax", "by": "industry", "grade": "other", "given_by": "size",
    "given": Decimal("0.7"), "share": Decimal(45), "from": Decimal(61), "steps": 3, "not_above": "B", "not_below": "A",
}  # fmt: skip
"""What stands in for a required key."""


def features() -> set[str]:
    """Every key of schemes.py that can change a result, with every word it may hold."""
    return {
        feature
        for model in MODELS.values()
        for name, field in model.model_fields.items()
        if name not in SILENT or (model, name) == (Benchmark, "year")
        for feature in _named(model, field.alias or name, _words(model, name, field.annotation))
    }


def changes(case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    """The features of a case, each with the content without it or with another word in its place."""
    for path, model in _parts(case.content, ()):
        part = _at(case.content, path)
        for name, field in model.model_fields.items():
            key = field.alias or name
            if (name in SILENT and (model, name) != (Benchmark, "year")) or key not in part:
                continue
            words = _words(model, name, field.annotation)
            said = [part[key]] if words else []
            feature = next(iter(_named(model, key, [_word(word) for word in said])))
            for content in _without(case.content, path, key, words):
                yield feature, content


def matters(case: Case, content: dict[str, Any], judged: Evaluation) -> bool:
    """Whether the changed content is a scheme that gives other results."""
    try:
        scheme = accepted(content)
    except (ValidationError, BadRules):
        return False
    return evaluate(scheme, case.rows, year=YEAR).outcomes != judged.outcomes


def syntax(case: Case) -> set[str]:
    """What the language offers (2.1), as far as the expressions of the case use it."""
    return {
        said
        for text in _texts(case.content)
        for part in walk(parse(text, where=""))
        for said in _syntax(part)
    }


def all_syntax() -> set[str]:
    """All that the language offers."""
    found = {kind.__name__ for kind in get_args(Expression)}
    for kind in get_args(Expression):
        for name in ("op", "which", "function"):
            words = get_args(kind.__annotations__.get(name))
            found |= {f"{kind.__name__} {word}" for word in words}
    return found


def _syntax(part: Any) -> Iterator[str]:
    kind = type(part).__name__
    yield kind
    for name in ("op", "which", "function"):
        if hasattr(part, name):
            yield f"{kind} {getattr(part, name)}"


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, list):
        for one in content:
            yield from _texts(one)
    elif isinstance(content, dict):
        for key, value in content.items():
            if key in ("when", "numerator", "denominator", "points") and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)


def _named(model: type[Part], key: str, words: list[str]) -> list[str]:
    return [f"{model.__name__}.{key}={word}" for word in words] or [f"{model.__name__}.{key}"]


def _words(model: type[Part], name: str, annotation: Any) -> list[str]:
    """The words a key may hold; none where it holds anything."""
    if model is Indicator and name in RULED:
        without = {"missing", "no_denominator"}
        return ["number", *(rule for rule in RULES if rule != "as_value" or name not in without)]
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if word]
    return []


def _word(value: Any) -> str:
    return value if isinstance(value, str) else "number"


def _parts(content: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], type[Part]]]:
    """The tables of a scheme file by their paths."""
    yield path, MODELS[next((step for step in reversed(path) if isinstance(step, str)), "")]
    for key, value in content.items():
        if key in MODELS and isinstance(value, dict):
            yield from _parts(value, (*path, key))
        elif key in MODELS and isinstance(value, list) and value and isinstance(value[0], dict):
            for number, one in enumerate(value):
                yield from _parts(one, (*path, key, number))


def _at(content: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        content = content[step]
    return content


def _without(
    content: dict[str, Any], path: tuple[Any, ...], key: str, words: list[str]
) -> Iterator[dict[str, Any]]:
    """The content without the key, with others in its place, or without the whole part."""
    value = _at(content, path)[key]
    others = [Decimal(99) if word == "number" else word for word in words if word != value]
    others += [OTHERS[key]] if key in OTHERS else []
    others += [value[1:]] if isinstance(value, list) else []
    for other in (None, *others):
        changed = deepcopy(content)
        part = _at(changed, path)
        if other is None:
            del part[key]
        else:
            part[key] = other
        if key == "method":
            _for_method(part)
        if (path, key) == (("grades",), "by"):
            _for_kind(part)
        yield changed
    if path and path[-1] == "benchmark":
        changed = deepcopy(content)
        _at(changed, path[:-1])["benchmark"] = {"given": Decimal("0.7")}
        yield changed
    elif path and isinstance(path[-1], int):
        changed = deepcopy(content)
        del _at(changed, path[:-1])[path[-1]]
        yield changed


def _for_method(indicator: dict[str, Any]) -> None:
    """Only what the other method needs."""
    for gone in ("benchmark", "floor", "cap", "k", "base", "by"):
        indicator.pop(gone, None)
    if indicator.get("method") != "minmax":
        indicator["method"] = "value"


def _for_kind(grades: dict[str, Any]) -> None:
    """Steps as the other kind of grades needs them."""
    for number, step in enumerate(grades["steps"][:-1]):
        if grades.get("by") == "score":
            step["from"] = 50 - number - step.pop("share", 0)
        else:
            step["share"] = 10 + 0 * step.pop("from", 0)
