"""更正: which printed figures of an earlier issue are known better today, by how much, and why."""

from dataclasses import replace
from datetime import datetime

from tenglong.domain.access.policy import Scope
from tenglong.domain.ledger.entries import AsOf
from tenglong.domain.reporting.bulletins import content as b
from tenglong.queries.campaign.causes import Causes
from tenglong.queries.campaign.figures import Question, ask
from tenglong.queries.campaign.rosters import as_known
from tenglong.store.models import Bulletin, Roster


def questions(
    earlier: Bulletin, known_at: datetime, last_id: int, roster: Roster | None = None
) -> tuple[Question, Question]:
    """The issue's question as it was asked, and the same with later knowledge; of another `roster` printed beside."""
    about = roster or earlier.roster
    printed = Question(
        roster=as_known(about, earlier.known_at),
        territory=earlier.place.code,
        as_of=earlier.as_of,
        known_at=earlier.known_at,
        at=AsOf(earlier.as_of, earlier.last_entry_id),
        scope=Scope(everywhere=True),
    )
    now = replace(printed, known_at=known_at, at=AsOf(earlier.as_of, last_id))
    return printed, replace(now, roster=as_known(about, known_at))


def since(earlier: Bulletin, asked: Question) -> tuple[b.Correction, ...]:
    """The figures of `earlier` that are known differently at the time of `asked`."""
    printed, now = questions(earlier, asked.known_at, asked.at.last_id)
    content = b.BulletinContent.from_json(earlier.content)
    ids = [figure.id for figure in content.main.figures if figure.id not in ("pace", "pace_diff")]
    before = {figure.id: figure for figure in content.main.figures}
    causes, found = Causes(printed, now), []
    for figure in ask(now, ids):
        if not before[figure.id].still_holds(b.PrintedFigure.of(figure)):
            found.append(
                b.Correction(
                    figure=f"{figure.name}（{figure.unit}）",
                    issue=earlier.number,
                    printed=before[figure.id].printed,
                    now=figure.printed,
                    reason="；".join(causes.of_figure(figure.id) or (causes.else_,)),
                    cases=causes.firms(figure.id),
                )
            )
    return tuple(found)
