"""The `tenglong …` commands, one file per topic."""
