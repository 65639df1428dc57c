"""Founding a roster, and saying anew what it means."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.campaign.figures import definitions
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.periods import Window
from tenglong.web.campaign.forms.cases import case_choices, labelled
from tenglong.web.templatetags.tenglong import figure_label


def day_input() -> forms.DateInput:
    """A field for a day, with the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def code_field() -> forms.SlugField:
    """What a new roster is called in addresses."""
    return forms.SlugField(
        label=_("名单代码"),
        max_length=40,
        help_text=_("用于网址、接口和命令行，例如 hcle-2021；建立后不能更改。"),
        error_messages={"invalid": _("名单代码只能用英文字母、数字、连字符和下划线，请改正。")},
    )


class SpanForm(forms.Form):
    """Until when; the first day is a field `start` or fixed by whoever makes the form."""

    deadline = forms.DateField(label=_("截止日期"), widget=day_input())

    def __init__(self, *args: Any, start: date | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._start = start

    def clean(self) -> dict[str, Any]:
        """The deadline may not lie before the first day."""
        start, deadline = self.cleaned_data.get("start", self._start), self.cleaned_data.get("deadline")
        if start and deadline:
            try:
                Window(start, deadline)
            except BadValue as error:
                self.add_error("deadline", error.message.render(gettext))
        return self.cleaned_data


class WordsForm(SpanForm):
    """What a roster means in words, and until when; the first day is fixed by whoever makes the form."""

    title = forms.CharField(label=_("名单名称"), max_length=120)
    issuer = forms.CharField(
        label=_("确定单位"), max_length=120, help_text=_("谁确定这份名单，例如：市整治办。")
    )
    definition_text = forms.CharField(
        label=_("口径说明"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "写明统计范围（哪些企业）、依据（哪份文件）、计数事项（什么算完成）。口径随每个数字一起显示和印发。"
        ),
    )
    title_en = forms.CharField(label=_("英文名称"), required=False, max_length=160)
    definition_en = forms.CharField(
        label=_("英文口径说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    field_order: Sequence[str] = (
        "title",
        "code",
        "issuer",
        "definition_text",
        "territory",
        "start",
        "deadline",
        "done_figure",
        "reference_title",
        "energy_basis",
        "reason",
        "title_en",
        "definition_en",
    )


class AmendForm(WordsForm):
    """What a roster means from now on, and why."""

    reason = forms.CharField(
        label=_("修改理由"), max_length=300, help_text=_("例如：省厅发文延期。理由随修改记录显示和印发。")
    )


class RosterForm(WordsForm):
    """A new roster; the choices of the territory are those that the person manages."""

    code = code_field()
    territory = forms.ChoiceField(label=_("辖区"), help_text=_("名单覆盖的范围；建立后不能更改。"))
    start = forms.DateField(
        label=_("开始日期"), widget=day_input(), help_text=_("序时进度从这一天算起；建立后不能更改。")
    )
    done_figure = forms.ChoiceField(
        label=_("完成以此为准"), help_text=_("进度、排名和通报按它计数；建立后不能更改。")
    )
    reference_title = forms.CharField(
        label=_("参照进度的名称"), required=False, max_length=80, help_text=_("例如：全省平均。没有可不填。")
    )
    energy_basis = forms.ChoiceField(label=_("能耗口径"), required=False)

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        done = [figure.id for figure in definitions().values() if figure.done]
        self.fields["territory"].choices = units
        self.fields["done_figure"].choices = [(id, figure_label(id)) for id in done]
        self.fields["energy_basis"].choices = [("", _("未定")), *labelled(case_choices("energy_basis"))]
