"""Roadmaps: asking, planning, changing by hand, adopting, approving, replanning, and answers that take a while."""

from tenglong.actions.roadmap.adjusting import adjust
from tenglong.actions.roadmap.adopting import adopt, approve
from tenglong.actions.roadmap.answers import answer_what_if, ask_for_front, ask_what_if, find_front
from tenglong.actions.roadmap.computing import carry_out
from tenglong.actions.roadmap.planning import retry, start_planning, start_replanning, stop, withdraw

__all__ = [
    "adjust",
    "adopt",
    "answer_what_if",
    "approve",
    "ask_for_front",
    "ask_what_if",
    "carry_out",
    "find_front",
    "retry",
    "start_planning",
    "start_replanning",
    "stop",
    "withdraw",
]
