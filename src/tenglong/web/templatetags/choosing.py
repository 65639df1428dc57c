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
    return SafeString(
        "".join(
            f'<option value="{escape(str(value))}"{" selected" if value == chosen else ""}>{escape(str(text))}</option>'
            for value, text in choices
        )
    )


@register.simple_tag
def roster_answers(here: Here) -> SafeString:
    """The rosters by their titles; an address that names none of them has nothing chosen."""
    chosen = ""
    with suppress(NotFound):
        chosen = here.the_roster.code
    return answers(((roster.code, said(roster, "title")) for roster in here.rosters), chosen)


@register.simple_tag
def unit_answers(here: Here) -> SafeString:
    """The units, each moved right as far as it stands below the person's own."""
    options = _unit_options(here.units, get_language())
    with suppress(NotFound):
        code = escape(here.unit.code)
        return SafeString(options.replace(f'value="{code}"', f'value="{code}" selected', 1))
    return options


@lru_cache(maxsize=500)
def _unit_options(units: tuple[Unit, ...], language: str) -> SafeString:
    """The options in a language, none chosen."""
    return answers(((unit.code, in_script(unit.indented)) for unit in units), "")
