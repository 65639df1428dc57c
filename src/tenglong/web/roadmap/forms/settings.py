"""The two tables of the planning form: targets by day, and money by month. A row that is emptied states nothing."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.roadmap.settings import Settings
from tenglong.web.campaign.forms.cases import case_choices, labelled
from tenglong.web.campaign.forms.entries import QuantityField
from tenglong.web.look import dress
from tenglong.web.roadmap.tags import amount_label, amount_unit
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


# What an office states before a roadmap is planned, as a form; what the form does not show stays as the
# settings that it started from say, and travels with it.

PERIODS = {"week": _("周"), "ten_days": _("旬（10 天）"), "month": _("月"), "quarter": _("季")}
AIMS = {
    "benefit": _("在资金和人力之内成效最大"),
    "cost": _("完成目标花钱最少"),
    "lexicographic": _("先求成效最大，再省钱"),
}
WEIGHTS = ("land", "write_off", "energy", "wastewater", "cod", "tax")
MOST_FILE_BYTES = 1024 * 1024
# Which field an error about a key of the settings belongs to; the longest key that fits.
FIELDS = {
    "title": "title", "start": "start", "deadline": "deadline", "period": "period", "aim.kind": "aim",
    "aim.weights": "weight_land", "fund.total": "total", "fund.financing": "financing",
    "capacity.staff_days_per_week": "staff_days", "capacity.appraisals_per_day": "appraisals",
    "capacity.legal_per_week": "legal", "measures": "measures", "solver.seconds": "seconds",
}  # fmt: skip
ROW = re.compile(r"(?P<table>targets|clearances)\[(?P<number>\d+)\](\.(?P<key>\w+))?")
WHERE = {"town": "where", "zone": "where", "at_least": "at_least", "amount": "amount", None: "by"}


def day_field(title: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A day, in the browser's own field."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=title, required=required, widget=widget, help_text=hint)


class Weight(forms.DecimalField):
    """A weight: what is lost counts with a minus."""


class SettingsFileForm(forms.Form):
    """A file of settings that fills the form in."""

    file = forms.FileField(label=_("参数文件"), widget=forms.FileInput(attrs={"accept": ".toml,.json"}))

    def clean_file(self) -> Any:
        """A small file; what it says is judged when it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE_BYTES:
            raise forms.ValidationError(gettext("参数文件不应超过 1 MB，请核对是否选错了文件。"))
        return file


