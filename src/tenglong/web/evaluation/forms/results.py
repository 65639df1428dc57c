"""What the lists of an evaluation are narrowed to."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.evaluation.review import Extent
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.web.evaluation.tags import STATUSES, grade_name
from tenglong.web.templatetags.tenglong import in_script

NONE = "-"


class ResultFilterForm(forms.Form):
    """What the four-colour list is narrowed to. An answer that is not offered narrows nothing, and is `ignored`."""

    text = forms.CharField(label=_("企业名称或信用代码"), required=False, max_length=60)
    grade = forms.ChoiceField(label=_("等级"), required=False)
    status = forms.ChoiceField(label=_("参评情况"), required=False)
    peer_group = forms.ChoiceField(label=_("排名分组"), required=False)
    industry = forms.ChoiceField(label=_("行业"), required=False)
    near = forms.ChoiceField(label=_("临近档线"), required=False)

    def __init__(
        self,
        *args: Any,
        scheme: Scheme,
        grades: list[str],
        groups: list[str],
        industries: list[tuple[str, str]],
        near: Extent,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        named = [(grade, f"{grade} {grade_name(grade, scheme)}".strip()) for grade in grades if grade]
        self._offer("grade", [*named, (NONE, gettext("未定档"))])
        self._offer("status", [(id, str(words)) for id, words in STATUSES.items()])
        self._offer("peer_group", [(group, in_script(group)) for group in groups])
        self._offer("industry", industries)
        points = gettext("{points} 分以内")
        self._offer("near", [(str(one), points.format(points=one)) for one in near.choices])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", _("全部")), *choices]

    @property
    def wanted(self) -> dict[str, str]:
        """The good answers; those that were not understood are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def ignored(self) -> str:
        """The answers that were not understood, in words; "" for none."""
        return gettext("；").join(f"{self.fields[name].label} {self.data[name]}" for name in self.errors)


class ReviewForm(forms.Form):
    """How near is near, and how wrong figures may be."""

    points = forms.ChoiceField(label=_("距档线不超过（分）"), required=False)
    percent = forms.ChoiceField(label=_("数据误差（±%）"), required=False)

    def __init__(self, *args: Any, points: Extent, percent: Extent, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, extent in (("points", points), ("percent", percent)):
            self.fields[name].choices = [(str(one), str(one)) for one in extent.choices]
