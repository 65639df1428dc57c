"""Forms, one file per topic."""
