"""The register of firms as matching needs it: who is known, under which codes and names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from tenglong.domain.campaign.matching.lists import Pair, match_lists, match_within
from tenglong.domain.campaign.matching.lookup import Register
from tenglong.domain.campaign.reconciliation import Certainty, Judgement, judge, thresholds
from tenglong.domain.campaign.reconciliation.comparison import Candidate, Key, candidate
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.registry.codes import CodeReading, read_code
from tenglong.domain.registry.names import normal_name
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case, Firm, FirmName, MatchPair

LIST_SIZE = 2000
"""From so many rows without an exact match on, the list engine is faster than single look-ups."""


@dataclass(frozen=True, slots=True)
class KnownFirm:
    """A firm of the register with the names and codes of the records that turned out to be it.

    `provisional`: it waits for somebody to say whether it is another one.
    """

    id: int
    names: tuple[str, ...]
    code: str
    temporary: str
    place_id: int
    place_code: str
    address: str
    provisional: bool = False
    absorbed_codes: tuple[str, ...] = ()
    doubtful_codes: tuple[str, ...] = ()

    @property
    def county(self) -> str:
        """The county's six characters."""
        return self.place_code[:6]


@dataclass(frozen=True, slots=True)
class Subject:
    """The firm that a row speaks of, as it was typed."""

    name: str
    reading: CodeReading
    place_code: str
    address: str = ""
    former: tuple[str, ...] = ()
    legal_person: str = ""

    def as_candidate(self, id: Key) -> Candidate:
        """The row as reconciliation compares it."""
        return candidate(
            id,
            self.name,
            *self.former,
            code=self.reading.code,
            place=self.place_code,
            address=self.address,
            representative=self.legal_person,
        )


