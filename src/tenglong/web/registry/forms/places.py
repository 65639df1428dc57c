"""What happens to places, typed in: one form for each kind of step."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenglong.domain.registry.changes import Kind

FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.ADD: ("name", "new_code", "aliases"),
    Kind.ORDER: ("position",),
    Kind.RENAME: ("name", "aliases"),
    Kind.MOVE: ("other",),
    Kind.MERGE: ("other", "name", "new_code"),
    Kind.SPLIT: ("name", "new_code", "aliases"),
    Kind.CLOSE: ("other",),
}
"""What each kind asks for beside the day and the reason."""

LABELS = {
    Kind.ADD: _("新增下级单位"),
    Kind.ORDER: _("调整次序"),
    Kind.RENAME: _("更名"),
    Kind.MOVE: _("改属"),
    Kind.MERGE: _("合并"),
    Kind.SPLIT: _("分设"),
    Kind.CLOSE: _("撤销"),
    Kind.TAKE_BACK: _("撤回登记"),
}
ABOUT = {
    Kind.ADD: _("没有区划代码的经开区、港区、园区等可不填代码，系统会编一个内部代码。"),
    Kind.ORDER: _("排名表和各类清单按这一次序排列同级单位；以前的日期仍按原次序。"),
    Kind.RENAME: _("代码保持不变；新的区划代码可填在“又称”里，表格里写旧名、新码都能识别。"),
    Kind.MOVE: _("从这一天起计入新的上级；以前的日期仍计入原上级。两个上级都须由您管理。"),
    Kind.MERGE: _("并入已有的同级单位，或填写合并后的新名称。原单位不能再登记新的数据。"),
    Kind.SPLIT: _("从本单位分出一个同级单位；本单位继续存在，以前的数字仍计入本单位。"),
    Kind.CLOSE: _("由同级或上级单位承接；原单位不能再登记新的数据，系统会提示改填承接单位。"),
}
OTHER = {
    Kind.MOVE: _("新的上级（名称或代码）"),
    Kind.MERGE: _("并入（名称或代码）"),
    Kind.CLOSE: _("承接单位（名称或代码）"),
}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("理由"), max_length=300, help_text=_("例如批文名称和文号。"))


class StepForm(ReasonForm):
    """One step of the kind that it is made for; what another kind asks for is not there."""

    kind = forms.ChoiceField(
        widget=forms.HiddenInput(), choices=[(kind.value, kind.value) for kind in FIELDS]
    )
    name = forms.CharField(label=_("名称"), required=False, max_length=40)
    other = forms.CharField(required=False, max_length=60)
    new_code = forms.CharField(label=_("区划代码（没有可不填）"), required=False, max_length=12)
    position = forms.IntegerField(label=_("在同级单位中的次序"), min_value=1)
    aliases = forms.CharField(label=_("又称（用顿号隔开）"), required=False, max_length=200)
    day = forms.DateField(
        label=_("从哪一天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field_order = ("kind", "other", "name", "new_code", "aliases", "position", "day", "reason")

    def __init__(self, data: Any = None, *, kind: Kind, today: date):
        super().__init__(data, auto_id=f"{kind}-%s")
        for name in {"name", "other", "new_code", "position", "aliases"} - set(FIELDS[kind]):
            del self.fields[name]
        self.fields["kind"].initial = kind.value
        self.fields["day"].initial = today
        self.fields["day"].widget.attrs["max"] = today.isoformat()
        if "other" in self.fields:
            self.fields["other"].label = OTHER[kind]

    def clean_aliases(self) -> tuple[str, ...]:
        """The further names, each for itself."""
        text = self.cleaned_data["aliases"].replace("，", "、").replace(",", "、")
        return tuple(part.strip()[:40] for part in text.split("、") if part.strip())
