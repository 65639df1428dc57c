"""Answers to choose from, written in one go: a template that loops over them takes ten times as long."""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString

from tenglong.web.context import Unit
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
def roster_answers(rosters: Iterable[object], chosen: str) -> SafeString:
    """Rosters by their titles."""
    return answers(((roster.code, said(roster, "title")) for roster in rosters), chosen)


@register.simple_tag
def unit_answers(units: Iterable[Unit], chosen: str) -> SafeString:
    """Units, each moved right as far as it stands below the person's own."""
    return answers(((unit.code, in_script(unit.indented)) for unit in units), chosen)
