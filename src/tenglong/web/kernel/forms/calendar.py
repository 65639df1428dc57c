"""Entering the notice of a year's holidays."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.kernel.calendar import days_in
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.periods import FIRST_YEAR, LAST_YEAR


class DaysField(forms.CharField):
    """Days and spans, one after the other; clean gives the days."""

    def __init__(self, **kwargs: Any):
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), max_length=2000, **kwargs)

    def clean(self, value: Any) -> frozenset[date]:
        """The days that are named; a ValidationError says which part is none."""
        try:
            return days_in(super().clean(value))
        except BadValue as error:
            raise forms.ValidationError(error.message.render(gettext)) from error


class NoticeForm(forms.Form):
    """What the notice for a year says, whole."""

    year = forms.IntegerField(label=_("年份"), min_value=FIRST_YEAR + 1, max_value=LAST_YEAR)
    off = DaysField(
        label=_("放假日期"),
        help_text=_("每行一天或一段，例如 2027-01-01 或 2027-10-01/2027-10-07；含周末，写全年。"),
    )
    worked = DaysField(
        label=_("调休上班日期"), required=False, help_text=_("放假安排中要上班的周六、周日；没有可不填。")
    )
    source = forms.CharField(
        label=_("依据"), max_length=300, help_text=_("通知的名称和文号，例如：国办发明电〔2025〕7号。")
    )
