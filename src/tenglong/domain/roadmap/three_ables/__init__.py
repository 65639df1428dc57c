"""The three-ables review (三可审查): a plan and each firm in it judged with numbers."""

from tenglong.domain.roadmap.three_ables.judging import ThreeAbles, judge

__all__ = ["ThreeAbles", "judge"]
