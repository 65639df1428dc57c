"""What an entry of the ledger is, how each carries the hash of the one before it in its roster, and the plain fold."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from tenglong.domain.kernel.jsontext import canonical
from tenglong.domain.ledger.kinds import CASE, PARCEL, PART, VOID, Kind, Vocabulary

# What an entry of the ledger is.

NULL = "null"
_NO_DETAILS: Mapping[str, Any] = MappingProxyType({})


class Draft(NamedTuple):
    """A fact on its way into the ledger: what happened to which case, when, on whose word.

    `quantity` is in millionths of the kind's unit. `details` holds the reason, document numbers, the source file
    and cell, `said` (attributes of the subject, by id, as text), `files` (evidence: digest, name, size,
    content_type): plain JSON values. `corrects` is the entry that a void voids. `subject_id` is the number of
    what the entry speaks of, where that is neither the case nor its parcel: of land, the part of the parcel.
    """

    case_id: int
    kind: str
    effective_on: date
    parcel_id: int | None = None
    quantity: int | None = None
    corrects: int | None = None
    details: Mapping[str, Any] = _NO_DETAILS
    subject_id: int | None = None


class Filed(NamedTuple):
    """Where an entry is filed, as the vocabulary said when it was made: what the fold reads beside its facts."""

    slot: str
    on: bool
    subject_type: str
    subject: int


class Entry(NamedTuple):
    """A recorded fact; a tuple, because a ledger has millions of them.

    Within a roster `id` grows with the instant from which it is known, so "known at" is one comparison of ids.
    `filed` is None for entries of the first form, whose hash does not cover it.
    """

    id: int
    roster_id: int
    case_id: int
    kind: str
    effective_on: date
    recorded_at: datetime
    recorded_by: str
    parcel_id: int | None = None
    quantity: int | None = None
    corrects: int | None = None
    details: Mapping[str, Any] = _NO_DETAILS
    filed: Filed | None = None

    @property
    def key(self) -> tuple[date, int]:
        """What decides which entry of a slot is the last one."""
        return (self.effective_on, self.id)

    @property
    def details_text(self) -> str:
        """The details as canonical JSON: sorted keys, no spaces."""
        return canonical(self.details) if self.details else "{}"

    def canonical(self, details_text: str = "") -> bytes:
        """The bytes that the hash chain covers, the same for the same facts on every database: JSON with
        sorted keys and no spaces (written out here, because a ledger has millions of entries).

        Who has `details_text` already may hand it over.
        """
        id, roster_id, case_id, kind, day, at, by, parcel_id, quantity, corrects, _, filed = self
        facts = (
            f'{{"case":{case_id},"corrects":{NULL if corrects is None else corrects},'
            f'"details":{details_text or self.details_text},"effective_on":"{_day(day)}","id":{id},'
            f'"kind":{_text(kind)},"parcel":{NULL if parcel_id is None else parcel_id},'
            f'"quantity":{NULL if quantity is None else quantity},"recorded_at":"{_instant(at)}",'
            f'"recorded_by":{_text(by)},"roster":{roster_id}}}'
        )
        if filed is None:
            return facts.encode()
        slot, on, subject_type, subject = filed
        return f"{facts}{_filed(slot, on, subject_type)}{subject}}}".encode()


@lru_cache(maxsize=256)
def _text(value: str) -> str:
    return canonical(value)


@lru_cache(maxsize=4096)
def _day(day: date) -> str:
    return day.isoformat()


@lru_cache(maxsize=256)
def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@lru_cache(maxsize=256)
def _filed(slot: str, on: bool, subject_type: str) -> str:
    said = canonical({"on": bool(on), "slot": slot, "subject_type": subject_type})
    return said.removesuffix("}") + ',"subject":'


def filed(kind: Kind, fact: Entry | Draft) -> Filed:
    """Where an entry of `kind` is filed. Land without a parcel stays with the case until a parcel is known; land of
    an owner's own part of a parcel is filed under that part, which the draft names as its subject. An entry whose hash
    covers where it is filed says so itself."""
    if isinstance(fact, Entry) and fact.filed:
        return fact.filed
    if kind.subject == CASE or (kind.subject == PARCEL and fact.parcel_id is None):
        return Filed(kind.slot, kind.on, CASE, fact.case_id)
    if kind.subject == PARCEL:
        part = part_of(fact)
        return Filed(
            kind.slot, kind.on, *((PART, part) if part is not None else (PARCEL, fact.parcel_id or 0))
        )
    subject = fact.subject_id if isinstance(fact, Draft) else fact.filed and fact.filed.subject
    return Filed(kind.slot, kind.on, kind.subject, subject or 0)


def part_of(fact: Entry | Draft) -> int | None:
    """The part of its parcel that an entry speaks of; None where it speaks of the parcel."""
    if isinstance(fact, Draft):
        return fact.subject_id
    return fact.filed.subject if fact.filed and fact.filed.subject_type == PART else None


def is_void(entry: Entry | Draft) -> bool:
    """Whether this entry only takes another one back."""
    return entry.kind == VOID


def said_by(fact: Entry | Draft) -> Mapping[str, str]:
    """The attributes of its subject that an entry states, by id; an empty text takes one back."""
    found: Mapping[str, str] = fact.details.get("said", _NO_DETAILS)
    return found


@dataclass(frozen=True)
class StatedFile:
    """A file that was handed in, as what was recorded with it states it."""

    digest: str
    name: str
    size: int
    content_type: str

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """The file as it is kept in JSON."""
        return cls(said["digest"], said["name"], said["size"], said["content_type"])


def files_of(fact: Entry | Draft) -> tuple[StatedFile, ...]:
    """The evidence that came with an entry."""
    return tuple(StatedFile.from_json(file) for file in fact.details.get("files", ()))


def proved_by(fact: Entry) -> int:
    """The entry that the files of this one prove: itself, or the earlier one that it says they are about."""
    return int(fact.details.get("about", fact.id))


def root_of(void: Entry) -> int:
    """The entry at the end of a correction's chain: the one that it takes back, or brings back."""
    return int(void.details.get("root", void.corrects or 0))


