"""Keeping the texts of rule files that something rests on."""

from collections.abc import Mapping
from datetime import datetime

from tenglong.domain.rules.owned import owned
from tenglong.store.models import RuleText


def keep_texts(digests: Mapping[str, str], *, at: datetime) -> None:
    """Keep what ships with the program of the rules that a result names: a later version may ship other texts."""
    kept = set(RuleText.objects.filter(digest__in=digests.values()).values_list("digest", flat=True))
    for rule, digest in digests.items():
        if digest not in kept:
            keep_text(rule, digest, owned()[rule].shipped_text, at=at)


def keep_text(rule: str, digest: str, text: str, *, at: datetime) -> None:
    """Keep the text of a rule file under its digest, once."""
    if not RuleText.objects.filter(digest=digest).exists():
        RuleText.objects.create(rule=rule, digest=digest, text=text, recorded_at=at)
