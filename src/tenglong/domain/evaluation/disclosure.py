"""How small a group may be and still be told to those who do not see all of its firms (disclosure.toml)."""

from functools import cache

from tenglong.domain.kernel.rulefiles import load_rules


@cache
def smallest_group() -> int:
    """The least number of rated firms of which aggregates are told below the level that owns them."""
    return int(load_rules("tenglong.domain.evaluation", "disclosure.toml").content["group"]["smallest"])