def causes_of(fact: Entry | Draft) -> tuple[int, ...]:
    """The entries that this one followed from by rule; it stands and falls with each of them."""
    follows = fact.details.get("follows", ())
    return (follows,) if isinstance(follows, int) else tuple(follows)


# The hash chain: each entry carries the hash of the one before it in its roster.

GENESIS = "0" * 64


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold."""

    entry_id: int
    expected: str
    found: str


def link(previous: str, entry: Entry, details_text: str = "") -> str:
    """The hash of `entry` standing behind an entry whose hash is `previous` (SHA-256, hexadecimal).

    `details_text`: the canonical form of the details, for those who have it already.
    """
    return hashlib.sha256(previous.encode("ascii") + entry.canonical(details_text)).hexdigest()


class Joint(NamedTuple):
    """Where a branch was joined into a chain: its entries, the last of them `last`, are chained behind entry `behind`,
    while the chain had gone on to `onto`. They are known from `known_at` on; what comes next stands behind all this."""

    behind: int
    onto: int
    last: int
    known_at: datetime


def joined(trunk: str, branch: str, known_at: datetime) -> str:
    """What stands behind a joint is chained to: the hashes of both ends, and since when the branch is known."""
    return hashlib.sha256((trunk + branch + _instant(known_at)).encode("ascii")).hexdigest()


class Walk:
    """A chain walked in the order of its numbers: `behind` says what an entry stands behind, `step` goes on past it."""

    def __init__(self, joints: Iterable[Joint] = ()):
        self._joints = sorted(joints, key=lambda joint: joint.onto, reverse=True)
        self._ends = {joint.behind: GENESIS for joint in self._joints}
        self._trunk = ""
        self.hash = GENESIS

    def behind(self, id: int) -> str:
        """The hash that entry `id` is chained to."""
        if self._joints and not self._trunk and id > self._joints[-1].onto:
            self._trunk, self.hash = self.hash, self._ends[self._joints[-1].behind]
        return self.hash

    def step(self, id: int, hash: str) -> None:
        """Go on past entry `id`, whose hash is `hash`."""
        self.hash = hash
        if self._joints:
            self._step_by_joint(id)

    def _step_by_joint(self, id: int) -> None:
        if self._trunk and id == self._joints[-1].last:
            self.hash, self._trunk = joined(self._trunk, self.hash, self._joints.pop().known_at), ""
        if id in self._ends:
            self._ends[id] = self.hash


def first_break(
    chain: Iterable[tuple[Entry, str]], head: str | None = None, joints: Iterable[Joint] = ()
) -> Break | None:
    """The first place where stored hashes and facts disagree; None if the chain holds.

    `head` is the hash that the roster says its end has: without it, entries cut off at the end would not show.
    """
    walk, last_id = Walk(joints), 0
    for entry, stored in chain:
        expected = link(walk.behind(entry.id), entry)
        if stored != expected:
            return Break(entry.id, expected, stored)
        walk.step(entry.id, stored)
        last_id = entry.id
    if head is not None and head != walk.hash:
        return Break(last_id, head, walk.hash)
    return None


# The ledger as of a day, as known at a moment: the slow, obvious reference. `queries.ledger.fold` computes the same in
# SQL for millions of entries; tests/property holds the two together.

Subject = tuple[str, int]
Slots = dict[tuple[Subject, str], Entry]


@dataclass(frozen=True)
class AsOf:
    """A point in both times: facts effective on or before `day`, recorded up to entry `last_id`."""

    day: date
    last_id: int


ALWAYS = AsOf(day=date.max, last_id=2**62)
"""Everything that is known."""


@dataclass(frozen=True)
class Said:
    """What counts of an attribute: its text, the day from which it holds (None: from the start), who says so."""

    text: str
    since: date | None
    entry_id: int


Attributes = dict[tuple[Subject, str], Said]


def last_words(history: Sequence[Entry], vocabulary: Vocabulary) -> dict[str, str]:
    """The attributes of one subject by its surviving entries, given in the order of the fold, as of the last day."""
    from_the_start, later = list[Entry](), list[Entry]()
    for entry in history:
        kind = vocabulary.kinds[entry.kind]
        if kind.describes:
            (from_the_start if kind.from_the_start else later).append(entry)
    from_the_start.sort(key=lambda entry: entry.id)
    return {id: text for entry in (*from_the_start, *later) for id, text in said_by(entry).items()}


def known_since(entry: Entry, vocabulary: Vocabulary) -> int:
    """The entry from which on an attribute was known: itself, but for what an older ledger kept beside its entries."""
    from_the_start = vocabulary.kind(entry.kind).from_the_start
    return int(entry.details.get("known_since", entry.id)) if from_the_start else entry.id


def known(entries: Iterable[Entry], last_id: int) -> list[Entry]:
    """The entries that were recorded up to `last_id` and that no correction known by then takes back.

    A correction that is itself taken back corrects nothing: the entry counts again, as it was.
    """
    return not_taken_back(entry for entry in entries if entry.id <= last_id)


def not_taken_back(entries: Iterable[Entry]) -> list[Entry]:
    """Those of `entries`, all of which are known, that no correction among them takes back."""
    told = list(entries)
    voids = sorted((entry for entry in told if is_void(entry)), key=lambda entry: entry.id, reverse=True)
    gone: set[int] = set()
    for void in voids:  # the last first: what takes a correction back stands behind it
        if void.id not in gone and void.corrects is not None:
            gone.add(void.corrects)
    return [entry for entry in told if not is_void(entry) and entry.id not in gone] if voids else told


def surviving(entries: Iterable[Entry], at: AsOf) -> list[Entry]:
    """The entries that count at `at`: known, effective and not taken back."""
    return [entry for entry in known(entries, at.last_id) if entry.effective_on <= at.day]


def fold(entries: Iterable[Entry], at: AsOf, vocabulary: Vocabulary) -> Slots:
    """The last surviving entry of each (subject, slot)."""
    slots: Slots = {}
    for entry in surviving(entries, at):
        where = filed(vocabulary.kind(entry.kind), entry)
        place = ((where.subject_type, where.subject), where.slot)
        if place not in slots or entry.key > slots[place].key:
            slots[place] = entry
    return slots


def attributes(entries: Iterable[Entry], at: AsOf, vocabulary: Vocabulary) -> Attributes:
    """The last word on each (subject, attribute); what was said when a case was opened holds from the start."""
    last: dict[tuple[Subject, str], tuple[date, int]] = {}
    found: Attributes = {}
    for entry in not_taken_back(one for one in entries if known_since(one, vocabulary) <= at.last_id):
        kind = vocabulary.kind(entry.kind)
        since = date.min if kind.from_the_start else entry.effective_on
        if since > at.day:
            continue
        where = filed(kind, entry)
        for id, text in said_by(entry).items():
            place = ((where.subject_type, where.subject), id)
            if place not in last or (since, entry.id) > last[place]:
                last[place] = since, entry.id
                found[place] = Said(text, None if kind.from_the_start else since, entry.id)
    return found
