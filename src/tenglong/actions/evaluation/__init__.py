"""Schemes and runs: bringing in, computing, publicity, objections, final grades, and rosters of suspects."""

from tenglong.actions.evaluation.answers import ask_for_cheapest
from tenglong.actions.evaluation.objections import decide, record_objection, withdraw_objection
from tenglong.actions.evaluation.publicity import finalise, publicise, withdraw
from tenglong.actions.evaluation.revising import revise
from tenglong.actions.evaluation.runs import carry_out, retry_run, start_run
from tenglong.actions.evaluation.schemes import import_scheme, put_in_force
from tenglong.actions.evaluation.suspects import push_suspects, suspects_to_roster

__all__ = [
    "ask_for_cheapest",
    "carry_out",
    "decide",
    "finalise",
    "import_scheme",
    "publicise",
    "push_suspects",
    "put_in_force",
    "record_objection",
    "retry_run",
    "revise",
    "start_run",
    "suspects_to_roster",
    "withdraw",
    "withdraw_objection",
]
