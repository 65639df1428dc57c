"""From what is known of cases and what an office states to a problem (docs/algorithms/roadmap.md 10)."""

from tenglong.domain.roadmap.generation.building import Generated, LinePlan, generate, lines

__all__ = ["Generated", "LinePlan", "generate", "lines"]
