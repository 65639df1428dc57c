"""Filters: labels and sentences in the reader's language, days, moments and numbers as officials write them."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, gettext_noop

from tenglong.domain.access.roles import roles
from tenglong.domain.access.tokens import token_rules
from tenglong.domain.campaign.cases import machine
from tenglong.domain.campaign.figures import definitions
from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.quantities import from_micro, half_up, plain
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.registry.pinyin import in_pinyin
from tenglong.domain.uplift.certificates import certificate_kind
from tenglong.queries.access.names import names_here
from tenglong.queries.matters import processes
from tenglong.queries.registry.territory import territory
from tenglong.web.traditional import traditional

register = template.Library()

# What rosters usually call the series they are compared with: data, but common enough to be translated.
REFERENCE_TITLES = (gettext_noop("全省平均"), gettext_noop("全市平均"), gettext_noop("全县平均"))


def in_script(text: str) -> str:
    """Text of the data (a name, a definition) in the reader's script; names of places are spelt in Latin letters."""
    language = get_language()
    if language == "en":
        return _place_in_english(text)
    return traditional(text) if language == "zh-hant" else text


def _place_in_english(text: str) -> str:
    """A name of a place, or of two of which one lies in the other, in Latin letters; any other text as it is."""
    names, name = territory().names, text.strip()
    if name in names:
        return text.replace(name, in_pinyin(name))
    for cut in range(2, len(name) - 1):
        if name[:cut] in names and name[cut:] in names:
            return f"{in_pinyin(name[cut:])}, {in_pinyin(name[:cut])}"
    return text


@register.filter
def script(text: object) -> str:
    """A name in the reader's script: firms have no translation."""
    return in_script(str(text))


@register.filter
def label(thing: Any) -> str:
    """The label of a rule (anything with `zh`), or of a Chinese text that a rule file translates."""
    text = str(getattr(thing, "zh", thing))
    translated = gettext(text) if text else ""
    return translated if translated != text else in_script(text)


@register.filter
def said(thing: Any, field: str) -> str:
    """A field that has an English twin (`title`, `title_en`), in the reader's language."""
    english = getattr(thing, f"{field}_en", "")
    return english if english and get_language() == "en" else in_script(getattr(thing, field))


@register.filter
def aside(text: object) -> str:
    """What stands in brackets behind something else, with the brackets of the reader's language."""
    return gettext("（{text}）").format(text=text)


@register.simple_tag
def provisional(flag: object) -> str:
    """The mark behind a day that may move with a notice of holidays to come; nothing where it may not."""
    return gettext("（暂定）") if flag else ""


@register.filter
def sentence(message: Any) -> str:
    """A message of the domain, or one stored as JSON, in the reader's language."""
    if isinstance(message, dict):
        message = Message.from_json(message)
    return message.render(gettext) if isinstance(message, Message) else str(message)


@register.filter
def kind_label(id: str) -> str:
    """The label of a kind of entry."""
    kind = vocabulary().kinds.get(id)
    return label(kind) if kind else id


@register.filter
def certificate_label(id: str) -> str:
    """The label of a kind of certificate."""
    return label(certificate_kind(id))


@register.filter
def state_of(id: str, process: str) -> str:
    """Where something that a process moves stands."""
    return label(processes()[process].states[id])


@register.filter
def state_label(id: str) -> str:
    """The label of a state of a case."""
    state = machine().states.get(id)
    return label(state) if state else id


@register.filter
def person(username: str) -> str:
    """What somebody is called who is recorded by the name they sign in with."""
    return names_here().get(username, username)


@register.filter
def role_label(id: str) -> str:
    """The label of a role."""
    role = roles().get(id)
    return label(role) if role else id


@register.filter
def token_scope(id: str) -> str:
    """The label of what a token may be used for."""
    scope = token_rules().scopes.get(id)
    return label(scope) if scope else id


@register.filter
def figure_label(id: str) -> str:
    """The name of a figure."""
    return label(definitions()[id])


@register.filter
def unit_label(id: str) -> str:
    """The unit that a figure is counted in."""
    figure = definitions()[id]
    return figure.unit_en if get_language() == "en" else in_script(figure.unit)


@register.filter
def place_name(code: str, day: date | None = None) -> str:
    """The name that a place bears on a day (today's by default), or bore before; the code where there is none."""
    on = day or localtime().date()
    tree = territory().at(on)
    place = tree.place(code) if tree.has(code) else territory().closed(code, on)
    return in_script(place.name) if place else code


@register.filter
def day(value: date | None) -> str:
    """A day as 2021-11-09, in every language."""
    return value.isoformat() if value else "—"


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in Chinese time, to the minute."""
    return localtime(value).strftime("%Y-%m-%d %H:%M") if value else "—"


@register.filter
def grouped(value: Any) -> str:
    """A printed number with thousands separated; anything else as it is."""
    text = str(value)
    whole, dot, rest = text.partition(".")
    digits = whole.lstrip("-")
    return f"{int(whole):,}{dot}{rest}" if digits.isascii() and digits.isdigit() else text


@register.simple_tag(takes_context=True)
def here_with(context: Any, **changes: Any) -> str:
    """The address of this page with some of its query string changed; an empty value leaves the key out."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        params.pop(key, None)
        if value not in ("", None):
            params[key] = value
    return "?" + params.urlencode()


@register.filter
def rounded(value: Any, places: int = 0) -> str:
    """An exact value rounded HALF_UP for reading, with thousands separated; a dash where there is none."""
    return "—" if value is None else grouped(format(half_up(value, places), "f"))


@register.filter
def plainly(value: Any) -> str:
    """An exact value with up to two decimal places and no trailing zeros."""
    return "—" if value is None else grouped(format(plain(half_up(value, 2)), "f"))


@register.filter
def points(value: Any) -> str:
    """A difference in percentage points with its sign; zero has none."""
    if value is None:
        return "—"
    printed = half_up(value, 1)
    return f"{printed:+}" if printed else f"{abs(printed)}"


@register.filter
def place_at(place_id: int, day: date | None = None) -> str:
    """The name of the place where the figures of a place row count on a day (today's by default)."""
    tree = territory()
    place = tree.places[place_id]
    return in_script((tree.home(place, day or localtime().date()) or place).name)


@register.filter
def moment_input(value: datetime) -> str:
    """A moment as the browser's own field takes it, in Chinese time."""
    return localtime(value).strftime("%Y-%m-%dT%H:%M")


@register.filter
def micro(value: int) -> str:
    """A stored quantity (millionths) as a number."""
    return grouped(format(from_micro(value), "f"))


@register.filter
def block_kind(block: object) -> str:
    """What kind of block of a document this is."""
    return type(block).__name__
