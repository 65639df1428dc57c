"""Forms about cases: what a list is narrowed to, and the plan of one case."""

from collections.abc import Iterable, Sequence

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.access.roles import roles
from tenglong.domain.campaign.cases import machine
from tenglong.domain.intake.kinds import Choice, table_kind
from tenglong.web.templatetags.tenglong import label

Choices = Sequence[tuple[str, str]]


def case_choices(column: str) -> tuple[Choice, ...]:
    """The answers that the case ledger permits in a column: batch, measure, relation."""
    return table_kind("case_ledger").column(column).choices


def labelled(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    """Choices in the reader's language."""
    return [(choice.id, label(choice.label)) for choice in choices]


class CaseFilterForm(forms.Form):
    """What the case list is narrowed to. An answer that is not offered narrows nothing."""

    text = forms.CharField(label=_("企业名称或信用代码"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("状态"), required=False)
    owner = forms.ChoiceField(label=_("轮到谁办"), required=False)
    member = forms.ChoiceField(label=_("范围"), required=False)
    batch = forms.ChoiceField(label=_("批次"), required=False)
    measure = forms.ChoiceField(label=_("处置方式"), required=False)
    team = forms.ChoiceField(label=_("专班"), required=False)
    party = forms.ChoiceField(label=_("房东或承租"), required=False)
    overdue = forms.BooleanField(label=_("只看逾期"), required=False)

    def __init__(self, *args, teams: Sequence[str], **kwargs):
        super().__init__(*args, **kwargs)
        states = machine().states.values()
        owners = dict.fromkeys(state.owner for state in states)
        self._offer("state", [(state.id, label(state)) for state in states])
        self._offer("owner", [(id, label(roles()[id])) for id in owners if id in roles()])
        self._offer("member", [("target", gettext("整治对象")), ("other", gettext("非整治对象"))])
        self._offer("batch", labelled(case_choices("batch")))
        self._offer("measure", labelled(case_choices("measure")))
        self._offer("team", [(team, label(team)) for team in teams])
        self._offer("party", labelled(case_choices("relation")))

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = [("", _("全部")), *choices]

    @property
    def wanted(self) -> dict[str, str | bool]:
        """The good answers; those that were not understood are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PlanForm(forms.Form):
    """Batch, measure, due day and team of one case."""

    batch = forms.ChoiceField(label=_("批次"), required=False)
    measure = forms.ChoiceField(label=_("处置方式"), required=False)
    due_on = forms.DateField(
        label=_("完成时限"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    team = forms.CharField(label=_("专班"), required=False, max_length=60)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("batch", "measure"):
            self.fields[name].choices = [("", _("未定")), *labelled(case_choices(name))]
