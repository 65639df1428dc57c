"""What templates say of places."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from tenglong.domain.registry.changes import Kind
from tenglong.domain.registry.organisation import Subject
from tenglong.queries.registry.organisation import OrganisationStepView
from tenglong.queries.registry.territory import territory
from tenglong.web.registry.forms.places import LABELS
from tenglong.web.templatetags.tenglong import in_script

register = template.Library()

SAID = {
    Subject.UNIT: gettext_lazy("机构"),
    Subject.PERSON: gettext_lazy("干部"),
    Subject.POST: gettext_lazy("任职"),
}
ENDS = {
    Subject.UNIT: gettext_lazy("撤销机构"),
    Subject.PERSON: gettext_lazy("干部调离"),
    Subject.POST: gettext_lazy("结束任职"),
}


@register.filter
def step_label(kind: str) -> Promise | str:
    """What a kind of step is called."""
    return LABELS[Kind(kind)]


@register.filter
def row_name(place_id: int) -> str:
    """The name that a row of a place bore."""
    return in_script(territory().places[place_id].name)


@register.filter
def organisation_step(step: OrganisationStepView) -> str:
    """What a step says of the organisation, in a few words."""
    if step.takes_back_id:
        return gettext("撤回登记")
    subject = Subject(step.subject)
    ends = "until" in step.said and len(step.said) == 1
    return str((ENDS if ends else SAID)[subject])
