"""Tags for addresses; built in, so that `url` is this one in every template (config.settings)."""

from typing import Any

from django import template
from django.template import Context, Node
from django.template.base import FilterExpression, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parsed_url
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString

from tenglong.web.links import BACK, NOTHING, Kept, own_pairs

register = template.Library()


class Link(Node):
    """Django's own `url`, of a page that speaks of the same thing as this one; its keywords are the query."""

    def __init__(self, found: URLNode):
        self._name, self._args, self._asvar = found.view_name, found.args, found.asvar
        self._query: dict[str, FilterExpression] = found.kwargs

    def render(self, context: Context) -> str:
        """The address; where there is none `as` gives nothing, without it that is an error."""
        try:
            address = reverse(self._name.resolve(context), args=[arg.resolve(context) for arg in self._args])
        except NoReverseMatch:
            if self._asvar is None:
                raise
            address = ""
        if address:
            query = {key: value.resolve(context) for key, value in self._query.items()}
            address = _kept(context).to(address, **query)
        if self._asvar is None:
            return conditional_escape(address)
        context[self._asvar] = address
        return ""


@register.tag
def url(parser: Parser, token: Token) -> Link:
    """`{% url "name" id key=value as x %}`: the address of a page, with what it is about and what `key` says."""
    return Link(parsed_url(parser, token))


@register.simple_tag(takes_context=True)
def to(context: Context, address: str) -> str:
    """An address that a view made, of a page that speaks of the same thing as this one."""
    return _kept(context).to(address)


@register.simple_tag(takes_context=True)
def narrowed_to(context: Context, key: str, value: object, name: str, *args: object) -> str:
    """The address of a list narrowed by a `key` that only the data know."""
    return _kept(context).at(name, *args, **{key: value})


@register.simple_tag(takes_context=True)
def likewise(context: Context, name: str, *args: object, **changes: object) -> str:
    """The address of a page that is narrowed and ordered as this one, but for `changes`."""
    own = {key: value for key, value in own_pairs(context["request"].GET)}
    return _kept(context).without_list.at(name, *args, **(own | changes))


@register.simple_tag(takes_context=True)
def keeps(context: Context, *asked: str, own: bool = False) -> SafeString:
    """The hidden fields of a form that asks anew for `asked` and keeps the rest of what the page is about.

    `own`: also how the page is narrowed and ordered, for a form that changes what it is about.
    """
    kept = _kept(context)
    given = context["request"].GET
    pairs = [*kept.subject, *(own_pairs(given) if own else ())]
    if given.get(BACK) and kept.back:
        pairs.append((BACK, given[BACK]))
    rows = [(key, value) for key, value in pairs if key not in asked]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', rows)


def _kept(context: Context) -> Kept:
    found: Any = context.get("keeping")
    return found or NOTHING
