"""一企一档: everything that is said of one case, with its files, as a bag (BagIt, RFC 8493) that proves itself.

What the parts are called and how they are checked stands once, in `domain.ledger.checker`: the program that travels in
the bag. This module makes what that program checks.
"""

import hashlib
import inspect
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tenglong.domain.kernel.periods import china_date
from tenglong.domain.ledger import checker
from tenglong.domain.ledger.checker import (
    APPROVALS,
    BAG,
    BAG_TEXT,
    CASE,
    CHECKLIST,
    CHECKPOINT,
    ENTRIES,
    INFO,
    MANIFEST,
    PROGRAM,
    RULES,
    SIGNATURE,
    TAG_MANIFEST,
    digest_of,
    evidence_path,
    manifest_of,
)
from tenglong.domain.ledger.entries import Entry, StatedFile, files_of

FORMAT = "tenglong dossier 1"
DOCUMENTS = "data/documents/"


@dataclass(frozen=True)
class Subject:
    """Which case a dossier is about, as it stood when it was made; `state` as it is read; `synthetic`: invented."""

    case: int
    roster: str
    roster_title: str
    number: int
    firm: str
    code: str
    place: str
    state: str
    office: str
    synthetic: bool

    @property
    def file_name(self) -> str:
        """What its dossier is called."""
        return f"{self.roster}-{self.number}.zip"


@dataclass(frozen=True)
class Piece:
    """What the rules ask for with one entry, and the files that came: `files` are their paths in the bag.

    `lacks`: how many are missing. `past`: an approval that came in by a table (历史补录).
    """

    entry: int
    kind: str
    name: str
    on: str
    needed: int
    files: tuple[str, ...]
    lacks: int
    past: bool


@dataclass(frozen=True)
class Approval:
    """Who approved what: `of` are the entries that were approved, `people` who had a hand in them; both are empty of an
    approval that was taken back."""

    entry: int
    kind: str
    name: str
    on: str
    by: str
    of: tuple[int, ...]
    people: tuple[str, ...]
    counts: bool


@dataclass(frozen=True)
class Dossier:
    """All that a bag holds beside the files themselves.

    `entries` with their proofs, and `checkpoint`, as `queries.checkpoints.proofs_of` gives them; `rules`: the files
    under which the case was judged, by name; `approving`: the kinds that approve.
    """

    subject: Subject
    facts: tuple[Entry, ...]
    entries: tuple[Mapping[str, Any], ...]
    checkpoint: Mapping[str, Any]
    pieces: tuple[Piece, ...]
    approvals: tuple[Approval, ...]
    approving: tuple[str, ...]
    rules: Mapping[str, bytes]
    made_at: datetime
    made_by: str

    @property
    def files(self) -> dict[str, StatedFile]:
        """The files of evidence, by their path in the bag."""
        return {
            evidence_path(fact.id, number, file.name): file
            for fact in self.facts
            for number, file in enumerate(files_of(fact), 1)
        }


def texts_of(dossier: Dossier, documents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members under data/ but the evidence, by path; `documents` by name."""
    rules = {RULES + name: text for name, text in dossier.rules.items()}
    papers = {DOCUMENTS + name: text for name, text in documents.items()}
    return {
        CASE: _json(_case(dossier)),
        ENTRIES: _json(dossier.entries),
        CHECKPOINT: _json(dossier.checkpoint),
        APPROVALS: _json([asdict(one) for one in dossier.approvals]),
        CHECKLIST: _json([asdict(one) for one in dossier.pieces]),
        **rules,
        **papers,
    }


def _case(dossier: Dossier) -> dict[str, Any]:
    told = asdict(dossier.subject)
    return {
        **told,
        "format": FORMAT,
        "roster": {"code": told["roster"], "title": told.pop("roster_title")},
        "entries": [fact.id for fact in dossier.facts],
        "approving": sorted(dossier.approving),
        "rules": digests_of(dossier.rules),
        "made_at": dossier.made_at.isoformat(),
        "made_by": dossier.made_by,
    }


def signed_tags_of(dossier: Dossier, manifest: str, sizes: Mapping[str, int]) -> dict[str, bytes]:
    """The members beside data/ that the site signs, by name; `sizes` are the bytes of each member under data/."""
    lines = {
        "Source-Organization": dossier.subject.office,
        "External-Identifier": f"{dossier.subject.roster}/{dossier.subject.number}",
        "External-Description": f"{dossier.subject.firm} 一企一档",
        "Bagging-Date": china_date(dossier.made_at).isoformat(),
        "Payload-Oxum": f"{sum(sizes.values())}.{len(sizes)}",
    }
    return {
        BAG: BAG_TEXT.encode(),
        INFO: "".join(f"{name}: {' '.join(text.split())}\n" for name, text in lines.items()).encode(),
        MANIFEST: manifest.encode(),
        PROGRAM: inspect.getsource(checker).encode(),
    }


def statement_of(dossier: Dossier, tags: Mapping[str, bytes]) -> dict[str, Any]:
    """What the site signs of a bag: its case, its checkpoint, and what `signed_tags_of` gave, by digest."""
    return {
        "format": FORMAT,
        "case": dossier.subject.case,
        "roster": dossier.subject.roster,
        "made_at": dossier.made_at.isoformat(),
        "checkpoint": digest_of(dict(dossier.checkpoint["head"])),
        "files": digests_of(tags),
    }


def tags_of(tags: Mapping[str, bytes], signature: Mapping[str, Any]) -> dict[str, bytes]:
    """All members beside data/: those that were signed, the signature, and the manifest over them."""
    found = {**tags, SIGNATURE: _json(signature)}
    return {**found, TAG_MANIFEST: manifest_of(digests_of(found)).encode()}


def digests_of(texts: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each."""
    return {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
