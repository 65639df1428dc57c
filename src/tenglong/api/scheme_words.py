"""What an evaluation says in words: a scheme's own names stand in its file, in both languages."""

from django.utils.translation import get_language, gettext

from tenglong.domain.evaluation.schemes import Scheme, in_english
from tenglong.domain.kernel.messages import Message


def in_scheme(message: Message, *schemes: Scheme) -> str:
    """A sentence in the reader's language; what schemes give names to is called as their own files call it."""
    return message.render(in_english(gettext, *schemes) if get_language() == "en" else gettext)
