"""What a row said, as it is kept beside its verdict, and what tells two rows of one firm apart."""

from collections.abc import Mapping
from hashlib import blake2b

from tenglong.domain.kernel.jsontext import canonical, compact
from tenglong.domain.registry.codes import mask_identity

PERSONAL = frozenset({"serial"})
"""Columns in which two rows of one firm may differ."""
SHORTEST = 15
"""No number of a person has fewer characters."""


def kept_text(texts: Mapping[str, str]) -> str:
    """The row's texts by column as JSON, in their order; numbers of people are never kept."""
    return compact(
        {column: mask_identity(text) if len(text) >= SHORTEST else text for column, text in texts.items()}
    )


def digest(texts: Mapping[str, str]) -> str:
    """The same for rows that say the same: short enough to be remembered for every row of a file."""
    said = {column: text for column, text in texts.items() if column not in PERSONAL}
    return blake2b(canonical(said).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
