"""What lies in the file of a case, as one short text that says nothing of how much of it is needed.

It is derived from the entries alone and stored beside the state of the case, so that what lacks in many cases is
counted by what is alike in them; what is needed is said by the matrix (matrix.toml), which a city may change.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.ledger.entries import Entry, files_of, proved_by
from tenglong.domain.ledger.kinds import EVIDENCE_ADDED, EVIDENCE_WAIVED, vocabulary

PROVEN, MISDATED, WAIVED = "+", "!", "~"
REMEMBERED = 20_000


@dataclass(frozen=True)
class Held:
    """What lies there: `counts` are the kinds that count, of amounts those above nothing; `proven` those with a file;
    `misdated` the facts whose day stands outside of its bounds; `given` and `waived` are pieces by number."""

    counts: frozenset[str]
    proven: frozenset[str]
    misdated: frozenset[str]
    given: frozenset[str]
    waived: frozenset[str]


def held_text(history: Sequence[Entry]) -> str:
    """What lies there by a surviving history in the order of the fold: marked words, in the order of the alphabet."""
    proven = {proved_by(fact) for fact in history if files_of(fact)}
    words = set(_of_pieces(history))
    counting = counting_now(history)
    late = _misdated(counting)
    for kind, fact in counting.items():
        words.add(f"{kind}{PROVEN if fact.id in proven else ''}{MISDATED if kind in late else ''}")
    return " ".join(sorted(words))


@lru_cache(maxsize=REMEMBERED)
def read_held(text: str) -> Held:
    """What `held_text` wrote."""
    words = text.split()
    bare = {word: word.rstrip(PROVEN + MISDATED + WAIVED) for word in words}
    kinds = vocabulary().kinds
    return Held(
        counts=frozenset(id for id in bare.values() if id in kinds),
        proven=frozenset(id for word, id in bare.items() if id in kinds and PROVEN in word),
        misdated=frozenset(id for word, id in bare.items() if MISDATED in word),
        given=frozenset(id for word, id in bare.items() if id not in kinds and PROVEN in word),
        waived=frozenset(id for word, id in bare.items() if WAIVED in word),
    )


def counting_now(history: Iterable[Entry]) -> dict[str, Entry]:
    """The entry that counts of each kind. An approval of an earlier round does not, nor what a relapse undid."""
    kinds, last = vocabulary().kinds, dict[str, Entry]()
    for fact in history:
        kind = kinds[fact.kind]
        if fact.kind in _ended():
            for other in _ended()[fact.kind]:
                last.pop(kinds[other].slot, None)
        if kind.on and fact.quantity != 0:
            last[kind.slot] = fact
        else:
            last.pop(kind.slot, None)
    return {fact.kind: fact for fact in last.values() if _says_something(fact.kind)}


def _says_something(kind: str) -> bool:
    """What describes a case, and evidence itself, are no facts of the file."""
    return not vocabulary().kinds[kind].describes and kind not in (EVIDENCE_ADDED, EVIDENCE_WAIVED, "note")


def _of_pieces(history: Iterable[Entry]) -> Iterator[str]:
    for fact in history:
        piece = fact.details.get("piece")
        if piece and fact.kind == EVIDENCE_ADDED:
            yield f"{piece}{PROVEN}"
        elif piece and fact.kind == EVIDENCE_WAIVED:
            yield f"{piece}{WAIVED}"


def _misdated(counting: Mapping[str, Entry]) -> frozenset[str]:
    """The facts before the earliest basis, or after the check."""
    rules = _rules()["clearing"]
    bases = [counting[kind].effective_on for kind in rules["not_before"] if kind in counting]
    check = counting.get(rules["not_after"])
    return frozenset(
        kind
        for kind in rules["facts"]
        if kind in counting
        and (
            (bases and counting[kind].effective_on < min(bases))
            or (check is not None and counting[kind].effective_on > check.effective_on)
        )
    )


@cache
def _ended() -> dict[str, tuple[str, ...]]:
    """By kind, the kinds that count for nothing any more once it is recorded."""
    rounds, clearing = _rules()["rounds"], _rules()["clearing"]
    found: dict[str, tuple[str, ...]] = {kind: tuple(rounds["approvals"]) for kind in rounds["ended_by"]}
    for kind in clearing["undone_by"]:
        found[kind] = (*found.get(kind, ()), *clearing["facts"])
    return found


@cache
def _rules() -> dict[str, Any]:
    return load_rules("tenglong.domain.campaign", "approvals.toml").content
