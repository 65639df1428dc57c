"""What the lists of a roadmap are narrowed to, another option for one firm, and a limit that is changed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.quantities import parse_quantity
from tenglong.queries.roadmap.lines import Filters
from tenglong.web.roadmap.tags import measure_label, outcome_label
from tenglong.web.templatetags.tenglong import in_script, kind_label

Choices = Sequence[tuple[str, str]]
UNITS = {"percent": _("百分之"), "amount": _("数量")}
WAIT = "wait"
WAITS = {"yes": True, "no": False}


class NarrowingForm(forms.Form):
    """An answer that is not offered narrows nothing, and is `ignored`."""

    def offer(self, name: str, choices: Choices) -> None:
        """What may be chosen, beside everything."""
        self.fields[name].choices = [("", _("全部")), *choices]

    @property
    def wanted(self) -> dict[str, Any]:
        """The good answers; those that were not understood are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def ignored(self) -> str:
        """The answers that were not understood, in words; "" for none."""
        return gettext("；").join(f"{self.fields[name].label} {self.data[name]}" for name in self.errors)


class LineFilterForm(NarrowingForm):
    """What the lines are narrowed to."""

    text = forms.CharField(label=_("企业名称"), required=False, max_length=60)
    zone = forms.ChoiceField(label=_("区块"), required=False)
    town = forms.ChoiceField(label=_("镇（街道）"), required=False)
    team = forms.ChoiceField(label=_("专班"), required=False)
    measure = forms.ChoiceField(label=_("处置方式"), required=False)
    outcome = forms.ChoiceField(label=_("三可结论"), required=False)
    waits = forms.ChoiceField(label=_("安排"), required=False)
    start_on = forms.DateField(
        label=_("启动日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, known: Filters, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer("zone", [(zone, in_script(zone)) for zone in known.zones])
        self.offer("town", [(code, in_script(name)) for code, name in known.towns])
        self.offer("team", [(team, in_script(team)) for team in known.teams])
        self.offer("measure", [(id, measure_label(id)) for id in known.measures])
        self.offer("outcome", [(id, outcome_label(id)) for id in known.outcomes])
        self.offer("waits", [("no", gettext("安排处置")), ("yes", gettext("本期不动"))])

    @property
    def asked(self) -> dict[str, Any]:
        """The answers as a filter of lines takes them."""
        found = self.wanted
        return found | {"waits": WAITS[found["waits"]]} if "waits" in found else found


class SlipFilterForm(NarrowingForm):
    """What the late milestones are narrowed to."""

    zone = forms.ChoiceField(label=_("区块"), required=False)
    town = forms.ChoiceField(label=_("镇（街道）"), required=False)
    team = forms.ChoiceField(label=_("专班"), required=False)
    kind = forms.ChoiceField(label=_("节点"), required=False)

    def __init__(self, *args: Any, known: Filters, kinds: Sequence[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer("zone", [(zone, in_script(zone)) for zone in known.zones])
        self.offer("town", [(code, in_script(name)) for code, name in known.towns])
        self.offer("team", [(team, in_script(team)) for team in known.teams])
        self.offer("kind", [(kind, kind_label(kind)) for kind in kinds])


class ChoiceForm(forms.Form):
    """Another option for one firm: a measure and its start, or waiting."""

    choice = forms.ChoiceField(label=_("改为"))
    note = forms.CharField(label=_("说明"), required=False, max_length=300)

    def __init__(self, *args: Any, options: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = options

    @property
    def chosen(self) -> tuple[str, date] | None:
        """Measure and first day; None: it waits."""
        measure, _bar, day = self.cleaned_data["choice"].partition("|")
        return (measure, date.fromisoformat(day)) if day else None


class WhatIfForm(forms.Form):
    """A limit and by how much it moves."""

    limit = forms.ChoiceField(label=_("条件"))
    by = forms.CharField(label=_("增减（减少填负数）"), max_length=20)
    unit = forms.ChoiceField(label=_("按"), choices=UNITS.items())

    def __init__(self, *args: Any, limits: Choices, together: Sequence[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["limit"].choices = limits
        self._together = together

    def clean_by(self) -> Decimal:
        """A number that is not zero."""
        try:
            found = parse_quantity(self.cleaned_data["by"])
        except BadValue as error:
            raise forms.ValidationError(error.message.render(gettext)) from error
        if not found:
            raise forms.ValidationError(gettext("增减不能为 0，请填写要变动多少。"))
        return found

    def clean(self) -> dict[str, Any]:
        """All limits of an amount together move by a share only: their amounts differ."""
        together = self.cleaned_data.get("limit") in self._together
        if together and self.cleaned_data.get("unit") == "amount":
            self.add_error("by", gettext("整类限额只能按百分之几增减，请改选“百分之”。"))
        return self.cleaned_data

    @property
    def moved(self) -> dict[str, Decimal]:
        """By which amount, or which share."""
        said = self.cleaned_data
        return {"by": said["by"]} if said["unit"] == "amount" else {"share": said["by"] / 100}


class NoteForm(forms.Form):
    """A word that is kept with what is done."""

    note = forms.CharField(label=_("说明"), required=False, max_length=300)


class AdoptForm(NoteForm):
    """A remark; and where announced dates change, that each was looked at: `dates` says how many were shown."""

    dates = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.BooleanField(label=_("已逐户看过原定和现定的日期"))

    def __init__(self, data: Any = None, *, dates: int):
        super().__init__(data, initial={"dates": dates})
        if not dates:
            del self.fields["seen"]
