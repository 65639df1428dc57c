"""What reading one cell gives: a value, or a trouble, or both."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tenglong.domain.kernel.folding import is_plain, legible
from tenglong.domain.kernel.messages import Message

Value = str | Decimal | date | int | bool

BLANKS = frozenset(
    {"", "-", "--", "—", "——", "―", "–", "/", "\\", "无", "暂无", "空", "n/a", "na", "null", "none"}
)


class Severity(StrEnum):
    """An error keeps the row out; a warning tells what was assumed."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Trouble:
    """A sentence about one cell."""

    message: Message
    severity: Severity = Severity.ERROR


Parsed = tuple[Value | None, Trouble | None]
BLANK: Parsed = (None, None)


def refuse(message: Message) -> Parsed:
    """No value, and the sentence that says why."""
    return None, Trouble(message)


def warn(value: Value, message: Message) -> Parsed:
    """The value, and the sentence that says what was assumed."""
    return value, Trouble(message, Severity.WARNING)


def tidy(text: str) -> str:
    """Half-width, as it is seen, trimmed."""
    return text.strip() if is_plain(text) else unicodedata.normalize("NFKC", legible(text)).strip()


def shows_something(text: str) -> bool:
    """Whether anything of a text is seen."""
    return "!" <= text[:1] <= "~" or "\u4e00" <= text[:1] <= "\u9fff" or bool(tidy(text))


def is_blank(text: str) -> bool:
    """Whether a tidied text is one of the marks by which people say "nothing"."""
    return text.lower() in BLANKS
