"""The one door to the ledger."""
