"""Forms about people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("用户名"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """A code of the second step."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
        help_text=_("手机验证器上显示的 6 位数字；手机不在身边时，输入一个未用过的备用码。"),
    )


class OwnPasswordForm(forms.Form):
    """One's own password, before something that a stranger at the desk must not do."""

    password = forms.CharField(
        label=_("登录密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class BothForm(OwnPasswordForm, CodeForm):
    """Password and code."""

    field_order = ("password", "code")


class PasswordForm(forms.Form):
    """One's own new password."""

    old = forms.CharField(
        label=_("原密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符，不要使用常见密码或与用户名相近的密码。"),
    )


class TokenForm(forms.Form):
    """A new token for programs; `units` are those where its owner may do something."""

    name = forms.CharField(label=_("令牌用途"), max_length=80)
    scope = forms.ChoiceField(label=_("令牌范围"), help_text=_("令牌的权限不会超出您自己的权限。"))
    code = forms.ChoiceField(label=_("限于单位"), required=False)
    days = forms.IntegerField(label=_("有效期（天）"), min_value=1)

    def __init__(
        self,
        *args: Any,
        units: list[tuple[str, str]],
        scopes: list[tuple[str, str]],
        usual: int,
        longest: int,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = scopes
        self.fields["code"].choices = [("", _("不限，以本人授权为准")), *units]
        self.fields["days"].initial = usual
        self.fields["days"].max_value = longest


class GrantForm(forms.Form):
    """A role in a territory; the choices are those the manager may give."""

    code = forms.ChoiceField(label=_("单位"))
    role = forms.ChoiceField(label=_("角色"))

    def __init__(self, *args: Any, units: list[tuple[str, str]], roles: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = units
        self.fields["role"].choices = roles


class PersonForm(GrantForm):
    """A new account with its first membership."""

    username = forms.CharField(label=_("用户名"), max_length=60)
    display_name = forms.CharField(label=_("姓名"), max_length=80)
    field_order = ("username", "display_name", "code", "role")
