"""The first paper of a dossier: the case, its entries, the list of its files (卷内目录), its approvals."""

from collections.abc import Callable, Sequence
from typing import Any

from tenglong.domain.campaign.dossiers import Approval, Dossier, Piece
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.ledger.checker import digest_of, short_form
from tenglong.domain.ledger.entries import Entry, causes_of, not_taken_back
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.documents import day_text

WORDS = load_rules("tenglong.domain.reporting", "dossiers.toml").content
Row = tuple[str, ...]


def dossier_document(dossier: Dossier) -> d.Document:
    """The paper as it is printed. A pure function of the dossier: printing it again gives an equal document."""
    day, subject = day_text(china_date(dossier.made_at)), dossier.subject
    body: list[d.Block] = [d.Title(tuple(line.format(firm=subject.firm) for line in WORDS["title"]))]
    if subject.synthetic:
        body.append(d.Notice(WORDS["synthetic"]))
    for number, (name, block) in enumerate(PARTS.items(), start=1):
        body += [d.Heading(1, f"{d.chinese_number(number)}、{WORDS['sections'][name]}"), block(dossier)]
    return d.Document(
        title="".join(WORDS["title"]).format(firm=subject.firm),
        author=subject.office,
        created=dossier.made_at,
        blocks=(*body, d.Signature(subject.office, day)),
    )


def _table(name: str, rows: Sequence[Row]) -> d.Table:
    look = WORDS[name]
    columns = [
        d.Column(header, width, d.Align.LEFT)
        for header, width in zip(look["headers"], look["widths_mm"], strict=True)
    ]
    nothing = tuple(WORDS["nothing"] for _ in columns)
    return d.Table("", tuple(columns), tuple(rows) or (nothing,))


def _subject(dossier: Dossier) -> d.Table:
    told: dict[str, Any] = vars(dossier.subject) | {"roster": dossier.subject.roster_title}
    names = ("roster", "number", "firm", "code", "place", "state")
    return _table(
        "subject", [(WORDS["subject"][name], str(told[name] or WORDS["nothing"])) for name in names]
    )


def _entries(dossier: Dossier) -> d.Table:
    counting = {fact.id for fact in not_taken_back(dossier.facts)}
    shown = sorted((fact for fact in dossier.facts if not causes_of(fact)), key=lambda fact: fact.key)
    return _table("entries", [_entry(fact, fact.id in counting) for fact in shown])


def _entry(fact: Entry, counts: bool) -> Row:
    said = str(fact.details.get("reason") or fact.details.get("note") or "")
    about = said if counts or fact.corrects else " ".join(filter(None, (WORDS["void"], said)))
    name = vocabulary().kind(fact.kind).zh
    return str(fact.id), fact.effective_on.isoformat(), name, fact.recorded_by, about or WORDS["nothing"]


def _pieces(dossier: Dossier) -> d.Table:
    rows, number = list[Row](), 0
    for piece in dossier.pieces:
        for path in piece.files:
            number += 1
            rows.append((str(number), piece.name, piece.on, path.rpartition("/")[2], _remark(piece)))
        if piece.lacks and not piece.files:
            rows.append((WORDS["nothing"], piece.name, piece.on, WORDS["nothing"], _remark(piece)))
    return _table("pieces", rows)


def _remark(piece: Piece) -> str:
    lacks = WORDS["missing"].format(lacks=piece.lacks) if piece.lacks else ""
    return "，".join(filter(None, (lacks, WORDS["past"] if piece.past else "")))


def _approvals(dossier: Dossier) -> d.Table:
    return _table("approvals", [_approval(one) for one in dossier.approvals])


def _approval(one: Approval) -> Row:
    people = "、".join(one.people) if one.counts else WORDS["void"]
    return str(one.entry), one.name, one.on, one.by, people or WORDS["nothing"]


def _proof(dossier: Dossier) -> d.Paragraph:
    head = dict(dossier.checkpoint["head"])
    counts = {"entries": len(dossier.facts), "files": len(dossier.files)}
    point = {"number": head["number"], "short": short_form(digest_of(head))}
    return d.Paragraph(WORDS["proof"].format(**counts, **point))


PARTS: dict[str, Callable[[Dossier], d.Block]] = {
    "subject": _subject,
    "entries": _entries,
    "pieces": _pieces,
    "approvals": _approvals,
    "proof": _proof,
}
