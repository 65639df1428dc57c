"""Forms about records that may be one firm."""

from django import forms
from django.utils.translation import gettext_lazy as _


class GroundsForm(forms.Form):
    """Why two records are one firm."""

    reason = forms.CharField(label=_("认定依据"), max_length=300, widget=forms.TextInput())


class RegretForm(forms.Form):
    """Why an answer is taken back."""

    reason = forms.CharField(label=_("撤销理由"), max_length=300, widget=forms.TextInput())


class ManyForm(forms.Form):
    """One answer to many questions, and on what grounds."""

    same = forms.ChoiceField(
        label=_("结论"), choices=[("1", _("认定为同一家企业")), ("0", _("认定为不同企业"))]
    )
    reason = forms.CharField(label=_("认定依据"), max_length=300, required=False, widget=forms.TextInput())
