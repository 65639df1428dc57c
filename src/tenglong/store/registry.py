"""What may happen to the rows of every table: one word for each model, and where the trail of a change stands.

`append-only`: rows are added and stay. `projection`: derived from other rows, may be thrown away and built anew.
`mutable with trail`: the named columns may change; `trail` says where what was before can be read.
store/guards.py makes the database itself hold to it; a model without a word is refused by a test.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Model

from tenglong.store import models as m
from tenglong.store.models.rosters import TERMS


class Word(StrEnum):
    """What may happen to the rows of a table."""

    APPEND_ONLY = "append-only"
    PROJECTION = "projection"
    MUTABLE = "mutable with trail"


class Proof(StrEnum):
    """How `tenglong ledger verify` finds a row that was changed past the program (ADR 0021)."""

    CHAIN = "each row carries the hash of the one before"
    SEAL = "each row carries a digest of itself, the rows together a tree"
    HELD = "every state of a row is a sealed digest"
    PART = "the rows of one parent are one sealed digest once it is computed"
    DERIVED = "compared with what it follows from"
    SIGNED = "each is signed and names the one before"
    NONE = "none: `unproven` says why no statement rests on it"


@dataclass(frozen=True)
class Refusal:
    """The database refuses an `event` (UPDATE, DELETE, INSERT) on a row where `when` (SQL over OLD, NEW) holds."""

    event: str
    when: str
    words: str


@dataclass(frozen=True)
class Kept:
    """The word for a model. `trail`: from what it is derived, or where its changes are recorded.

    `taken`: no row may take the place of another by REPLACE, nor all of them go by TRUNCATE. `passing`: columns that
    change without being held. `parent`: the table and the key of what PART rows belong to; `lines`: the columns that
    are decided, where the action that decides on the parent keeps their digest itself (store.standing.settle).
    `unproven`: why nobody's printed statement stands on rows without a proof.
    """

    word: Word
    trail: str
    proof: Proof
    refusals: tuple[Refusal, ...] = ()
    passing: tuple[str, ...] = ()
    parent: tuple[str, str] = ("", "")
    lines: tuple[str, ...] = ()
    unproven: str = ""

    @property
    def taken(self) -> bool:
        """Whether rows are guarded at all."""
        return bool(self.refusals)


ADD = "append-only: record a correction instead"
FROZEN = "this is frozen: make a revision instead"
PLANNED = "a roadmap stays as it was planned: plan anew instead"


def changed(columns: Iterable[str]) -> str:
    """One of the columns is given another value."""
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns)


def columns_of(model: type[Model]) -> list[str]:
    """The columns of the table of a model."""
    return [str(field.column) for field in model._meta.concrete_fields]


def append_only(trail: str = "the rows themselves", proof: Proof = Proof.SEAL) -> Kept:
    """Rows are added and stay."""
    return Kept(
        Word.APPEND_ONLY, trail, proof, (Refusal("UPDATE", "TRUE", ADD), Refusal("DELETE", "TRUE", ADD))
    )


def _projection(trail: str) -> Kept:
    return Kept(Word.PROJECTION, trail, Proof.DERIVED)


def _mutable(
    trail: str, *refusals: Refusal, proof: Proof = Proof.HELD, passing: tuple[str, ...] = ()
) -> Kept:
    return Kept(Word.MUTABLE, trail, proof, refusals, passing)


def _working(trail: str, unproven: str) -> Kept:
    """Rows of the work itself, without a proof."""
    return Kept(Word.MUTABLE, trail, Proof.NONE, unproven=unproven)


def only(model: type[Model], *columns: str) -> tuple[Refusal, Refusal]:
    """Nothing but `columns` may change, and no row goes."""
    fixed = [name for name in columns_of(model) if name not in columns]
    words = f"only {', '.join(columns)} may change"
    return Refusal("UPDATE", changed(fixed), words), Refusal("DELETE", "TRUE", "never deleted")


def _while_running(parent: str, key: str, words: str) -> Kept:
    """Rows that come and go while their `parent` is being computed, and stay from then on."""
    running = f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {{row}}.{key} AND p.state = 'computing')"
    return Kept(
        Word.APPEND_ONLY,
        f"{parent}, once it is computed",
        Proof.PART,
        (
            Refusal("UPDATE", "TRUE", words),
            Refusal("DELETE", f"NOT {running.format(row='OLD')}", words),
            Refusal("INSERT", f"NOT {running.format(row='NEW')}", words),
        ),
        parent=(parent, key),
    )


def _evaluation() -> Kept:
    asked = changed(
        (
            "scheme_id", "place_id", "year", "scheme_digest", "revises_id", "requested_by", "requested_at",
            "upload_digest",
        )
    )  # fmt: skip
    computed = changed(
        (
            "input_digest", "result_digest", "engine", "software", "peers", "benchmarks", "ranges", "averages", "cuts",
            "counts",
        )
    )  # fmt: skip
    ended = "OLD.state IN ('final', 'replaced', 'withdrawn')"
    frozen = f"{ended} OR {asked} OR (OLD.state <> 'computing' AND ({computed}))"
    return _mutable(
        "its own columns (by, at) and the trail",
        Refusal("UPDATE", frozen, FROZEN),
        Refusal("DELETE", "TRUE", "a run is never deleted: withdraw it instead"),
    )


def _objection() -> Kept:
    claim = changed(("evaluation_id", "firm_id", "number", "claim", "files", "recorded_by", "recorded_at"))
    return _mutable(
        "its own columns (by, at, reason) and the trail",
        Refusal("UPDATE", f"OLD.state <> 'open' OR {claim}", "a decided objection never changes"),
        Refusal("DELETE", "TRUE", "an objection is never deleted"),
    )


def _roadmap() -> Kept:
    asked = changed(
        (
            "roster_id", "place_id", "number", "settings", "settings_digest", "facts_on", "known_at", "replans_id",
            "adjusts_id", "requested_by", "requested_at",
        )
    )  # fmt: skip
    planned = changed(
        (
            "facts_digest", "problem_digest", "plan_digest", "status", "reason", "method", "value", "bound", "gap",
            "trajectory", "totals", "checks", "conflict", "stability", "prices", "software", "computed_at",
            "stopped_by",
        )
    )  # fmt: skip
    ended = "OLD.state IN ('replaced', 'withdrawn')"
    back = "NEW.state = 'computing' AND OLD.state <> 'computing'"
    frozen = f"{ended} OR {back} OR {asked} OR (OLD.state <> 'computing' AND ({planned}))"
    return _mutable(
        "its own columns (by, at) and the trail",
        Refusal("UPDATE", frozen, PLANNED),
        Refusal("DELETE", "TRUE", "a roadmap is never deleted: withdraw it instead"),
    )


REGISTRY: dict[type[Model], Kept] = {
    # the ledger and what is derived from it
    m.Entry: append_only("its hash chain", Proof.CHAIN),
    m.Recording: append_only("tenglong ledger verify holds it against the entries", Proof.DERIVED),
    m.RosterHead: _projection("the entries"),
    m.Case: _mutable("entries; FirmMerge for the firm", proof=Proof.DERIVED),
    m.CaseState: _projection("the entries"),
    m.PlaceTotal: _projection("CaseState"),
    m.Evidence: _projection("the entries"),
    m.TrailEvent: append_only(),
    # rosters and what is printed of them
    m.Roster: _mutable("RosterTerms", *only(m.Roster, *TERMS, "amended_at")),
    m.RosterTerms: append_only(),
    m.RosterVersion: append_only(),
    m.Target: append_only(),
    m.ReferencePoint: append_only(),
    m.Bulletin: append_only(),
    # the register
    m.Place: _mutable("PlaceStep; the trail for what ships with the program"),
    m.PlaceStep: append_only(),
    m.OrganisationStep: append_only(),
    m.RegisterEntry: append_only("its hash chain", Proof.CHAIN),
    m.Firm: _mutable(
        "RegisterEntry for what is said of it; FirmMerge for what it turned out to be", proof=Proof.DERIVED
    ),
    m.FirmName: _projection("RegisterEntry"),
    m.FirmMerge: _mutable("its own columns and the trail", *only(m.FirmMerge, "undone_by", "undone_at")),
    m.Parcel: _mutable("RegisterEntry", proof=Proof.DERIVED),
    m.Holding: _projection("RegisterEntry"),
    m.Observation: append_only("ImportWithdrawal says which count no longer"),
    # imports and questions that they raise
    m.Import: _mutable("the trail; ImportWithdrawal"),
    m.ImportRow: Kept(
        Word.MUTABLE,
        "the file itself: rows are staged anew until they are accepted",
        Proof.PART,
        parent=("store_import", "batch_id"),
        lines=("sheet", "row", "verdict", "name", "firm_id", "case_id", "values", "plan", "messages"),
    ),
    m.ImportWithdrawal: append_only(),
    m.MatchPair: _mutable(
        "FirmMerge and the trail",
        *only(m.MatchPair, "state", "merge_id", "decided_by", "decided_at"),
    ),
    # evaluations and roadmaps
    m.Scheme: _mutable(
        "its own columns (by, at) and the trail",
        Refusal(
            "UPDATE",
            changed(("code", "place_id", "year", "version", "text", "digest")),
            "a scheme never changes: bring in a new version instead",
        ),
        Refusal("DELETE", "TRUE", "a scheme is never deleted"),
    ),
    m.Evaluation: _evaluation(),
    m.EvaluationResult: _while_running("store_evaluation", "evaluation_id", FROZEN),
    m.Objection: _objection(),
    m.Roadmap: _roadmap(),
    m.RoadmapLine: _while_running("store_roadmap", "roadmap_id", PLANNED),
    m.RoadmapMilestone: _while_running("store_roadmap", "roadmap_id", PLANNED),
    m.RoadmapFlow: _while_running("store_roadmap", "roadmap_id", PLANNED),
    # settings of the city
    m.HolidayNotice: append_only(),
    m.RuleText: append_only(),
    m.RuleVersion: _mutable(
        "its own columns (by, at) and the trail",
        *only(m.RuleVersion, "state", "released_by", "released_at"),
        Refusal("UPDATE", "OLD.state <> 'submitted'", "released rules stay: put others instead"),
    ),
    # people and work
    m.User: _mutable("the trail", passing=("last_login", "language")),
    m.Membership: _mutable("the trail"),
    m.ApiToken: _mutable("the trail", passing=("last_used_at",)),
    m.SecondStep: _mutable("the trail", passing=("last_step",)),
    m.RecoveryCode: _mutable("the trail"),
    m.ProviderAccount: _mutable("the trail"),
    m.Session: _working(
        "nothing: signing in and ending a session leave their trail",
        "it ends within twelve hours and is in no backup; what is done in it stands in entries and the trail under the "
        "person, and a line of the trail says when they signed in from where",
    ),
    m.Job: _working(
        "its own columns; the deed it does leaves its own trail",
        "it asks for a deed, which is done with the rights that its person has then and is proven where it is written",
    ),
    m.ScheduledWork: _working(
        "the jobs that it made",
        "it says only when something is due next: what was found or taken then is a job's result, a trail event or a "
        "checkpoint",
    ),
    m.Deed: _working(
        "nothing: it is forgotten after a day; the deed itself leaves its trail",
        "it repeats an answer to who got it already, and opens to nobody else; what was done is proven where it is "
        "written",
    ),
    # what proves the rest
    m.Standing: append_only("the rows themselves, and the tree over them"),
    m.Checkpoint: append_only("the chain of checkpoints", Proof.SIGNED),
    m.Cosignature: append_only(),
}
"""The word for every model."""
