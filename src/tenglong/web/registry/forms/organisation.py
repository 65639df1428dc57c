"""What is said of the organisation, typed in: one form for a unit, a person, a post, and an end."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenglong.domain.registry.organisation import Person, Subject, Unit
from tenglong.domain.registry.organisation_rules import Labelled, organisation_rules
from tenglong.domain.registry.organisation_steps import Statement
from tenglong.web.templatetags.tenglong import in_script, label

Choices = list[tuple[Any, str]]


def labels(ones: Iterable[Labelled]) -> Choices:
    """What a rule file calls things, to choose from."""
    return [(one.id, label(one)) for one in ones]


class SaidForm(forms.Form):
    """From which day on, and why."""

    day = forms.DateField(
        label=_("从哪一天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("理由"), max_length=300, help_text=_("例如批文名称和文号。"))

    def __init__(self, *args: Any, today: date, prefix: str, **kwargs: Any):
        kwargs["auto_id"] = f"{prefix}-%s"
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = today


class UnitForm(SaidForm):
    """A unit that begins."""

    place = forms.ChoiceField(label=_("所在地"))
    kind = forms.ChoiceField(label=_("机构类型"))
    name = forms.CharField(label=_("名称"), max_length=40)
    parent = forms.TypedChoiceField(label=_("上级机构"), required=False, coerce=int, empty_value=None)
    function = forms.ChoiceField(label=_("部门职能"), required=False)
    zone = forms.CharField(label=_("区块"), required=False, max_length=60)
    duties = forms.CharField(label=_("职责"), required=False, max_length=300)
    field_order = ("place", "kind", "name", "parent", "function", "zone", "duties", "day", "reason")

    def __init__(self, *args: Any, places: Choices, units: Iterable[Unit], **kwargs: Any):
        super().__init__(*args, prefix="unit", **kwargs)
        rules = organisation_rules()
        self.fields["place"].choices = places
        self.fields["kind"].choices = labels(rules.units.values())
        self.fields["parent"].choices = [("", _("无")), *((unit.id, in_script(unit.name)) for unit in units)]
        self.fields["function"].choices = [("", _("无")), *labels(rules.functions.values())]

    @property
    def statement(self) -> Statement:
        """What was typed."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("day", "reason")}
        return Statement(Subject.UNIT, self.cleaned_data["day"], said)


class PersonForm(SaidForm):
    """Somebody who may hold posts."""

    place = forms.ChoiceField(label=_("所在地"))
    name = forms.CharField(label=_("姓名"), max_length=20)
    number = forms.CharField(
        label=_("编号"), required=False, max_length=20, help_text=_("同名干部用编号区分，可不填。")
    )
    username = forms.CharField(
        label=_("登录账号"), required=False, max_length=150, help_text=_("没有账号可不填。")
    )
    field_order = ("place", "name", "number", "username", "day", "reason")

    def __init__(self, *args: Any, places: Choices, **kwargs: Any):
        super().__init__(*args, prefix="person", **kwargs)
        self.fields["place"].choices = places

    @property
    def statement(self) -> Statement:
        """What was typed."""
        said = {name: self.cleaned_data[name] for name in ("place", "name", "number", "username")}
        return Statement(Subject.PERSON, self.cleaned_data["day"], said)


class PostForm(SaidForm):
    """A post that somebody holds in a unit."""

    unit = forms.TypedChoiceField(label=_("机构"), coerce=int)
    person = forms.TypedChoiceField(label=_("干部"), coerce=int)
    kind = forms.ChoiceField(label=_("职务"))
    acts_for = forms.TypedChoiceField(
        label=_("代理谁"), required=False, coerce=int, empty_value=None, help_text=_("只有“代理”需要填写。")
    )
    until = forms.DateField(
        label=_("到哪一天止（不含）"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = ("unit", "person", "kind", "acts_for", "day", "until", "reason")

    def __init__(self, *args: Any, units: Iterable[Unit], people: Iterable[Person], **kwargs: Any):
        super().__init__(*args, prefix="post", **kwargs)
        named = [(one.id, in_script(one.label)) for one in people]
        self.fields["unit"].choices = [(unit.id, in_script(unit.name)) for unit in units]
        self.fields["person"].choices = named
        self.fields["kind"].choices = labels(organisation_rules().posts.values())
        self.fields["acts_for"].choices = [("", _("无")), *named]

    @property
    def statement(self) -> Statement:
        """What was typed."""
        said = {name: self.cleaned_data[name] for name in ("unit", "person", "kind", "acts_for")}
        if until := self.cleaned_data["until"]:
            said["until"] = until.isoformat()
        return Statement(Subject.POST, self.cleaned_data["day"], said)


class EndForm(SaidForm):
    """A unit or post that ends, or somebody who leaves."""

    subject = forms.ChoiceField(
        choices=[(one.value, one.value) for one in (Subject.UNIT, Subject.PERSON, Subject.POST)]
    )
    number = forms.IntegerField(min_value=1)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, prefix="end", **kwargs)

    @property
    def statement(self) -> Statement:
        """What was typed."""
        day = self.cleaned_data["day"]
        subject = Subject(self.cleaned_data["subject"])
        return Statement(subject, day, {"until": day.isoformat()}, self.cleaned_data["number"])