@dataclass(frozen=True, slots=True)
class Doubt:
    """A firm that the row may be."""

    firm_id: int
    probability_micro: int
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Which firm a row is: `firm_id` when certain, `doubts` when somebody must look, neither when it is new.

    `contradicting`: its name is that of one firm and its code that of another, so that the code cannot be its own.
    """

    firm_id: int | None = None
    doubts: tuple[Doubt, ...] = ()
    contradicting: bool = False


NEW_FIRM = Identity()
CONTRADICTING = msg("信用代码与名称互相矛盾：代码是一家企业的，名称是另一家的，需要人工核对。")


class FirmIndex:
    """The register, loaded once for an import."""

    def __init__(self, firms: Iterable[KnownFirm]):
        self.firms = {firm.id: firm for firm in firms}
        self._by_code: dict[str, list[KnownFirm]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[KnownFirm]] = defaultdict(list)
        for firm in self.firms.values():
            for code in filter(None, (firm.code, firm.temporary, *firm.absorbed_codes)):
                self._by_code[code].append(firm)
            for name in firm.names:
                normal = normal_name(name, firm.county)
                if normal.joinable:
                    self._by_name[normal.full, firm.county].append(firm)

    def bearers(self, code: str) -> list[int]:
        """The firms with this credit code or temporary id."""
        return [firm.id for firm in self._by_code.get(code, ())] if code else []

    def exact(self, subject: Subject) -> Identity | None:
        """By credit code, then by full name in the county; None when neither finds anything.

        A code of one firm beside the name of another is a question about both.
        """
        code, namesakes = subject.reading.code, self._namesakes(subject)
        bearers = self._by_code.get(code, []) if code else []
        if (settled := _settled(code, bearers, namesakes)) is not None:
            return Identity(settled.id)
        if bearers:
            others = [firm for firm in namesakes if firm not in bearers]
            named = [firm for firm in bearers if firm in namesakes]
            if others and not named:
                return self._contradicting(subject, others, bearers)
            if len(bearers) == 1 and named:
                return Identity(bearers[0].id)
            return self._judged(subject, bearers)
        alone = namesakes[0] if len(namesakes) == 1 else None
        if alone and (not (code and alone.code) or subject.name in alone.names):
            return Identity(alone.id)  # where the very name is known, a code that nobody has is a correction
        return self._judged(subject, namesakes) if namesakes else None

    def _namesakes(self, subject: Subject) -> list[KnownFirm]:
        """The firms of the county with the row's name, else with a name that it says the firm had."""
        for name in (subject.name, *subject.former):
            normal = normal_name(name, subject.place_code[:6])
            if normal.joinable and (found := self._by_name.get((normal.full, subject.place_code[:6]))):
                return found
        return []

    def _contradicting(
        self, subject: Subject, namesakes: Sequence[KnownFirm], bearers: Sequence[KnownFirm]
    ) -> Identity:
        row = subject.as_candidate("row")
        judged = [(firm, judge(row, _candidate_of(firm), rivals=False)) for firm in (*namesakes, *bearers)]
        doubts = (
            Doubt(firm.id, int(one.probability * 1_000_000), (CONTRADICTING, *one.reasons))
            for firm, one in judged
        )
        return Identity(None, tuple(doubts), contradicting=True)

    def called(self, code: str, name: str) -> int | None:
        """The firm with this code, else the first with this very name; None where there is none."""
        bearers = self._by_code.get(code, []) if code else []
        return bearers[0].id if bearers else self._names.get(name)

    def near(self, subjects: Sequence[Subject]) -> list[Identity]:
        """For rows that nothing matches exactly: certain by likeness, doubtful, or new."""
        if not self.firms or not subjects:
            return [NEW_FIRM] * len(subjects)
        rows = [subject.as_candidate(number) for number, subject in enumerate(subjects)]
        if len(rows) <= LIST_SIZE:
            return [self._from_lookup(row) for row in rows]
        return self._from_lists(rows)

    @cached_property
    def _names(self) -> dict[str, int]:
        return {name: firm.id for firm in reversed(self.firms.values()) for name in reversed(firm.names)}

    @cached_property
    def _candidates(self) -> dict[int, Candidate]:
        return {firm.id: _candidate_of(firm) for firm in self.firms.values()}

    @cached_property
    def _register(self) -> Register:
        return Register(self._candidates.values())

    def _judged(self, subject: Subject, found: Sequence[KnownFirm]) -> Identity:
        row = subject.as_candidate("row")
        judged = [(firm.id, judge(row, _candidate_of(firm), rivals=len(found) > 1)) for firm in found]
        return _identity(judged)

    def _from_lookup(self, row: Candidate) -> Identity:
        match = self._register.look_up(row)
        if match.certainty is Certainty.CERTAIN and isinstance(match.firm_id, int):
            return Identity(match.firm_id)
        return _identity(match.candidates)

    def _from_lists(self, rows: Sequence[Candidate]) -> list[Identity]:
        found: dict[Key, list[tuple[Key, Pair]]] = defaultdict(list)
        for pair in match_lists(rows, list(self._candidates.values())):
            found[pair.left_id].append((pair.right_id, pair))
        return [_identity(found.get(row.id, ())) for row in rows]


@dataclass(frozen=True)
class Divided:
    """The register as an office meets it: the firms `here`, and those that lie `elsewhere` and are not its own."""

    here: FirmIndex
    elsewhere: FirmIndex


def firms_for(members: frozenset[int], county: str) -> Divided:
    """The register for who answers for the places `members` of a county (its six characters, or the city's).

    A firm is here when it lies in the county, or has a case there: whoever keeps that roster released it.
    """
    listed = set(Case.objects.filter(place_id__in=members).values_list("firm_id", flat=True))
    firms: tuple[list[KnownFirm], list[KnownFirm]] = ([], [])
    for firm in load_firms():
        near = firm.place_id in members or firm.county == county or firm.id in listed
        firms[0 if near else 1].append(firm)
    return Divided(FirmIndex(firms[0]), FirmIndex(firms[1]))


def lies_here(members: frozenset[int], county: str) -> Q:
    """The same as a condition on firms."""
    near = [
        place.id for place in territory().places.values() if place.id in members or place.code[:6] == county
    ]
    listed = Case.objects.filter(place_id__in=members).values("firm_id")
    return Q(place_id__in=near) | Q(pk__in=listed)


