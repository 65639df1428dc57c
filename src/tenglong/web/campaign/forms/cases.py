"""Forms about cases: what a list is narrowed to, and the plan of one case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.access.roles import roles
from tenglong.domain.campaign.cases import machine
from tenglong.domain.intake.kinds import Choice, table_kind
from tenglong.queries.campaign.cases import NOBODY
from tenglong.web.templatetags.tenglong import label

Choices = Sequence[tuple[str, str]]
LONGEST = 60
NOT_TICKED = ("", "0", "false")
LABELS = {
    "text": _("企业名称或信用代码"),
    "state": _("状态"),
    "owner": _("轮到谁办"),
    "member": _("范围"),
    "batch": _("批次"),
    "measure": _("处置方式"),
    "team": _("专班"),
    "responsible": _("包干责任人"),
    "party": _("房东或承租"),
    "overdue": _("只看逾期"),
}


def case_choices(column: str) -> tuple[Choice, ...]:
    """The answers that the case ledger permits in a column: batch, measure, relation."""
    return table_kind("case_ledger").column(column).choices


def labelled(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    """Choices in the reader's language."""
    return [(choice.id, label(choice.label)) for choice in choices]


@dataclass(frozen=True)
class Filter:
    """One way to narrow the list, with what was asked: a text, one of `choices`, or a tick."""

    name: str
    label: str
    choices: Choices
    value: str


class CaseFilters:
    """What the case list is narrowed to. An answer that is not offered narrows nothing.

    A form of Django would copy all its answers for every page.
    """

    def __init__(self, given: Mapping[str, str], *, teams: Sequence[str], people: Sequence[str]):
        self._offered = _offered(get_language(), tuple(teams), tuple(people))
        text = given.get("text", "").strip()
        self._given = {name: given.get(name, "") for name in self._offered}
        self._given["text"] = "" if len(text) > LONGEST or "\0" in text else text
        self._given["overdue"] = "" if given.get("overdue", "").lower() in NOT_TICKED else "on"

    @property
    def fields(self) -> list[Filter]:
        """The filters in the order of the page."""
        return [
            Filter(name, str(label), self._offered.get(name, ()), self._given[name])
            for name, label in LABELS.items()
        ]

    @property
    def wanted(self) -> dict[str, Any]:
        """The good answers; those that were not understood are left out."""
        found: dict[str, Any] = {
            name: value
            for name, value in self._given.items()
            if value and value in (one for one, _ in self._offered.get(name, ((value, ""),)))
        }
        return found | {"overdue": True} if "overdue" in found else found


@lru_cache(maxsize=200)
def _offered(language: str, teams: tuple[str, ...], people: tuple[str, ...]) -> dict[str, Choices]:
    """The answers to choose from, in a language."""
    states = machine().states.values()
    owners = dict.fromkeys(state.owner for state in states)
    found = {
        "state": [(state.id, label(state)) for state in states],
        "owner": [(id, label(roles()[id])) for id in owners if id in roles()],
        "member": [("target", gettext("整治对象")), ("other", gettext("非整治对象"))],
        "batch": labelled(case_choices("batch")),
        "measure": labelled(case_choices("measure")),
        "team": [(team, label(team)) for team in teams],
        "responsible": [(NOBODY, gettext("无责任人")), *((name, label(name)) for name in people)],
        "party": labelled(case_choices("relation")),
    }
    return {name: (("", gettext("全部")), *choices) for name, choices in found.items()}


class PlanForm(forms.Form):
    """Batch, measure, due day and team of one case."""

    batch = forms.ChoiceField(label=_("批次"), required=False)
    measure = forms.ChoiceField(label=_("处置方式"), required=False)
    due_on = forms.DateField(
        label=_("完成时限"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    team = forms.ChoiceField(label=_("专班"), required=False)

    def __init__(self, *args, teams: Sequence[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [("", _("未定")), *((team, label(team)) for team in teams)]
        for name in ("batch", "measure"):
            self.fields[name].choices = [("", _("未定")), *labelled(case_choices(name))]
