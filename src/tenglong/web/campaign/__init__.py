"""Pages of rosters, cases, entries, figures and matches."""
