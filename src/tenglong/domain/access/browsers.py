"""What a browser is called, for the list of sessions (browsers.toml)."""

from dataclasses import dataclass
from functools import cache

from tenglong.domain.kernel.rulefiles import load_rules


@dataclass(frozen=True)
class Named:
    """A browser or a system by the `sign` that it sends."""

    sign: str
    zh: str
    en: str


def described(agent: str) -> tuple[Named, ...]:
    """Browser and system of a User-Agent; one that nobody knows is called so."""
    found = (next((one for one in kind if one.sign in agent), None) for kind in _known()[:2])
    return tuple(one for one in found if one) or _known()[-1]


@cache
def _known() -> tuple[tuple[Named, ...], ...]:
    """Browsers, systems, and what a browser is called where neither is known."""
    content = load_rules("tenglong.domain.access", "browsers.toml").content
    return tuple(tuple(Named(**row) for row in content[kind]) for kind in ("browser", "system", "other"))
