"""When a row is a firm: certain, doubtful or not, and why."""

from tenglong.domain.campaign.reconciliation.judging import (
    Certainty,
    Judgement,
    Thresholds,
    judge,
    same_code,
    same_name_and_county,
    thresholds,
)

__all__ = ["Certainty", "Judgement", "Thresholds", "judge", "same_code", "same_name_and_county", "thresholds"]
