"""Imports: handed in, staged row by row, then accepted as one transaction or withdrawn."""

from tenglong.actions.intake.accepting import accept, request_acceptance
from tenglong.actions.intake.staging import stage
from tenglong.actions.intake.uploads import NEED_ROSTER, upload
from tenglong.actions.intake.withdrawing import withdraw

__all__ = ["NEED_ROSTER", "accept", "request_acceptance", "stage", "upload", "withdraw"]
