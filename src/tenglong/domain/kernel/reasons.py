"""Why something was said: typed by a person, kept as one line."""

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg

LONGEST = 300


def reason_given(reason: str) -> str:
    """A reason as it is kept: without superfluous space.

    Raises:
        BadValue: there is none, or it is too long.
    """
    text = " ".join(reason.split())
    if not text:
        raise BadValue(msg("请写明理由，例如批文名称和文号。"))
    if len(text) > LONGEST:
        raise BadValue(msg("理由超过 {limit} 个字，请缩短。", limit=LONGEST))
    return text
