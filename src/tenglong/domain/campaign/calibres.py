"""口径: what a list means. Two figures of different calibres are never added."""

from dataclasses import dataclass
from datetime import date

from tenglong.domain.kernel.periods import Window


@dataclass(frozen=True)
class Calibre:
    """What a list means: two figures of different calibres are never added."""

    roster: str
    title: str
    issuer: str
    definition: str
    start: date
    deadline: date

    @property
    def window(self) -> Window:
        """The days in which the list's targets are to be reached."""
        return Window(self.start, self.deadline)

    def __str__(self) -> str:
        return f"{self.title}（{self.issuer}，{self.start}至{self.deadline}）"
