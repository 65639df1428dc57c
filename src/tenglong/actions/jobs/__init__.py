"""Long work: asking for it, taking it, holding it while it is done, ending it, and asking for what is due by itself."""

from tenglong.actions.jobs.asking import enqueue
from tenglong.actions.jobs.holding import FileHold, Hold, LeaseHold, LeaseLost
from tenglong.actions.jobs.scheduling import enqueue_due
from tenglong.actions.jobs.taking import claim, fail, finish, give_back, release_interrupted, take

__all__ = [
    "FileHold",
    "Hold",
    "LeaseHold",
    "LeaseLost",
    "claim",
    "enqueue",
    "enqueue_due",
    "fail",
    "finish",
    "give_back",
    "release_interrupted",
    "take",
]
