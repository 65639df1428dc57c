"""Imports: handed in, staged row by row, then accepted as one transaction or withdrawn."""

from tenglong.actions.imports.accepting import accept, request_acceptance
from tenglong.actions.imports.staging import stage
from tenglong.actions.imports.uploads import NEED_ROSTER, upload
from tenglong.actions.imports.withdrawing import withdraw

__all__ = ["NEED_ROSTER", "accept", "request_acceptance", "stage", "upload", "withdraw"]
