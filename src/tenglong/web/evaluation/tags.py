"""Filters of the evaluation pages: grades and their colours, conditions and rules in words."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.utils.translation import get_language, gettext, gettext_lazy, gettext_noop

from tenglong.domain.evaluation.differences import benchmark_words, scheme_words
from tenglong.domain.evaluation.explanation.wording import printed, special_case, turn_sentence
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.expressions.wording import in_words, names_of
from tenglong.domain.evaluation.process import run_rules
from tenglong.domain.evaluation.schemes import Benchmark, Scheme, in_english
from tenglong.domain.evaluation.screening.rules import Rules
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.messages import label as plain_label
from tenglong.domain.kernel.quantities import half_up, plain
from tenglong.domain.reporting.grades import reason_words
from tenglong.queries.evaluation.results import known_land
from tenglong.web.templatetags.tenglong import grouped, in_script, label, sentence

register = template.Library()

LETTERS = "ABCD"
UNITS = (gettext_noop("吨标煤"), gettext_noop("年"))  # of columns of schemes, beside those of observations


@register.filter
def in_scheme(message: Message | str, scheme: Scheme, other: Scheme | None = None) -> str:
    """A sentence in the reader's language; what schemes give names to is called as their own files call it."""
    if isinstance(message, str):
        return in_script(message)
    schemes = (scheme, other) if other else (scheme,)
    return in_script(message.render(in_english(gettext, *schemes) if get_language() == "en" else gettext))


@register.filter
def grade_look(grade: str, scheme: Scheme | None = None) -> str:
    """The look of a grade: A green, B blue, C yellow, D red by its letter, else by its place from the top.

    Grades outside the quota, and none, are grey.
    """
    if grade[:1] in LETTERS:
        return f"grade-{grade[:1]}" if grade else "grade-none"
    steps = [step.grade for step in scheme.grades.steps] if scheme and scheme.grades else []
    if grade not in steps:
        return "grade-none"
    return f"grade-{LETTERS[min(steps.index(grade), len(LETTERS) - 1)]}"


@register.filter
def grade_name(grade: str, scheme: Scheme) -> str:
    """What a grade is called in its scheme (优先发展类); "" where it has no name."""
    for step in scheme.grades.steps if scheme.grades else ():
        if step.grade == grade:
            return step.en if step.en and get_language() == "en" else in_script(step.zh)
    return ""


@register.filter
def way_label(id: str) -> str:
    """What an upheld objection does to the others."""
    return label(run_rules().ways[id])


@register.filter
def own(thing: Any) -> str:
    """The name of a part of a scheme file (`zh`, `en`), in the reader's language."""
    return thing.en if thing.en and get_language() == "en" else in_script(thing.zh)


@register.filter
def own_unit(indicator: Any) -> str:
    """The unit of an indicator in the reader's language."""
    return indicator.unit_en if indicator.unit_en and get_language() == "en" else label(indicator.unit)


@register.filter
def condition(text: str, scheme: Scheme) -> str:
    """A condition or a quantity of a scheme file as a person would say it."""
    return in_scheme(in_words(parse(text, where=scheme.id), names_of(scheme)), scheme)


@register.filter
def rule_words(value: Any) -> str:
    """A value of a scheme file (a rule, a kind, a step, a number) in words."""
    return sentence(scheme_words(value))


@register.filter
def column_names(ids: tuple[str, ...], scheme: Scheme) -> str:
    """Columns or indicators by their labels."""
    names = names_of(scheme)
    return gettext("、").join(in_scheme(names[id], scheme) if id in names else id for id in ids)


@register.filter
def benchmark(found: Benchmark, scheme: Scheme) -> str:
    """What values are held against, with the labels of the columns that make the groups."""
    names = {id: in_scheme(name, scheme) for id, name in names_of(scheme).items()}
    said = {"by": tuple(names.get(id, id) for id in found.by), "given_by": names.get(found.given_by, "")}
    return in_scheme(benchmark_words(found.model_copy(update=said)), scheme)


@register.filter
def exactly(value: Any) -> str:
    """A number of a scheme file as it was written, without trailing zeros."""
    return "—" if value is None else grouped(format(plain(value), "f"))


@register.filter
def total(value: Any, scheme: Scheme) -> str:
    """A total with as many places as its scheme rounds to."""
    return "—" if value is None else grouped(format(half_up(value, scheme.total.places), "f"))


@register.filter
def score(value: Any) -> str:
    """Points as explanations print them."""
    return "—" if value is None else printed(value)


@register.filter
def measured(value: Any) -> str:
    """The value or the benchmark of an indicator as explanations print it."""
    return "—" if value is None else grouped(printed(value, "value"))


