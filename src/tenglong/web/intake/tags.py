"""Filters of the import pages: what a row does, and old and new of every value that it changes."""

from django import template
from django.utils.translation import gettext_lazy

from tenglong.domain.intake.effects import About, CellChange, Deed
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.registry.book import book_vocabulary
from tenglong.web.campaign.tags import column_of, indicator, quantity_unit, said_text
from tenglong.web.templatetags.tenglong import grouped, in_script, kind_label, label

register = template.Library()

DEEDS = {
    Deed.FIRM: gettext_lazy("新企业"),
    Deed.QUESTION: gettext_lazy("疑似已有企业"),
    Deed.CASE: gettext_lazy("新案件"),
    Deed.SAID_OF_FIRM: gettext_lazy("改企业信息"),
    Deed.SAID_OF_CASE: gettext_lazy("改案件信息"),
    Deed.LAND: gettext_lazy("改用地"),
    Deed.INDICATORS: gettext_lazy("登记指标"),
    Deed.CERTIFICATE: gettext_lazy("登记提升证书"),
    Deed.ENTRIES: gettext_lazy("登记进展"),
    Deed.CORRECTIONS: gettext_lazy("更正已登记的"),
}
CHOICES = {
    "party_type": ("firms", "subject_type"),
    "size": ("firms", "scale"),
    "relation": ("firms", "relation"),
    "certificate": ("certificates", "certificate"),
}
"""What is said in words of the answers of a column: its table and name."""


@register.filter
def deed_label(deed: Deed) -> str:
    """What a row does."""
    return str(DEEDS[deed])


@register.filter
def change_name(change: CellChange) -> str:
    """What is changed: an attribute, an indicator with its year, or a kind of entry."""
    match change.about:
        case About.ENTRY:
            return kind_label(change.name)
        case About.INDICATOR:
            return f"{change.year} {indicator(change.name)}"
        case About.CERTIFICATE:
            return column_of(change.name, "certificates")
        case About.CASE:
            return label(vocabulary().attributes[change.name])
        case _:
            return label(book_vocabulary().attributes[change.name])


@register.filter
def value_before(change: CellChange) -> str:
    """The value as it was; a dash where it was not known."""
    return _text(change, change.was)


@register.filter
def value_after(change: CellChange) -> str:
    """The value as the row makes it; a dash where it is taken back."""
    return _text(change, change.now)


def _text(change: CellChange, text: str) -> str:
    if not text:
        return "—"
    if change.about is About.CASE:
        return said_text(vocabulary().attributes[change.name], text)
    if answers := CHOICES.get(change.name):
        choices = table_kind(answers[0]).column(answers[1]).choices
        return next((label(one.label) for one in choices if one.id == text), in_script(text))
    if not change.unit:
        return in_script(text)
    day, _, amount = text.rpartition(" ")
    if "-" in amount[1:]:  # a day without its amount
        return text
    return " ".join(filter(None, (day, grouped(amount), quantity_unit(change.unit))))
