"""A table of firms that can be evaluated again and again with other numbers or another scheme."""

from tenglong.domain.evaluation.trials.standings import Benchmarks, Row, Standings, Trials, trials_on_rows

__all__ = ["Benchmarks", "Row", "Standings", "Trials", "trials_on_rows"]
