"""The weekly bulletin as a document: from the masthead to the imprint, in the order its readers expect."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from tenglong.domain.kernel.periods import CHINA
from tenglong.domain.kernel.quantities import half_up, plain
from tenglong.domain.kernel.rulebook import Rulebook
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.bulletins.content import (
    BulletinContent,
    Correction,
    RankingRow,
    RosterProgress,
)
from tenglong.domain.reporting.bulletins.roadmap import WORDING as ROADMAP_WORDING
from tenglong.domain.reporting.bulletins.roadmap import roadmap_section
from tenglong.domain.reporting.bulletins.wording import NOTHING, WORDING, Words, headline, listing, weekly
from tenglong.domain.reporting.documents import day_text


def bulletin_document(content: BulletinContent, book: Rulebook) -> d.Document:
    """The bulletin as it is issued. A pure function of the content and of the wording that counted for it (`book`):
    re-issuing gives an equal document."""
    words = book.file(WORDING).content
    roadmap_words = book.file(ROADMAP_WORDING).content
    sections = [
        (words["sections"]["progress"], _progress(words, content)),
        (words["sections"]["ranking"], _ranking(words, content)),
        *([roadmap_section(roadmap_words, content.roadmap, content.main.as_of)] if content.roadmap else []),
        (words["sections"]["highlights"], _sentences(content.highlights, words["page"]["no_highlights"])),
        (words["sections"]["problems"], _sentences(content.problems, words["page"]["no_problems"])),
        (words["sections"]["next_steps"], _sentences(content.next_steps, words["page"]["no_next_steps"])),
    ]
    if content.corrections:
        sections.append((words["sections"]["corrections"], _corrections(words, content.corrections)))
    body: list[d.Block] = []
    for number, (name, blocks) in enumerate(sections, start=1):
        body += [d.Heading(1, f"{d.chinese_number(number)}、{name}"), *blocks]
    return d.Document(
        title=words["page"]["document_subject"].format(
            series=content.series, issue=_issue(words, content.issue)
        ),
        author=content.office,
        created=content.known_at,
        blocks=(*_head(words, content), *body, *_tail(words, content)),
    )


def _head(words: Words, content: BulletinContent) -> Iterator[d.Block]:
    main = content.main
    yield d.Masthead(content.series)
    yield d.IssueNumber(content.document_number or _issue(words, content.issue))
    yield d.IssueLine(content.office, day_text(content.issued_on))
    yield d.RedLine()
    yield d.Title(content.title)
    if content.notice:
        yield d.Notice(content.notice)
    yield d.Recipients(content.recipients)
    yield d.Paragraph(
        words["page"]["opening"].format(
            done=content.done_word, calibre=main.calibre.title, as_of=day_text(main.as_of)
        )
    )


def _tail(words: Words, content: BulletinContent) -> Iterator[d.Block]:
    known = _clock(words, content.known_at)
    yield d.Paragraph(words["page"]["calibre"].format(known_at=known, **_calibre(content.main)))
    if content.checkpoint:
        yield d.Paragraph(words["page"]["checkpoint"].format(checkpoint=content.checkpoint))
    if content.attachments:
        yield d.AttachmentNote(content.attachments)
    day = day_text(content.issued_on)
    yield d.Signature(content.office, day)
    yield d.Imprint(content.copies, content.office, day)


def _progress(words: Words, content: BulletinContent) -> list[d.Block]:
    """Every calibre in a paragraph of its own: figures of two rosters never share one."""
    year = content.issued_on.year
    parts = [
        (words["sections"]["overall"], [headline(words, content.main, year)]),
        (words["sections"]["week"], [weekly(words, content.main, year)]),
        (words["sections"]["others"], [_other(words, progress, year) for progress in content.others]),
    ]
    blocks: list[d.Block] = []
    for name, texts in parts:
        if any(texts):
            number = 1 + sum(isinstance(block, d.Heading) for block in blocks)
            blocks.append(d.Heading(2, f"（{d.chinese_number(number)}）{name}"))
            blocks += [d.Paragraph(text) for text in texts]
    return blocks


def _other(words: Words, progress: RosterProgress, year: int) -> str:
    return str(words["page"]["other"]).format(headline=headline(words, progress, year), **_calibre(progress))


def _calibre(progress: RosterProgress) -> dict[str, str]:
    calibre = progress.calibre
    return {
        "title": calibre.title,
        "issuer": calibre.issuer,
        "definition": calibre.definition.rstrip("。"),
        "start": day_text(calibre.start),
        "deadline": day_text(calibre.deadline),
        "as_of": day_text(progress.as_of),
    }


def _clock(words: Words, instant: datetime) -> str:
    here = instant.astimezone(CHINA)
    return str(words["page"]["clock"]).format(day=day_text(here.date()), hour=here.hour, minute=here.minute)


def _issue(words: Words, number: int) -> str:
    return str(words["page"]["issue"]).format(issue=number)


def _sentences(texts: tuple[str, ...], otherwise: str) -> list[d.Block]:
    if len(texts) < 2:
        return [d.Paragraph(texts[0] if texts else otherwise)]
    return [d.Paragraph(f"{number}.{text}") for number, text in enumerate(texts, start=1)]


def _ranking(words: Words, content: BulletinContent) -> list[d.Block]:
    rows = [*content.ranking, *([content.total] if content.total else [])]
    places = {
        "land": _places(words, (row.land for row in rows), "亩"),
        "energy": _places(words, (row.energy for row in rows), "吨标准煤"),
    }
    columns = words["ranking"]["columns"]
    unranked = [row.unit for row in content.ranking if row.target is None]
    notes = [words["ranking"]["how"].format(done=content.done_word)] + (
        [words["ranking"]["unranked"].format(units=listing(words, unranked))] if unranked else []
    )
    lines = [_cells(words, row, places) for row in rows]
    table = d.Table(
        caption=words["ranking"]["caption"].format(
            done=content.done_word, as_of=day_text(content.main.as_of)
        ),
        columns=tuple(
            d.Column(
                spec["header"].format(done=content.done_word),
                spec["width_mm"],
                d.Align(spec.get("align", "center")),
            )
            for spec in columns
        ),
        rows=tuple(lines[: len(content.ranking)]),
        total=lines[-1] if content.total else None,
        unit_line=words["ranking"]["unit_line"],
        notes=tuple(notes),
        whole=len(lines) <= words["ranking"]["whole_rows"],
    )
    return [table]


def _places(words: Words, values: Iterator[Decimal | None], unit: str) -> int:
    """Decimal places of a column: as many as its finest value shows, so that the column lines up."""
    most = words["units"][unit]["places"]
    return max(
        (len(f"{plain(half_up(value, most)):f}".partition(".")[2]) for value in values if value is not None),
        default=0,
    )


def _cells(words: Words, row: RankingRow, places: dict[str, int]) -> tuple[str, ...]:
    texts = {
        "rank": _number(row.rank),
        "unit": row.unit,
        "target": _number(row.target),
        "done": str(row.done),
        "new": str(row.new),
        "rate": NOTHING if row.rate is None else f"{row.rate:f}",
        "pace_diff": _signed(row.pace_diff),
        "land": _rounded(row.land, places["land"]),
        "energy": _rounded(row.energy, places["energy"]),
        "last_rank": _number(row.last_rank),
        "change": _change(words, row.change),
        "card": row.card or NOTHING,
    }
    return tuple(texts[spec["key"]] for spec in words["ranking"]["columns"])


def _rounded(amount: Decimal | None, places: int) -> str:
    return str(NOTHING) if amount is None else f"{half_up(amount, places):f}"


def _signed(points: Decimal | None) -> str:
    if points is None:
        return str(NOTHING)
    return f"{points:+f}" if points else f"{points:f}"


def _number(value: int | None) -> str:
    return str(NOTHING) if value is None else str(value)


def _change(words: Words, steps: int | None) -> str:
    if steps is None:
        return str(NOTHING)
    form = "level" if not steps else "up" if steps > 0 else "down"
    return str(words["ranking"][form]).format(steps=abs(steps))


def _corrections(words: Words, corrections: tuple[Correction, ...]) -> list[d.Block]:
    forms = words["corrections"]
    rows = tuple(
        (
            str(number),
            forms["figure"].format(issue=item.issue, figure=item.figure),
            item.printed,
            item.now,
            item.reason,
            listing(words, item.cases),
        )
        for number, item in enumerate(corrections, start=1)
    )
    specs = zip(forms["headers"], forms["widths_mm"], map(d.Align, forms["aligns"]), strict=True)
    columns = tuple(d.Column(*spec) for spec in specs)
    opening = words["page"]["corrections"].format(count=len(corrections))
    return [d.Paragraph(opening), d.Table(forms["caption"], columns, rows)]
