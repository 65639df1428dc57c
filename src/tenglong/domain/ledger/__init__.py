"""Everything that happened: append-only, valid time × known time (design.md §2.2)."""