class RoadmapForm(forms.Form):
    """Title, window, money, capacity, aim. Zones and teams of the roster have a field each."""

    base = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("名称"), max_length=120)
    code = forms.ChoiceField(label=_("编制地区"))
    start = day_field(_("开始日期"))
    deadline = day_field(_("完成期限"))
    period = forms.ChoiceField(label=_("分期"), choices=PERIODS.items())
    facts_on = day_field(_("依据何日的情况"), hint=_("以这一天台账和年度数据为准。"))
    total = Number(required=False, label=_("资金总额（万元）"), help_text=_("不填即不限。"))
    financing = Number(required=False, label=_("已批融资（万元）"))
    staff_days = Number(required=False, label=_("每个专班每周工日"), help_text=_("不填即不限。"))
    appraisals = Number(required=False, label=_("每个工作日评估件数"), help_text=_("不填即不限。"))
    legal = Number(required=False, label=_("每周执法办案件数"), help_text=_("不填即不限。"))
    aim = forms.ChoiceField(label=_("求什么"), choices=AIMS.items())
    weight_land = Weight(label=_("每亩土地（分）"))
    weight_write_off = Weight(label=_("每销号一家（分）"))
    weight_energy = Weight(label=_("每吨标准煤（分）"))
    weight_wastewater = Weight(label=_("每吨废水（分）"))
    weight_cod = Weight(label=_("每吨化学需氧量（分）"))
    weight_tax = Weight(label=_("每万元税收（分）"), help_text=_("减少的税收，一般为负。"))
    measures = forms.MultipleChoiceField(
        label=_("可用的处置方式"), widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    )
    seconds = forms.IntegerField(
        label=_("求解时间（秒）"), min_value=1, max_value=3600, help_text=_("越久，与最优的差距越小。")
    )
    note = forms.CharField(label=_("说明"), required=False, max_length=300)

    def __init__(self, *args: Any, units: Choices, zones: Sequence[str], teams: Sequence[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.zones, self.teams = tuple(zones), tuple(teams)
        self.fields["code"].choices = units
        self.fields["measures"].choices = labelled(case_choices("measure"))
        for number, zone in enumerate(zones):
            self.fields[f"zone_{number}"] = day_field(in_script(zone), required=False)
        for number, team in enumerate(teams):
            self.fields[f"team_{number}"] = Number(required=False, label=in_script(team))

    def zone_fields(self) -> list[Any]:
        """By when each zone is to be cleared."""
        return [self[f"zone_{number}"] for number in range(len(self.zones))]

    def team_fields(self) -> list[Any]:
        """What each team can do in a week."""
        return [self[f"team_{number}"] for number in range(len(self.teams))]

    def clean_base(self) -> dict[str, Any]:
        """The settings that the form started from."""
        try:
            found = json.loads(self.cleaned_data["base"] or "{}")
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError(gettext("表单已损坏，请重新打开本页。"))
        return found

    def clean(self) -> dict[str, Any]:
        """The deadline may not lie before the first day."""
        start, deadline = self.cleaned_data.get("start"), self.cleaned_data.get("deadline")
        if start and deadline and deadline < start:
            self.add_error("deadline", gettext("完成期限不能早于开始日期，请改正。"))
        return self.cleaned_data


class PlanningForms:
    """The form with its two tables: targets, and money by month."""

    def __init__(
        self, data: Any, settings: Settings, *, units: Choices, zones: Sequence[str], teams: Sequence[str],
        towns: Choices, initial: Mapping[str, Any],
    ):  # fmt: skip
        started = {**_initial(settings, zones, teams), **initial}
        self.form = dress(RoadmapForm(data, initial=started, units=units, zones=zones, teams=teams))
        self.targets = TargetRows(
            data,
            initial=target_initial(settings),
            prefix="targets",
            form_kwargs={"towns": towns, "zones": zones},
        )
        self.cash = CashRows(data, initial=cash_initial(settings), prefix="cash")

    def is_valid(self) -> bool:
        """Whether everything is good; every table is looked at."""
        return all([self.form.is_valid(), self.targets.is_valid(), self.cash.is_valid()])

    @property
    def wrong(self) -> bool:
        """Whether something that was sent is wrong."""
        return self.form.is_bound and not self.is_valid()

    def stated(self) -> dict[str, Any]:
        """The settings as the form states them, on top of those it started from."""
        said, base = self.form.cleaned_data, dict(self.form.cleaned_data["base"])
        plain = {name: said[name] for name in ("title", "period")}
        days = {name: said[name].isoformat() for name in ("start", "deadline")}
        return {**base, **plain, **days, **self._tables(said, base), "measures": list(said["measures"])}

    def _tables(self, said: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
        weights = {id: str(said[f"weight_{id}"]) for id in WEIGHTS}
        teams = {team: _text(said[f"team_{n}"]) for n, team in enumerate(self.form.teams)}
        capacity = {
            "staff_days_per_week": _text(said["staff_days"]),
            "appraisals_per_day": _text(said["appraisals"]),
            "legal_per_week": _text(said["legal"]),
            "teams": {team: days for team, days in teams.items() if days is not None},
        }
        fund = {
            "total": _text(said["total"]),
            "financing": _text(said["financing"]) or "0",
            "cash": self.cash.stated(),
        }
        return {
            "aim": _over(base, "aim", {"kind": said["aim"], "weights": weights}),
            "fund": _over(base, "fund", fund),
            "capacity": _over(base, "capacity", capacity),
            "solver": _over(base, "solver", {"seconds": said["seconds"]}),
            "targets": self.targets.stated(),
            "clearances": self._clearances(said, base.get("clearances", ())),
        }

    def _clearances(
        self, said: Mapping[str, Any], before: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """The zones with a day; what was stated of them before but the day, and zones that are not shown, stay."""
        known = {one["zone"]: dict(one) for one in before}
        kept = [one for zone, one in known.items() if zone not in self.form.zones]
        shown = [(zone, said[f"zone_{n}"]) for n, zone in enumerate(self.form.zones)]
        return kept + [
            {**known.get(zone, {}), "zone": zone, "by": day.isoformat()}
            for zone, day in shown
            if day is not None
        ]

    def refuse(self, key: str, sentence: str) -> None:
        """Say at the field of a key of the settings what is wrong with it; elsewhere on top."""
        row = ROW.fullmatch(key)
        if row and row["table"] == "targets":
            place = [one for one in self.targets if one.stands][int(row["number"]) - 1]
            place.add_error(WHERE.get(row["key"], row["key"]), sentence)
        elif row:
            zone = self.stated()["clearances"][int(row["number"]) - 1]["zone"]
            known = zone in self.form.zones
            self.form.add_error(f"zone_{self.form.zones.index(zone)}" if known else None, sentence)
        else:
            fits = [known for known in FIELDS if key == known or key.startswith((f"{known}.", f"{known}["))]
            self.form.add_error(FIELDS[max(fits, key=len)] if fits else None, sentence)


def _initial(settings: Settings, zones: Sequence[str], teams: Sequence[str]) -> dict[str, Any]:
    by = {one.zone: one.by for one in settings.clearances}
    capacity, fund = settings.capacity, settings.fund
    return {
        "base": json.dumps(settings.model_dump(mode="json"), ensure_ascii=False),
        "title": settings.title,
        "start": settings.start,
        "deadline": settings.deadline,
        "period": settings.period,
        "total": fund.total,
        "financing": fund.financing or None,
        "staff_days": capacity.staff_days_per_week,
        "appraisals": capacity.appraisals_per_day,
        "legal": capacity.legal_per_week,
        "aim": settings.aim.kind,
        "measures": list(settings.measures),
        "seconds": settings.solver.seconds,
        **{f"weight_{id}": settings.aim.weights.get(id, Decimal(0)) for id in WEIGHTS},
        **{f"zone_{number}": by.get(zone) for number, zone in enumerate(zones)},
        **{f"team_{number}": capacity.teams.get(team) for number, team in enumerate(teams)},
    }


def _over(base: Mapping[str, Any], key: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    return {**base.get(key, {}), **stated}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
