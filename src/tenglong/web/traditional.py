"""Simplified to Traditional Chinese: Taiwan's standard characters in the words of this field."""

from functools import cache

import opencc

# Where OpenCC's Taiwan standard differs from the words of the field (domain.md §12) and the names of places.
FIELD_TERMS = {"汙": "污", "佔比": "占比", "幹窯": "干窯", "於城鎮": "于城鎮"}


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2tw")


@cache
def traditional(text: str) -> str:
    """`text` in Traditional Chinese; field names in braces are ASCII and stay as they are."""
    text = _converter().convert(text)
    for wrong, right in FIELD_TERMS.items():
        text = text.replace(wrong, right)
    return text
