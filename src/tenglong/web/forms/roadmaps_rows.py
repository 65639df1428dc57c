"""The two tables of the planning form: targets by day, and money by month. A row that is emptied states nothing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.roadmap.settings_format import Settings
from tenglong.web.forms.entries import QuantityField
from tenglong.web.forms.look import dress
from tenglong.web.templatetags.roadmaps import amount_label, amount_unit
from tenglong.web.templatetags.tenglong import aside, in_script

Choices = Sequence[tuple[str, str]]
AMOUNTS = ("write_off", "land", "energy", "wastewater", "cod", "floor_area")
MORE_TARGETS, MORE_MONTHS = 3, 6
MOST_ROWS = 200
_TYPED = QuantityField()


class Number(forms.CharField):
    """A plain number, not below zero, that may be left out: None."""

    def clean(self, value: Any) -> Decimal | None:
        """The exact number; None where nothing is stated."""
        return _TYPED.clean(value) if str(value or "").strip() else None


class Row(forms.Form):
    """A row whose `needed` fields are filled in all together or not at all."""

    needed: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """A row that is half filled in is told what is missing."""
        given = [name for name in self.needed if self.cleaned_data.get(name) is not None]
        for name in self.needed if given else ():
            if name not in given and name not in self.errors:
                self.add_error(name, gettext("请填写，或把这一行清空。"))
        return self.cleaned_data

    @property
    def stands(self) -> bool:
        """Whether the row states anything."""
        return all(self.cleaned_data.get(name) is not None for name in self.needed)


class TargetForm(Row):
    """So much by a day, in all or in one town or zone."""

    needed = ("by", "at_least")
    by = forms.DateField(
        label=_("不晚于"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    amount = forms.ChoiceField(label=_("指标"), required=False)
    at_least = Number(label=_("至少"), required=False)
    where = forms.ChoiceField(label=_("范围"), required=False)

    def __init__(self, *args: Any, towns: Choices, zones: Sequence[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["amount"].choices = [
            (id, f"{amount_label(id)}{aside(amount_unit(id))}") for id in AMOUNTS
        ]
        within = [(f"town:{code}", in_script(name)) for code, name in towns]
        within += [(f"zone:{zone}", gettext("区块 {zone}").format(zone=in_script(zone))) for zone in zones]
        self.fields["where"].choices = [("", _("全部")), *within]
        dress(self)

    def stated(self) -> dict[str, Any]:
        """The target as the settings state it."""
        said = self.cleaned_data
        amount = said["amount"] or AMOUNTS[0]
        level, _colon, place = said["where"].partition(":")
        within = {level: place} if place else {}
        return {"amount": amount, "by": said["by"].isoformat(), "at_least": str(said["at_least"]), **within}


class MonthForm(Row):
    """What may be paid out in a month."""

    needed = ("month", "money")
    month = forms.RegexField(
        label=_("月份"),
        regex=r"^\d{4}-(0[1-9]|1[0-2])$",
        required=False,
        empty_value=None,
        widget=forms.TextInput(attrs={"type": "month"}),
        error_messages={"invalid": _("月份请按 2021-05 的格式填写。")},
    )
    money = Number(label=_("可付（万元）"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        dress(self)


class _Targets(forms.BaseFormSet):
    """One row for each target."""

    def stated(self) -> list[dict[str, Any]]:
        """The targets in the order of the rows."""
        return [row.stated() for row in self if row.stands]


class _Months(forms.BaseFormSet):
    """One row for each month."""

    def clean(self) -> None:
        """No month twice."""
        months = [row.cleaned_data["month"] for row in self if row.cleaned_data.get("month")]
        twice = sorted({month for month in months if months.count(month) > 1})
        if twice:
            raise forms.ValidationError(
                gettext("{month} 填了两次，请合并为一行。").format(month=gettext("、").join(twice))
            )

    def stated(self) -> dict[str, str]:
        """Money by month."""
        return {row.cleaned_data["month"]: str(row.cleaned_data["money"]) for row in self if row.stands}


TargetRows = forms.formset_factory(TargetForm, formset=_Targets, extra=MORE_TARGETS, max_num=MOST_ROWS)
CashRows = forms.formset_factory(MonthForm, formset=_Months, extra=MORE_MONTHS, max_num=MOST_ROWS)


def target_initial(settings: Settings) -> list[dict[str, Any]]:
    """The rows that the settings state."""
    return [
        {
            "by": one.by,
            "amount": one.amount,
            "at_least": one.at_least,
            "where": f"town:{one.town}" if one.town else f"zone:{one.zone}" if one.zone else "",
        }
        for one in settings.targets
    ]


def cash_initial(settings: Settings) -> list[dict[str, Any]]:
    """The rows that the settings state."""
    return [{"month": month, "money": money} for month, money in sorted(settings.fund.cash.items())]
