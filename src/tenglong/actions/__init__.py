"""Writes: one function per thing a person may do; permission, ledger entry and change in one transaction."""
