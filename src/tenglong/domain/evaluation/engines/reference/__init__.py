"""The judge: a scheme carried out row by row in exact fractions, slow and obvious."""

from tenglong.domain.evaluation.engines.reference.evaluating import Rank, cuts, evaluate, first_grade, ranks

__all__ = ["Rank", "cuts", "evaluate", "first_grade", "ranks"]
