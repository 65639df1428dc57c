"""What templates say of places."""

from django import template
from django.utils.functional import Promise

from tenglong.domain.registry.changes import Kind
from tenglong.queries.registry.territory import territory
from tenglong.web.registry.forms.places import LABELS
from tenglong.web.templatetags.tenglong import in_script

register = template.Library()


@register.filter
def step_label(kind: str) -> Promise | str:
    """What a kind of step is called."""
    return LABELS[Kind(kind)]


@register.filter
def row_name(place_id: int) -> str:
    """The name that a row of a place bore."""
    return in_script(territory().places[place_id].name)
