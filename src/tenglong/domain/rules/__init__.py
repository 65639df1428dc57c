"""The rule files that a city owns: which there are, what may stand in one, how one comes into force."""
