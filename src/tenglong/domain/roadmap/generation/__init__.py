"""From what is known of cases and what an office states to a problem (docs/algorithms/roadmap.md 10)."""
