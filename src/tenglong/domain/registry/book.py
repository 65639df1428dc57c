"""The register book: what is said of firms, parcels and who holds them, with both times, as entries of one chain.

Its entries are those of the ledger (domain.ledger.entries), filed under what they speak of; the fold is the ledger's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from tenglong.domain.kernel.jsontext import compact
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.ledger.entries import ALWAYS, AsOf, Entry, Filed, last_words, said_by, surviving
from tenglong.domain.ledger.kinds import Vocabulary, parse_vocabulary
from tenglong.domain.registry.industry import read_industry
from tenglong.domain.registry.names import normal_name

REGISTER = 0
"""The number of the register's book, where rosters have theirs."""
FIRM, NAME, PARCEL, HOLDING = SUBJECTS = ("firm", "name", "parcel", "holding")
OWNER, TENANT = "owner", "tenant"
LASTING = (FIRM, PARCEL)
"""Subjects that stay when nothing counts any more that was said of them: others speak of them."""
IDENTITY = ("name", "code", "code_status")
"""What such a subject then keeps of its first entry: it is told apart by it."""
FROM_THE_START = date.min


def kind_of(subject_type: str, *, from_the_start: bool) -> str:
    """The kind of an entry that says something of such a subject."""
    return f"{subject_type}_entered" if from_the_start else f"{subject_type}_described"


def filed_under(subject_type: str, subject: int) -> Filed:
    """Where an entry of the book stands; corrections stand with what they take back."""
    return Filed("register", True, subject_type, subject)


def said_as_of(history: Iterable[Entry], at: AsOf) -> dict[str, str] | None:
    """The last word on each attribute of one subject; None where nothing that it was entered with counts."""
    counting = sorted(surviving(history, at), key=lambda entry: entry.key)
    entered = any(book_vocabulary().kind(entry.kind).from_the_start for entry in counting)
    return last_words(counting, book_vocabulary()) if entered else None


def lasting_words(history: Sequence[Entry]) -> dict[str, str]:
    """The last words of a subject that stays: what counts, and else what it is told apart by."""
    counting = sorted(surviving(history, ALWAYS), key=lambda entry: entry.key)
    first = {id: text for id, text in said_by(history[0]).items() if id in IDENTITY}
    return {**first, **last_words(counting, book_vocabulary())}


def holds_on(said: Mapping[str, str], day: date) -> bool:
    """Whether a holding stands on a day: from `since`, up to but without `until`."""
    text = day.isoformat()
    return said.get("since", "") <= text and (not said.get("until") or text < said["until"])


@cache
def book_vocabulary() -> Vocabulary:
    """What may be said in the register book."""
    return parse_vocabulary(load_rules("tenglong.domain.registry", "book.toml"))


# How the tables of the register repeat what the book says: the columns of each, as the database takes them.

COLUMNS = {
    FIRM: (
        "name", "core_name", "code", "code_status", "doubtful_code", "party_type", "size", "industry",
        "industry_edition", "address",
    ),
    NAME: ("firm_id", "name", "core_name", "recorded_at", "source"),
    PARCEL: ("area_micro", "address", "title_number"),
    HOLDING: (
        "parcel_id", "firm_id", "relation", "landlord_id", "floor_area_micro", "part_micro", "since", "until", "source",
    ),
}  # fmt: skip


def firm_columns(said: Mapping[str, str]) -> tuple[Any, ...]:
    """What a firm's row repeats of the book."""
    industry = read_industry(said["industry"]) if said.get("industry") else None
    return (
        said["name"],
        core_of(said["name"]),
        said.get("code", ""),
        said.get("code_status", "none"),
        said.get("doubtful_code", ""),
        said.get("party_type", ""),
        said.get("size", ""),
        industry.code if industry else "",
        industry.edition if industry and industry.code else "",
        said.get("address", ""),
    )


def holding_columns(said: Mapping[str, str], source: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a holding's row repeats of the book."""
    return (
        int(said["parcel"]),
        int(said["holder"]),
        said["relation"],
        number_in(said, "landlord"),
        number_in(said, "floor_area"),
        number_in(said, "part"),
        said.get("since") or None,
        said.get("until") or None,
        compact(source),
    )


def number_in(said: Mapping[str, str], name: str) -> int | None:
    """An amount or the number of another subject; None where nothing is said."""
    return int(said[name]) if said.get(name) else None


def core_of(name: str) -> str:
    """The core of a name as the register keeps it."""
    return normal_name(name).core[:200]
