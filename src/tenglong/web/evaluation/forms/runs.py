"""Forms about evaluations: schemes, runs, their steps, objections."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.evaluation.process import objection_process, run_rules
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.web.campaign.forms.entries import FilesField, FilesInput
from tenglong.web.evaluation.tags import own
from tenglong.web.templatetags.tenglong import label

Choices = Sequence[tuple[str, str]]
MOST_SCHEME_BYTES = 1024 * 1024
FLAGS = (("", _("不更正")), ("true", _("是")), ("false", _("否")))


class SchemeForm(forms.Form):
    """A scheme file and the territory where it is to be used."""

    code = forms.ChoiceField(label=_("适用地区"))
    file = forms.FileField(label=_("评价办法文件"), widget=forms.FileInput(attrs={"accept": ".toml"}))

    def __init__(self, *args: Any, units: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = units

    def clean_file(self) -> Any:
        """A small file; what it says is judged when it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_SCHEME_BYTES:
            raise forms.ValidationError(gettext("评价办法文件不应超过 1 MB，请核对是否选错了文件。"))
        return file


class ShippedForm(forms.Form):
    """Where and for which year a shipped scheme is to be used."""

    code = forms.ChoiceField(label=_("适用地区"))
    year = forms.IntegerField(label=_("评价年度"), min_value=2000, max_value=2100)

    def __init__(self, *args: Any, units: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = units


class RunForm(forms.Form):
    """A draft run: scheme, place, year, and a table of firms instead of the register's."""

    scheme = forms.ChoiceField(label=_("评价办法"))
    code = forms.ChoiceField(label=_("评价地区"), help_text=_("须在办法适用的地区之内。"))
    year = forms.IntegerField(
        label=_("评价年度"), min_value=2000, max_value=2100,
        help_text=_("与办法年度不同，或办法尚未生效的，只能试算，不能公示。"),
    )  # fmt: skip
    table = forms.FileField(
        label=_("企业数据表"), required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.parquet"}),
        help_text=_("可不选，不选时用系统中的年度数据；接受 Excel、CSV、Parquet 文件。"),
    )  # fmt: skip
    note = forms.CharField(label=_("说明"), required=False, max_length=300)

    def __init__(self, *args: Any, schemes: Choices, units: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = schemes
        self.fields["code"].choices = units


class PubliciseForm(forms.Form):
    """For how many working days results are shown."""

    days = forms.IntegerField(label=_("公示工作日数"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rules, field = run_rules(), self.fields["days"]
        field.min_value, field.max_value, field.initial = rules.least_days, rules.most_days, rules.usual_days
        field.widget.attrs |= {"min": rules.least_days, "max": rules.most_days}


class ReviseForm(forms.Form):
    """What happens to the firms that did not object."""

    way = forms.ChoiceField(label=_("其他企业"))
    note = forms.CharField(label=_("说明"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = [(way.id, label(way)) for way in run_rules().ways.values()]
        self.fields["way"].initial = run_rules().usual_way


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("撤回理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ObjectionForm(forms.Form):
    """What a firm says against its result, with the stamped form and evidence."""

    claim = forms.CharField(
        label=_("异议内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明哪一项数据有误、企业认为应为多少、依据是什么。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["files"] = FilesField(
            label=_("盖章的异议材料"),
            required=False,
            widget=FilesInput(),
            help_text=_("可多选，至少一份；接受扫描件和照片。"),
        )


class DecisionForm(forms.Form):
    """The decision of an objection: upheld with corrected values, or dismissed; always with a reason."""

    outcome = forms.ChoiceField(label=_("裁定"))
    reason = forms.CharField(label=_("裁定理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, scheme: Scheme, columns: Sequence[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._columns = columns
        process = objection_process()
        outcomes = [(id, label(process.states[id])) for id in process.steps["decide"].to]
        self.fields["outcome"].choices = [("", _("请选择")), *outcomes]
        for id in columns:
            column = scheme.column[id]
            unit = gettext("（{unit}）").format(unit=label(column.unit)) if column.unit else ""
            name = f"{own(column)}{unit}"
            self.fields[f"column_{id}"] = (
                forms.ChoiceField(label=name, required=False, choices=FLAGS)
                if column.type == "flag"
                else forms.CharField(label=name, required=False, max_length=60)
            )

    @property
    def corrections(self) -> dict[str, str | None]:
        """The values that were typed; an empty field corrects nothing."""
        said = {id: self.cleaned_data.get(f"column_{id}", "").strip() for id in self._columns}
        return {id: text for id, text in said.items() if text}

    def value_fields(self) -> list[Any]:
        """The fields of values that may be corrected."""
        return [self[f"column_{id}"] for id in self._columns]
