"""Filters of the screening page: what a hit rests on, by its labels."""

from fractions import Fraction
from typing import Any

from django import template
from django.utils.translation import gettext

from tenglong.domain.evaluation.screening_rules import Rules
from tenglong.web.templatetags.evaluation import exactly, measured, own, value_words
from tenglong.web.templatetags.tenglong import label

register = template.Library()


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
