"""Putting a rule file: a text typed on the page or a file, the place it is for and the day it begins."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenglong.domain.rules.owned import MOST_BYTES


class RuleForm(forms.Form):
    """A file goes before the text of the page."""

    code = forms.ChoiceField(label=_("施行范围"), help_text=_("这个辖区和它下面的全部辖区。"))
    from_day = forms.DateField(
        label=_("施行日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("从这一天起按新规则；此前已印发、已登记的不变。"),
    )
    file = forms.FileField(label=_("上传规则文件（TOML）"), required=False, max_length=120)
    text = forms.CharField(
        label=_("或在这里修改"),
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 24, "class": "font-monospace", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = units

    def given(self) -> tuple[str, bytes]:
        """The name and the bytes of what was given."""
        if file := self.cleaned_data["file"]:
            return str(file.name), file.read()
        return "", self.cleaned_data["text"].replace("\r\n", "\n").encode()

    def deed(self) -> dict[str, Any]:
        """What the action asks for beside the file."""
        day: date = self.cleaned_data["from_day"]
        return {"code": self.cleaned_data["code"], "from_day": day}
