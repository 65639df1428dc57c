"""Answers to choose from, written in one go: a template that loops over them takes ten times as long."""

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tenglong.domain.kernel.errors import NotFound
from tenglong.web.context import Here, Unit
from tenglong.web.templatetags.tenglong import in_script, said

register = template.Library()


@register.simple_tag
def answers(choices: Iterable[tuple[object, object]], chosen: object) -> SafeString:
    """The `<option>`s of (value, text) pairs, with the one whose value is `chosen` selected."""
    options = _options(tuple((str(value), str(text)) for value, text in choices))
    value = f'value="{escape(str(chosen))}"'
    return SafeString(options.replace(f"{value}>", f"{value} selected>", 1))


@register.simple_tag
def roster_answers(here: Here) -> SafeString:
    """The rosters by their titles; an address that names none of them has nothing chosen."""
    chosen = None
    with suppress(NotFound):
        chosen = here.the_roster.code
    return answers(((roster.code, said(roster, "title")) for roster in here.rosters), chosen)


@register.simple_tag
def unit_answers(here: Here) -> SafeString:
    """The units, each moved right as far as it stands below the person's own."""
    chosen = None
    with suppress(NotFound):
        chosen = here.unit.code
    return answers(_units(here.offered, get_language()), chosen)


@lru_cache(maxsize=500)
def _units(units: tuple[Unit, ...], language: str) -> tuple[tuple[str, str], ...]:
    """The codes and names of units in a language."""
    return tuple((unit.code, in_script(unit.indented)) for unit in units)


@lru_cache(maxsize=1000)
def _options(choices: tuple[tuple[str, str], ...]) -> str:
    """The options, none chosen: the same few lists stand on every page."""
    return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices)
