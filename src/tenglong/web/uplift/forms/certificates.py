"""Saying of a certificate that it was granted, that it ended, or that it was recorded by mistake."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenglong.actions.uplift.certificates import LONGEST_NUMBER
from tenglong.domain.uplift.certificates import certificate_kinds
from tenglong.web.campaign.forms.founding import day_input
from tenglong.web.templatetags.tenglong import label


class CertificateForm(forms.Form):
    """A certificate of one firm."""

    kind = forms.ChoiceField(label=_("证书类型"))
    number = forms.CharField(label=_("证书编号"), required=False, max_length=LONGEST_NUMBER)
    granted = forms.DateField(label=_("取得日期"), widget=day_input())
    until = forms.DateField(
        label=_("有效期至"),
        required=False,
        widget=day_input(),
        help_text=_("不填的，按该类证书的有效年限计算；没有年限的，一直有效。"),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.id, label(kind)) for kind in certificate_kinds().values()]


class EndingForm(forms.Form):
    """When and why a certificate ended."""

    ended = forms.DateField(label=_("失效日期"), widget=day_input(), help_text=_("自这一天起不再计数。"))
    reason = forms.CharField(label=_("原因"), max_length=300)


class MistakeForm(forms.Form):
    """Why a certificate should never have been recorded."""

    reason = forms.CharField(label=_("原因"), max_length=300)
