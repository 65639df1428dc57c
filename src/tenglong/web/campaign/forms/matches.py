"""Forms about records that may be one firm."""

from django import forms
from django.utils.translation import gettext_lazy as _


class GroundsForm(forms.Form):
    """Why two records are one firm."""

    reason = forms.CharField(label=_("认定依据"), max_length=300, widget=forms.TextInput())


class RegretForm(forms.Form):
    """Why an answer is taken back."""

    reason = forms.CharField(label=_("撤销理由"), max_length=300, widget=forms.TextInput())
