"""Who answers for a case, and handing cases over, typed in: only who is registered is offered."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenglong.queries.campaign.duties import ATTRIBUTES, Offered
from tenglong.queries.values import Titled
from tenglong.web.templatetags.tenglong import in_script, said


class AssignForm(forms.Form):
    """Department, team and responsible person of one case."""

    department = forms.ChoiceField(label=_("牵头部门"), required=False)
    team = forms.ChoiceField(label=_("攻坚小组"), required=False)
    responsible = forms.ChoiceField(label=_("包干责任人"), required=False)
    reason = forms.CharField(label=_("理由（可不填）"), required=False, max_length=300)

    def __init__(self, *args: Any, choices: Offered, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ATTRIBUTES:
            now = self.initial.get(name, "")
            names = dict.fromkeys((*filter(None, [now]), *getattr(choices, name)))
            self.fields[name].choices = [("", _("未定")), *((one, in_script(one)) for one in names)]


class HandoverForm(forms.Form):
    """Who hands open cases over to whom, from when, and why."""

    taker = forms.ChoiceField(label=_("接手人"))
    day = forms.DateField(
        label=_("从哪一天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    leave = forms.BooleanField(
        label=_("休假等暂时移交，以后交回"), required=False, widget=forms.CheckboxInput()
    )
    reason = forms.CharField(label=_("理由"), max_length=300)
    cases = forms.TypedMultipleChoiceField(
        label=_("移交哪些企业"),
        required=False,
        coerce=int,
        widget=forms.SelectMultiple(attrs={"size": 12, "class": "form-select"}),
        help_text=_("不选就是全部未办结的企业。"),
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[str],
        cases: Sequence[tuple[int, str, Titled]],
        today: date,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.fields["taker"].choices = [("", _("请选择")), *((one, in_script(one)) for one in people)]
        self.fields["cases"].choices = [
            (id, f"{in_script(firm)} · {said(roster, 'title')}") for id, firm, roster in cases
        ]
        self.fields["day"].initial = today
        self.fields["day"].widget.attrs["max"] = today.isoformat()