def load_firms() -> list[KnownFirm]:
    """Every firm of the register that stands for itself."""
    codes = {place.id: place.code for place in territory().places.values()}
    absorbed = dict(Firm.objects.filter(absorbed_by__isnull=False).values_list("id", "absorbed_by_id"))
    names: dict[int, list[str]] = defaultdict(list)
    for firm_id, name in FirmName.objects.values_list("firm_id", "name"):
        names[_kept(firm_id, absorbed)].append(name)
    waiting = set(MatchPair.objects.filter(state__in=MatchPair.WAITING).values_list("firm_id", flat=True))
    other_codes: dict[int, list[str]] = defaultdict(list)
    columns = ("id", "name", "code", "place_id", "address", "temporary_id", "doubtful_code")
    rows = Firm.objects.values_list(*columns).order_by("id")
    doubtful: dict[int, list[str]] = defaultdict(list)
    for id, name, code, _, _, temporary, doubted in rows.filter(absorbed_by__isnull=False):
        kept = _kept(id, absorbed)
        names[kept].append(name)
        other_codes[kept] += filter(None, (code, temporary))
        doubtful[kept] += filter(None, (doubted,))
    firms = []
    for id, name, code, place_id, address, temporary, doubted in rows.iterator():
        if id not in absorbed:
            known = tuple(dict.fromkeys((name, *names.get(id, ()))))
            others = tuple(other_codes.get(id, ()))
            where = (place_id, codes[place_id], address)
            doubts = tuple(filter(None, (doubted, *doubtful.get(id, ()))))
            firms.append(KnownFirm(id, known, code, temporary or "", *where, id in waiting, others, doubts))
    return firms


def alike_within(subjects: Sequence[Subject]) -> list[tuple[int, int, Judgement | Pair]]:
    """Pairs of `subjects` that may be one firm: the later one's number, the earlier one's, and how alike they are."""
    rows = [subject.as_candidate(f"{number:09}") for number, subject in enumerate(subjects)]
    if len(rows) > LIST_SIZE:
        return [(int(pair.left_id), int(pair.right_id), pair) for pair in match_within(rows)]
    register = Register(rows, thresholds().within_one_list)
    found = ((number, register.look_up(row, before=number)) for number, row in enumerate(rows))
    return [
        (number, int(match.candidates[0][0]), match.candidates[0][1])
        for number, match in found
        if match.candidates
    ]


def subject_of(
    name: str,
    code: str,
    place_code: str,
    *,
    address: str = "",
    former: tuple[str, ...] = (),
    person: str = "",
) -> Subject:
    """The firm that a row speaks of."""
    return Subject(name, read_code(code), place_code, address, former, person)


def _candidate_of(firm: KnownFirm) -> Candidate:
    code = firm.code or firm.temporary
    return candidate(firm.id, *firm.names, code=code, place=firm.place_code, address=firm.address)


def _identity(judged: Iterable[tuple[Key, Judgement | Pair]]) -> Identity:
    """The only certain one, else all that are worth a look."""
    found = [(int(id), judgement) for id, judgement in judged if judgement.certainty is not Certainty.NONE]
    certain = [id for id, judgement in found if judgement.certainty is Certainty.CERTAIN]
    if len(certain) == 1:
        return Identity(certain[0])
    found.sort(key=lambda pair: (-pair[1].probability, pair[0]))
    return Identity(None, tuple(Doubt(id, int(j.probability * 1_000_000), j.reasons) for id, j in found[:5]))


def _settled(code: str, bearers: Sequence[KnownFirm], namesakes: Sequence[KnownFirm]) -> KnownFirm | None:
    """The record that was made of these very words before: while it waits to be told from others, or since."""
    waiting = [
        firm
        for found in (bearers, namesakes)
        for firm in found
        if firm.provisional and firm.code == code and firm in namesakes
    ]
    doubted = [firm for firm in namesakes if code and code in firm.doubtful_codes and code != firm.code]
    alone = {firm.id: firm for firm in waiting or doubted}
    return next(iter(alone.values())) if len(alone) == 1 else None


def _kept(firm_id: int, absorbed: dict[int, int]) -> int:
    while firm_id in absorbed:
        firm_id = absorbed[firm_id]
    return firm_id
