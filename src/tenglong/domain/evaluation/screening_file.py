"""Which file the rules of screening are, for those who only name it: reading it loads the language of schemes."""

from tenglong.domain.kernel.rulebook import Rule

SCREENING = Rule("screening", "tenglong.domain.evaluation.screening", "screening.toml", decimals=True)