@register.filter
def percent(value: Any) -> str:
    """A part of one as a percentage."""
    return "—" if value is None else f"{printed(value * 100, 'percent')}%"


@register.filter
def why_not(row: Any, scheme: Scheme) -> str:
    """Why a row has no grade of its own."""
    if row.status == "rated":
        return ""
    return in_scheme(reason_words(scheme, row.status, row.reason, known_land(scheme, row.land)), scheme)


@register.filter
def adjusted_by(ids: tuple[str, ...], scheme: Scheme) -> str:
    """The rules after the quota that fitted, by their names."""
    names = {one.id: own(one) for one in scheme.adjust}
    return gettext("；").join(names.get(id, id) for id in ids)


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """What a mapping holds under a key."""
    return mapping.get(key)


@register.filter
def column_name(id: str, scheme: Scheme) -> str:
    """One column or indicator by its label."""
    return column_names((id,), scheme)


@register.filter
def points_words(points: Any, scheme: Scheme) -> str:
    """Points of a rule: the number, or the quantity in words."""
    return condition(points, scheme) if isinstance(points, str) else exactly(points)


@register.filter
def basis_words(id: str) -> str:
    """当量, 等价, 核定 and the like; "" for none."""
    observations = table_kind("observations")
    for name in ("energy_basis", "cod_method", "wastewater_method"):
        for choice in observations.column(name).choices:
            if choice.id == id:
                return label(choice.label)
    return id


STATUSES = {
    "rated": gettext_lazy("参评"),
    "not_rated": gettext_lazy("未参评"),
    "out_of_scope": gettext_lazy("不在评价范围"),
}


@register.filter
def status_label(id: str) -> str:
    """Whether a firm was rated."""
    return str(STATUSES[id])


@register.filter
def outside(bar: Any, grades: list[str]) -> int:
    """The firms of a bar that have none of these grades."""
    return sum(count for grade, count in bar.firms.items() if grade not in grades)


SECTIONS = {
    "adjust": gettext_lazy("调档规则"),
    "exempt": gettext_lazy("不参评情形"),
    "points": gettext_lazy("加减分项"),
}


@register.filter
def section_label(id: str) -> str:
    """What kind of rule this is."""
    return str(SECTIONS[id])


@register.filter
def special(mark: Any, scheme: Scheme) -> str:
    """By which special case a mark was scored; "" where its own value gave it."""
    return "" if mark.how in ("value", None) else in_scheme(special_case(mark), scheme)


@register.filter
def turn_words(turn: Any, scheme: Scheme) -> str:
    """What one rule after the quota did to the grade."""
    return in_scheme(turn_sentence(turn), scheme)


@register.filter
def points_name(id: str, scheme: Scheme) -> str:
    """A bonus or deduction by its name."""
    return next((own(one) for one in scheme.points if one.id == id), id)


@register.filter
def value_words(value: Any) -> str:
    """A figure of a firm as it was used: a number, a text, yes or no."""
    if value is None or value == "":
        return gettext("缺")
    if isinstance(value, bool) or value in ("true", "false"):
        return gettext("是") if value in (True, "true") else gettext("否")
    return exactly(value) if isinstance(value, Decimal) else in_script(str(value))


@register.filter
def column_unit(id: str, scheme: Scheme) -> str:
    """The unit of a column, "" where it has none."""
    return label(scheme.column[id].unit)


@register.filter
def rule_name(zh: str, scheme: Scheme) -> str:
    """A rule of a scheme by its name in the reader's language."""
    return in_scheme(plain_label(zh), scheme)


# Filters of the screening page: what a hit rests on, by its labels.


@register.filter
def input_names(ids: tuple[str, ...], rules: Rules) -> str:
    """The inputs of screening rules by their labels."""
    return gettext("、").join(_input_name(id, rules) for id in ids) or "—"


@register.filter
def inputs(values: dict[str, Any], rules: Rules) -> str:
    """What a hit rests on: every input with its value."""
    return gettext("；").join(
        f"{_input_name(id, rules)} {_input_value(value)}" for id, value in values.items()
    )


@register.filter
def thresholds(values: dict[str, Any]) -> str:
    """The thresholds of a hit, as the rule file names them."""
    return gettext("；").join(f"{id} = {exactly(value)}" for id, value in values.items())


def _input_name(id: str, rules: Rules) -> str:
    if id in rules.columns:
        return own(rules.columns[id])
    return next((label(one) for one in rules.quantities if one.id == id), id)


def _input_value(value: Any) -> str:
    return measured(value) if isinstance(value, Fraction) else value_words(value)
