"""Screening: for which year, which rules make a list; and what a lever's prices are shown for."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenglong.domain.evaluation.prices import prices
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.web.campaign.forms.founding import SpanForm, code_field, day_input
from tenglong.web.templatetags.tenglong import label


class ScreeningForm(forms.Form):
    """The year whose observations are screened."""

    year = forms.IntegerField(label=_("数据年度"), min_value=2000, max_value=2100)


class SuspectsForm(SpanForm):
    """A roster of suspected firms: what it means, from when until when."""

    title = forms.CharField(label=_("名单名称"), max_length=120)
    code = code_field()
    issuer = forms.CharField(label=_("确定单位"), max_length=120)
    definition_text = forms.CharField(
        label=_("口径说明"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    start = forms.DateField(label=_("开始日期"), widget=day_input())
    field_order: Sequence[str] = ("title", "code", "issuer", "definition_text", "start", "deadline")

    @property
    def window(self) -> Window:
        """From the first day to the deadline."""
        return Window(self.cleaned_data["start"], self.cleaned_data["deadline"])


class PricesForm(forms.Form):
    """Which lever, for which year, and by whose rates."""

    lever = forms.ChoiceField(label=_("政策"), required=False)
    year = forms.IntegerField(label=_("执行年度"), required=False, min_value=2000, max_value=2100)
    rates_of = forms.ChoiceField(label=_("按谁的标准"), required=False)

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["lever"].choices = [(id, label(one)) for id, one in prices(SHIPPED).levers.items()]
        self.fields["rates_of"].choices = [("", _("本地区")), *places]

    @property
    def wanted(self) -> dict[str, Any]:
        """The good answers."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def suspects_initial(today: date, title: str, definition: str, code: str, issuer: str) -> dict[str, Any]:
    """What the form of a new list starts with."""
    return {
        "title": title,
        "definition_text": definition,
        "code": code,
        "issuer": issuer,
        "start": today,
        "deadline": date(today.year + 1, 12, 31) if today.month > 9 else date(today.year, 12, 31),
    }
