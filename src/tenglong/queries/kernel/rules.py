"""The rule files of cities as they came into force, by place and day, and the texts of rule files by digest."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from tenglong.domain.kernel.errors import Bug
from tenglong.domain.kernel.periods import CHINA
from tenglong.domain.kernel.rulebook import SHIPPED, Rulebook, shipped
from tenglong.domain.kernel.rulefiles import RuleFile
from tenglong.domain.rules.owned import owned
from tenglong.queries.course import in_course
from tenglong.store.models import RuleText, RuleVersion

SHELF = "released rules"


@dataclass(frozen=True)
class Released:
    """A rule file that was released for the place `code` and all below it, and counts from a day on."""

    id: int
    rule: str
    code: str
    from_day: date
    released_at: datetime
    digest: str

    @property
    def since(self) -> datetime:
        """The moment from which it counts for what is done: the beginning of its day, or its release."""
        return max(datetime.combine(self.from_day, time(), CHINA), self.released_at)


@dataclass(frozen=True)
class Shelf:
    """Every released rule file, in the order in which a later one of a place takes an earlier one's."""

    versions: tuple[Released, ...]

    def counting(
        self, codes: Sequence[str], day: date, known_at: datetime | None = None
    ) -> dict[str, Released]:
        """What counts on `day` at the place `codes[0]`, which lies below the others: the nearest place's own.

        With `known_at`, what was released by then.
        """
        found: dict[str, Released] = {}
        for code in reversed(codes):
            for one in self.versions:
                if one.code == code and one.from_day <= day and not (known_at and one.released_at > known_at):
                    found[one.rule] = one
        return found

    def book(self, codes: Sequence[str], day: date, known_at: datetime | None = None) -> Rulebook:
        """The rulebook of `counting`."""
        found = self.counting(codes, day, known_at)
        return (
            Rulebook({rule: rule_file(rule, one.digest) for rule, one in found.items()}) if found else SHIPPED
        )


def shelf() -> Shelf:
    """The released rule files, asked once in a request, command or job: a release counts from the next one on in every
    process, and what is made in one goes by one state of the rules."""
    return in_course(SHELF, _shelf)


def _shelf() -> Shelf:
    rows = RuleVersion.objects.filter(state=RuleVersion.State.RELEASED).order_by(
        "from_day", "released_at", "id"
    )
    columns = ("id", "rule", "place__code", "from_day", "released_at", "digest")
    return Shelf(tuple(Released(*row) for row in rows.values_list(*columns)))


def text_of(rule: str, digest: str) -> str | None:
    """The text with a digest: a kept one, or what ships with the program; None where there is none."""
    kept = RuleText.objects.filter(digest=digest).values_list("text", flat=True).first()
    if kept is not None:
        if hashlib.sha256(kept.encode()).hexdigest() != digest:
            raise Bug("a rule text that is not what its digest says", rule=rule, digest=digest)
        return kept
    ours = shipped(owned()[rule].rule)
    return owned()[rule].shipped_text if ours.digest == digest else None


@lru_cache(maxsize=200)
def rule_file(rule: str, digest: str) -> RuleFile:
    """The file with a digest; a digest tells a text for ever, so that it is parsed once."""
    text = text_of(rule, digest)
    if text is None:
        raise Bug("a rule text that is not kept", rule=rule, digest=digest)
    return owned()[rule].rule.parse(text.encode())


def rules_used(digests: Mapping[str, str]) -> Rulebook:
    """The rulebook of a result that names the digests of its rules: what it was made under.

    A rule of which nothing was kept, from before texts were, counts as it ships today.
    """
    own = {}
    for rule, digest in digests.items():
        if digest != shipped(owned()[rule].rule).digest and text_of(rule, digest) is not None:
            own[rule] = rule_file(rule, digest)
    return Rulebook(own)
