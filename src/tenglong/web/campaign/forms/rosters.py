"""Forms about rosters."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReviewForm(forms.Form):
    """A step of the review for the cases that are ticked."""

    kind = forms.ChoiceField(label=_("核定步骤"))
    effective_on = forms.DateField(
        label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("理由（剔除、新增必填）"), required=False, max_length=200, widget=forms.TextInput()
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], today: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds
        self.fields["effective_on"].initial = today
        self.fields["effective_on"].widget.attrs["max"] = today.isoformat()


class FreezeForm(forms.Form):
    """Freezing a version."""

    as_of = forms.DateField(
        label=_("名单截至"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("说明"), required=False, max_length=300)


class TargetForm(forms.Form):
    """What a unit has to reach."""

    code = forms.ChoiceField(label=_("单位"))
    figure = forms.ChoiceField(label=_("指标"))
    quantity = forms.CharField(label=_("目标数"), max_length=30)
    reason = forms.CharField(label=_("调整理由"), required=False, max_length=300)

    def __init__(
        self, *args: Any, units: list[tuple[str, str]], figures: list[tuple[str, str]], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = units
        self.fields["figure"].choices = figures


class ReferenceForm(forms.Form):
    """A value of the series the roster is compared with."""

    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    percent = forms.CharField(label=_("参照值（%）"), max_length=30)
    source = forms.CharField(label=_("出处"), max_length=200)
    reason = forms.CharField(label=_("理由（更正已登记的值时必填）"), required=False, max_length=300)
