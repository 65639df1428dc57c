"""Which firms are suspected, by which rule, and why."""

from tenglong.domain.evaluation.screening.hits import Hint, Hit, Screening, Untested, screen

__all__ = ["Hint", "Hit", "Screening", "Untested", "screen"]
