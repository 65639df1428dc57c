"""Step buttons: how a page asks for each step of a process. What may be asked for, and when, the offers say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.functional import Promise

from tenglong.domain.access.processes import Offer
from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.process import Step
from tenglong.web.look import dress

PRIMARY, DANGER = "btn-primary", "btn-danger"


@dataclass(frozen=True)
class Button:
    """What stands behind a step: the address that takes it, the form it needs, the question before it is taken.

    A `link` goes to a page of its own, which asks for more; a `folded` form opens when somebody asks for it.
    """

    address: str
    form: type[Form] | None = None
    confirm: str | Promise = ""
    look: str = ""
    link: bool = False
    folded: bool = False


@dataclass(frozen=True)
class Shown:
    """A step as a page shows it: `barred` says why it must wait, without one there is a button."""

    step: Step
    barred: Message | None
    button: Button
    url: str
    form: Form | None


def step_buttons(
    offers: Iterable[Offer],
    buttons: Mapping[str, Button],
    *args: object,
    forms: Mapping[str, Any] | None = None,
) -> list[Shown]:
    """The offers for which this page has a button, in their order; `args` complete the addresses.

    `forms` are those that a person has filled in already, by step.
    """
    return [
        _shown(offer, buttons[offer.step.id], args, forms or {})
        for offer in offers
        if offer.step.id in buttons
    ]


def _shown(offer: Offer, button: Button, args: tuple[object, ...], forms: Mapping[str, Any]) -> Shown:
    form = forms.get(offer.step.id)
    if form is None and button.form is not None:
        form = dress(button.form(auto_id=f"{offer.step.id}_%s"))
    return Shown(offer.step, offer.barred, button, reverse(button.address, args=args), form)
