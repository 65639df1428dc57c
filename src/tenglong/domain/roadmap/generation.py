"""From what is known of cases and what an office states to a problem (docs/algorithms/roadmap.md 10)."""

from collections.abc import Sequence

from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation_lines import lines
from tenglong.domain.roadmap.generation_parts import Generated, LeftOut, LinePlan, Offer
from tenglong.domain.roadmap.settings_format import Settings

__all__ = ["Generated", "LeftOut", "LinePlan", "Offer", "generate", "lines"]


def generate(facts: Sequence[FirmFacts], settings: Settings) -> Generated:
    """The problem of a roadmap for these cases; the same facts and settings give the same problem.

    Raises:
        BadValue: nobody is left to plan for, a target or cap names a place without firms, or a duty cannot be met by
            anybody in time; the sentence says which.
    """
    raise NotImplementedError
