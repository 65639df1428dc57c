"""Step buttons: how a page asks for each step of a process, and the one view that takes it. What may be asked for,
and when, the offers say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_POST

from tenglong.domain.access.policy import Offer, Scope
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.process import Step
from tenglong.web.look import dress
from tenglong.web.pages import View, page, telling

PRIMARY, DANGER = "btn-primary", "btn-danger"
Said = str | Promise | Callable[[Any], str]


@dataclass(frozen=True)
class Button:
    """What stands behind a step: the address that takes it, the form it needs, the question before it is taken.

    A `link` goes to a page of its own, which asks for more; a `folded` form opens when somebody asks for it. `act` is
    the action that `step_paths` lets the address carry out, `done` what the next page then says (of what came of it).
    """

    address: str
    form: type[Form] | None = None
    confirm: str | Promise = ""
    look: str = ""
    link: bool = False
    folded: bool = False
    act: Callable[..., Any] | None = None
    done: Said = ""


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
        form = dress(button.form(auto_id="_".join((offer.step.id, *map(str, args), "%s"))))
    return Shown(offer.step, offer.barred, button, reverse(button.address, args=args), form)


@dataclass(frozen=True)
class Moved:
    """The things that a process moves: how one is seen, what the actions call it, the page that shows it."""

    name: str
    see: Callable[[int, Scope], Any]
    address: str


def step_paths(under: str, moved: Moved, buttons: Mapping[str, Button]) -> list[URLPattern]:
    """The addresses `under`/<id>/… of the steps that ask for nothing but their form."""
    acting = {button.address: (button, button.act) for button in buttons.values() if button.act}
    return [
        path(f"{under}/<int:id>/{address.rpartition('.')[2]}", _taken(button, act, moved), name=address)
        for address, (button, act) in acting.items()
    ]


def _taken(button: Button, act: Callable[..., Any], moved: Moved) -> View:
    @page(Permission.VIEW)
    @require_POST
    def taken(request: HttpRequest, id: int) -> HttpResponse:
        """Take the step; then show what came of it, or the thing as it is with what was wrong."""
        here = request.here
        with telling(request):
            answers = _answers(button.form(request.POST)) if button.form else {}
            answers[moved.name] = moved.see(id, here.scope)
            found = act(actor=here.actor, at=here.now, **answers)
            if said := button.done(found) if callable(button.done) else str(button.done):
                messages.success(request, said)
            return redirect(moved.address, found.pk)
        return redirect(moved.address, id)

    return taken


def _answers(form: Form) -> dict[str, Any]:
    """What was filled in; what is missing stays empty, for the gate says what must not be. Raises BadValue."""
    form.full_clean()
    for name, problems in form.errors.items():
        if str(form[name].data or "").strip():
            problem = msg("“{field}”有误：{problem}", field=str(form[name].label), problem=str(problems[0]))
            raise BadValue(problem)
    return {name: form.cleaned_data.get(name, field.to_python("")) for name, field in form.fields.items()}
