"""What may be done to a roster itself (roster_process.toml), and with a question whether two records are one firm
(match_process.toml)."""

from functools import cache

from tenglong.domain.access.policy import load_process
from tenglong.domain.kernel.process import Process

PACKAGE = "tenglong.domain.campaign"


@cache
def roster_process() -> Process:
    """The process of a roster."""
    return load_process(PACKAGE, "roster_process.toml")


@cache
def match_process() -> Process:
    """The process of a question."""
    return load_process(PACKAGE, "match_process.toml")
