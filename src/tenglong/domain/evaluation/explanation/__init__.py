"""Why a firm got the grade it got: data first, `wording` says it in sentences."""

from tenglong.domain.evaluation.explanation.explaining import (
    Explanation,
    Margin,
    Mark,
    Span,
    explain,
    extremes,
    group_of,
    margins,
    weight_factor,
)

__all__ = [
    "Explanation",
    "Margin",
    "Mark",
    "Span",
    "explain",
    "extremes",
    "group_of",
    "margins",
    "weight_factor",
]
