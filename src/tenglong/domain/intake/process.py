"""The way of an upload from handing it in to its rows standing in the ledger (process.toml)."""

from functools import cache

from tenglong.domain.access.policy import load_process
from tenglong.domain.kernel.process import Process


@cache
def import_process() -> Process:
    """The process that ships with the program."""
    return load_process("tenglong.domain.intake", "process.toml")
