"""Recording what happened, and taking a record back."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.campaign.evidence import accepted_endings, check_file, most_bytes, most_files
from tenglong.domain.campaign.particulars import Part, parts_of
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.quantities import parse_quantity, to_micro
from tenglong.domain.ledger.kinds import PARCEL
from tenglong.queries.campaign.steps import Step
from tenglong.queries.registry.parcels import Choice
from tenglong.web.campaign.tags import quantity_unit
from tenglong.web.templatetags.tenglong import label

HEAD = 16
NO_PARCEL = "none"


class FilesInput(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each of an accepted type and size."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The good files; every bad one is named in a sentence of its own."""
        files, problems = [file for file in data or [] if file], []
        for file in files:
            try:
                check_file(file.name, file.read(HEAD), file.size)
                file.seek(0)
            except UserError as error:
                problems.append(error.message.render(gettext))
        if problems:
            raise forms.ValidationError(problems)
        return files


class QuantityField(forms.CharField):
    """A plain number as people type it."""

    def clean(self, value: Any) -> Decimal:
        """The exact number, within six decimal places and not below zero."""
        text = super().clean(value)
        try:
            number = parse_quantity(text)
            to_micro(number)
        except UserError as error:
            raise forms.ValidationError(error.message.render(gettext)) from error
        if number < 0:
            raise forms.ValidationError(gettext("数量不能为负数，请改正。"))
        return number


class EntryForm(forms.Form):
    """One entry of a kind that was chosen before; it asks only for what the kind has."""

    effective_on = forms.DateField(
        label=_("发生日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, step: Step, today: date, parcels: Sequence[Choice], **kwargs: Any):
        super().__init__(*args, **{"initial": {"effective_on": today}, **kwargs})
        self._step, self._today = step, today
        self.fields["effective_on"].widget.attrs["max"] = today.isoformat()
        if step.kind.quantity:
            self._ask_amount(parcels)
        for part in parts_of(step.kind.id):
            self.fields[f"told_{part.id}"] = _field(part)
        self.fields["reason"] = forms.CharField(
            label=_("理由") if step.reason else _("说明"),
            required=step.reason,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self._ask_files()

    def _ask_amount(self, parcels: Sequence[Choice]) -> None:
        unit = quantity_unit(self._step.kind.quantity)
        self.fields["quantity"] = QuantityField(
            label=_("数量（%(unit)s）") % {"unit": unit},
            max_length=30,
            help_text=_("填写累计数，不是本次新增数；再次登记时以日期在后的为准。"),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
        if self._step.kind.subject == PARCEL:
            known = [(str(parcel.id), _parcel_label(parcel)) for parcel in parcels]
            self.fields["parcel"] = forms.ChoiceField(
                label=_("所属宗地"),
                choices=[
                    *([("", _("请选择"))] if known else []),
                    *known,
                    (NO_PARCEL, _("尚未登记宗地，先记在本企业")),
                ],
                help_text=_("同一宗地只计一次，多家承租的不重复计算。"),
            )

    def _ask_files(self) -> None:
        endings, megabytes = gettext("、").join(accepted_endings()), most_bytes() // 1024 // 1024
        photo = {"accept": ".jpg,.jpeg,.png", "capture": "environment"}
        self.fields["photos"] = FilesField(
            label=_("现场拍照"), required=False, widget=FilesInput(attrs={**photo, "class": "form-control"})
        )
        self.fields["files"] = FilesField(
            label=_("佐证文件"),
            required=False,
            widget=FilesInput(attrs={"accept": ",".join(f".{ending}" for ending in accepted_endings())}),
            help_text=_("可多选：%(endings)s，每份不超过 %(most)s MB。")
            % {"endings": endings, "most": megabytes},
        )

    def clean_effective_on(self) -> date:
        """A day that has been."""
        day: date = self.cleaned_data["effective_on"]
        if day > self._today:
            problem = gettext("日期 {day} 晚于今天 {today}，台账只登记已经发生的事项，请改正。")
            raise forms.ValidationError(problem.format(day=day, today=self._today))
        return day

    def check_files(self, count: int) -> None:
        """Say beside the field when fewer files are at hand than the step needs, or too many."""
        if count > most_files():
            problem = gettext("一次最多上传 {most} 份文件，目前 {count} 份，请分次登记。")
            self.add_error("files", problem.format(most=most_files(), count=count))
        elif count < self._step.files:
            problem = gettext("这一步须有至少 {needed} 份佐证材料，目前 {count} 份，请拍照或选择文件。")
            self.add_error("files", problem.format(needed=self._step.files, count=count))

    @property
    def uploads(self) -> list[Any]:
        """The good files of this submission."""
        return [*self.cleaned_data.get("photos", []), *self.cleaned_data.get("files", [])]

    @property
    def parcel_id(self) -> int | None:
        """The parcel that was chosen."""
        chosen = self.cleaned_data.get("parcel", NO_PARCEL)
        return None if chosen == NO_PARCEL else int(chosen)

    @property
    def told(self) -> dict[str, str]:
        """What is said of the entry in particular."""
        parts = parts_of(self._step.kind.id)
        return {part.id: text for part in parts if (text := self.cleaned_data[f"told_{part.id}"])}

    @property
    def details(self) -> dict[str, str]:
        """What is said in words: the reason that the step asks for, else a note."""
        text = self.cleaned_data["reason"].strip()
        return {"reason" if self._step.reason else "note": text} if text else {}


class ProofForm(forms.Form):
    """Files for an entry that was recorded before."""

    proofs = FilesField(
        label=_("佐证文件"), widget=FilesInput(), error_messages={"required": _("请选择文件。")}
    )


class WaiverForm(forms.Form):
    """Why a piece of evidence does not apply to a case."""

    reason = forms.CharField(label=_("免交理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class VoidForm(forms.Form):
    """Why a record is taken back."""

    reason = forms.CharField(label=_("更正理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def _field(part: Part) -> forms.CharField | forms.ChoiceField:
    """The field of one particular; the rules judge what is typed."""
    said = {"label": label(part), "required": part.needed}
    if part.type == "choice":
        return forms.ChoiceField(
            choices=[("", _("请选择")), *((one, label(one)) for one in part.choices)], **said
        )
    widgets: dict[str, forms.Widget] = {
        "day": forms.DateInput(attrs={"type": "date"}),
        "amount": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        "schedule": forms.Textarea(attrs={"rows": 3}),
    }
    return forms.CharField(max_length=500, widget=widgets.get(part.type, forms.TextInput()), **said)


def _parcel_label(parcel: Choice) -> str:
    area = "" if parcel.area is None else gettext("（{area} 亩）").format(area=parcel.area)
    return f"{parcel.number}{area}"
