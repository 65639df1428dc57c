"""What a firm does (染色、电镀 …): several processes written into one cell."""

import re

_BETWEEN = re.compile(r"[、，,；;/／|+＋\s]+")


def processes_in(text: str) -> tuple[str, ...]:
    """The processes that a cell names, each once, in their order; whatever stands between them."""
    return tuple(dict.fromkeys(name for name in _BETWEEN.split(text) if name))


def joined(text: str) -> str:
    """The same as one text, as cases keep it: joined by “、”."""
    return "、".join(processes_in(text))
