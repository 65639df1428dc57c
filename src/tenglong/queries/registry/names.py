"""Firms by what a person types of their names."""

from django.db.models import Q

from tenglong.domain.kernel.folding import folded, legible
from tenglong.domain.registry.names import plain_text


def name_like(text: str, prefix: str = "") -> Q:
    """Firms whose name holds `text` in whatever characters it was typed; `prefix` leads to the firm or its names."""
    said = text.strip()
    spellings = {said, said.upper(), legible(said), folded(said)}
    found = Q(**{f"{prefix}core_name__contains": core}) if (core := plain_text(said)) else Q()
    for spelling in sorted(spellings - {""}):
        found |= Q(**{f"{prefix}name__contains": spelling})
    return found
