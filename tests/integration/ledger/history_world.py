"""Small histories for tests: tables made of cells by name, and the questions asked of them."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tenglong.actions import intake
from tenglong.actions.reporting.bulletins import Hindsight
from tenglong.domain.access.policy import Actor, Scope
from tenglong.queries.campaign.figures import Question, ask, question
from tenglong.queries.verification import verify
from tenglong.store.models import Case, Import, Roster
from tests.integration.campaign.world import MACHINE, NOON, TODAY, csv_file

CITY, JIASHAN = "330400", "330421"
EVERYWHERE = Scope(everywhere=True)

Cells = dict[str, Any]
"""A row by the headers of its table."""


def firm(name: str, county: str = "嘉善县", town: str = "西塘镇", **cells: Any) -> Cells:
    """A row about a firm."""
    return {"县(市、区)": county, "镇(街道)": town, "企业名称": name} | cells


def table(*rows: Cells) -> bytes:
    """A file with a column for every header that some row has; what a row does not name is left blank."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    return csv_file(header, *([row.get(name, "") for name in header] for row in rows))


def uploaded(
    *rows: Cells,
    kind: str = "case_ledger",
    roster: Roster | None = None,
    at: datetime = NOON,
    day: date = TODAY,
    actor: Actor = MACHINE,
    code: str = CITY,
) -> Import:
    """The rows handed in and staged."""
    batch = intake.upload(
        actor=actor,
        at=at,
        kind=kind,
        roster=roster,
        code=code,
        stream=[table(*rows)],
        filename="台账.csv",
        business_day=day,
    )
    batch = intake.stage(batch.pk, at=at)
    assert batch.state == Import.State.STAGED, batch.problem
    return batch


def brought(*rows: Cells, **more: Any) -> Import:
    """The rows handed in, staged and accepted."""
    batch = uploaded(*rows, **more)
    return intake.accept(batch.pk, actor=more.get("actor", MACHINE), at=more.get("at", NOON))


def asked(
    roster: Roster, known_at: datetime, *, day: date = TODAY, code: str = CITY, scope: Scope = EVERYWHERE
) -> Question:
    """A question about a territory as of a day, as known at a moment; the roster is read anew."""
    return question(
        roster=Roster.objects.get(pk=roster.pk), code=code, as_of=day, known_at=known_at, scope=scope
    )


def figure(roster: Roster, id: str, known_at: datetime, *, day: date = TODAY) -> Fraction | None:
    """The exact value of one figure of the whole city."""
    return ask(asked(roster, known_at, day=day), [id])[0].exact


def case_named(name: str, roster: Roster | None = None) -> Case:
    """The case of a firm."""
    found = Case.objects.select_related("roster", "firm").filter(firm__name=name)
    return found.get() if roster is None else found.get(roster=roster)


def unproven() -> list[str]:
    """What `ledger verify` finds wrong; an empty list is the proof."""
    return [str(report.sentence) for report in verify() if not report.holds]


def unexplained(found: Hindsight) -> list[str]:
    """The cells of a bulletin that today's knowledge moves and for which nothing is said."""
    return [
        f"{cell.list_title} {cell.unit} {cell.cell}: {cell.printed} → {cell.now}"
        for cell in found.moved
        if not any(str(reason).strip() for reason in cell.reasons)
    ]
