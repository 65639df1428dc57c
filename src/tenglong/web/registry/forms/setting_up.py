"""Handing in a table of places or people."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TableForm(forms.Form):
    """The file."""

    file = forms.FileField(label=_("文件"), widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}))
