"""Handing a file in, and taking an import back."""

from collections.abc import Sequence
from datetime import date
from pathlib import PurePath
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.actions.intake import NEED_ROSTER
from tenglong.domain.intake.kinds import table_kinds
from tenglong.web.campaign.tags import table_name

Choices = Sequence[tuple[str, str]]
ENDINGS = (".xlsx", ".xls", ".ods", ".csv")


class UploadForm(forms.Form):
    """A file, what kind of table it holds, and what it is about."""

    kind = forms.ChoiceField(label=_("表格种类"))
    roster = forms.ChoiceField(
        label=_("名单（口径）"), required=False, help_text=_("企业名录和年度数据表不属于任何名单，可以不选。")
    )
    code = forms.ChoiceField(label=_("填报辖区"), help_text=_("表中每一行都应在这个辖区之内。"))
    business_day = forms.DateField(
        label=_("填报日期"),
        help_text=_("表中没有写明日期的内容按这一天计。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    file = forms.FileField(label=_("文件"), widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}))

    def __init__(self, *args: Any, rosters: Choices, units: Choices, today: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._today = today
        self.fields["kind"].choices = [
            ("", _("请选择")),
            *((kind, table_name(kind)) for kind in table_kinds()),
        ]
        self.fields["roster"].choices = [("", "—"), *rosters]
        self.fields["code"].choices = units
        self.fields["business_day"].widget.attrs["max"] = today.isoformat()

    def clean_business_day(self) -> date:
        """A day that has been."""
        day: date = self.cleaned_data["business_day"]
        if day > self._today:
            problem = gettext("填报日期 {day} 晚于今天 {today}，请改正。")
            raise forms.ValidationError(problem.format(day=day, today=self._today))
        return day

    def clean_file(self) -> Any:
        """A workbook or csv by its name; what it really is, is found out when it is read."""
        file = self.cleaned_data["file"]
        if PurePath(file.name).suffix.lower() not in ENDINGS:
            problem = gettext("“{name}”不是可导入的文件，请上传 xlsx、xls、ods 或 csv。")
            raise forms.ValidationError(problem.format(name=file.name))
        return file

    def clean(self) -> dict[str, Any]:
        """A roster where the kind needs one."""
        kind = self.cleaned_data.get("kind")
        if kind in NEED_ROSTER and not self.cleaned_data.get("roster"):
            problem = gettext("导入“{kind}”须先选择名单（口径）。")
            self.add_error("roster", problem.format(kind=table_name(kind)))
        return self.cleaned_data


class WithdrawForm(forms.Form):
    """Why an accepted import is taken back."""

    reason = forms.CharField(label=_("撤回理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
