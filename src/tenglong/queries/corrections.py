"""更正: which printed figures of an earlier issue are known better today, by how much, and why."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_noop

from tenglong.domain.access.policy import Scope
from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.reporting import bulletins as b
from tenglong.domain.reporting.figures import definition
from tenglong.queries.figures import Question, ask
from tenglong.queries.lineage import Change, compare
from tenglong.store.models import Bulletin, Entry

LATE = gettext_noop("补登前期事项")


def questions(earlier: Bulletin, known_at: datetime, last_id: int) -> tuple[Question, Question]:
    """The issue's question as it was asked, and the same with later knowledge."""
    printed = Question(
        roster=earlier.roster,
        territory=earlier.place.code,
        as_of=earlier.as_of,
        known_at=earlier.known_at,
        at=AsOf(earlier.as_of, earlier.last_entry_id),
        scope=Scope(everywhere=True),
    )
    return printed, replace(printed, known_at=known_at, at=AsOf(earlier.as_of, last_id))


def since(earlier: Bulletin, asked: Question) -> tuple[b.Correction, ...]:
    """The figures of `earlier` that are known differently at the time of `asked`."""
    printed, now = questions(earlier, asked.known_at, asked.at.last_id)
    content = b.BulletinContent.from_json(earlier.content)
    ids = [figure.id for figure in content.main.figures if figure.id not in ("pace", "pace_diff")]
    before = {figure.id: figure for figure in content.main.figures}
    found = []
    for figure in ask(now, ids):
        if (figure.exact_text or "") != before[figure.id].exact:
            cases, reason = reasons(printed, now, figure.id)
            found.append(
                b.Correction(
                    figure=f"{figure.name}（{figure.unit}）",
                    issue=earlier.number,
                    printed=before[figure.id].printed,
                    now=figure.printed,
                    reason=reason,
                    cases=cases,
                )
            )
    return tuple(found)


def reasons(printed: Question, now: Question, figure_id: str) -> tuple[tuple[str, ...], str]:
    """The firms whose part in a figure changed, and what the corrections say; rates give those of their parts."""
    figure = definition(figure_id)
    parts = [id for id in (figure.lead_of, figure.part, figure.whole) if id]
    if parts:
        pairs = [reasons(printed, now, id) for id in parts]
        firms = dict.fromkeys(firm for names, _ in pairs for firm in names)
        texts = dict.fromkeys(text for _, text in pairs if text)
        return tuple(firms), "；".join(texts)
    rows = compare(printed, replace(now, as_of=printed.as_of), figure_id).corrected_rows
    return tuple(row.firm for row in rows), _why(rows, printed.at.last_id, now.at.last_id)


def _why(rows: tuple[Change, ...], after: int, until: int) -> str:
    """The reasons given for corrections, relapses and removals of these cases; other late entries have none."""
    cases = [row.case_id for row in rows]
    entries = Entry.objects.filter(case_id__in=cases, id__gt=after, id__lte=until)
    given: dict[str, None] = {}
    explained: set[int] = set()
    for case_id, details in entries.order_by("id").values_list("case_id", "details"):
        if details.get("reason"):
            given[details["reason"]] = None
            explained.add(case_id)
    texts = list(given)
    if any(case_id not in explained for case_id in cases):
        texts.append(LATE)
    return "；".join(texts)
