"""Who is suspected, and why: by the screening rules, or by the grades of a run."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.kept import FirmsTable
from tenglong.domain.evaluation.process import run_rules
from tenglong.domain.evaluation.screening import Hint, Hit, Screening, Untested, screen
from tenglong.domain.evaluation.screening.rules import Rules, screening_rules
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.quantities import exact_text, from_micro
from tenglong.queries.evaluation.firms_table import screening_table
from tenglong.queries.registry.rulebook import rulebook
from tenglong.store.models import Evaluation, EvaluationResult


@dataclass(frozen=True)
class Suspect:
    """A firm on its way to a roster: the sentences why, and what each rests on as plain JSON values."""

    firm_id: int
    reasons: tuple[Message, ...]
    hits: tuple[dict[str, Any], ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screened:
    """The screening of a place and year; `names` are those of the firms it speaks of."""

    place: str
    year: int
    rules: Rules
    screening: Screening
    names: dict[str, str]
    tested: int
    suspects: tuple[Suspect, ...] = field(default=())


def screen_place(place: str, year: int, scope: Scope, *, on: date, rules: Rules | None = None) -> Screened:
    """Try the rules on every firm under `place` within `scope` with what was observed in `year`.

    Raises:
        BadValue: units or bases of the observations do not fit; NotFound: there is no such place.
    """
    chosen = rules or screening_rules(rulebook(place, on))
    table = screening_table(chosen, place, year, scope)
    found = screen(chosen, table.rows, date=on, data_source=f"年度数据表（{year}）")
    return Screened(
        place=place,
        year=year,
        rules=chosen,
        screening=found,
        names=_names(table, found),
        tested=len(table.rows),
        suspects=suspects_of(found),
    )


def suspects_of(found: Screening, rules: Collection[str] = ()) -> tuple[Suspect, ...]:
    """The firms that were hit by one of `rules` (by any unless told), each once."""
    hits: dict[str, list[Hit]] = defaultdict(list)
    hints: dict[str, list[Hint]] = defaultdict(list)
    for hit in found.hits:
        if not rules or hit.rule in rules:
            hits[hit.firm].append(hit)
    for hint in found.hints:
        hints[hint.firm].append(hint)
    return tuple(
        Suspect(
            firm_id=int(firm),
            reasons=tuple(hit.sentence for hit in own),
            hits=tuple(_plain(hit) for hit in own),
            hints=tuple(hint.guard for hint in hints[firm]),
        )
        for firm, own in hits.items()
    )


def untested_by_rule(found: Screening) -> dict[str, list[Untested]]:
    """The rules that could not be tried, with the firms and what is missing."""
    rows: dict[str, list[Untested]] = defaultdict(list)
    for one in found.untested:
        rows[one.rule].append(one)
    return dict(rows)


def suspects_of_run(run: Evaluation, scope: Scope, grades: Collection[str] = ("D",)) -> tuple[Suspect, ...]:
    """The firms that a run put into one of `grades`, with scheme, total and rank as the reason."""
    rows = EvaluationResult.objects.filter(evaluation=run, grade__in=list(grades)).order_by(
        "peer_group", "rank"
    )
    if not scope.everywhere:
        rows = rows.filter(place_id__in=scope.places)
    return tuple(_graded(run, row) for row in rows)


def _graded(run: Evaluation, row: EvaluationResult) -> Suspect:
    total = "—" if row.total is None else str(from_micro(row.total))
    state = label(run_rules().process.states[run.state].zh)
    problem = "{year} 年度综合评价（{state}）为 {grade} 类：得分 {total}，在同组 {peers} 家中排第 {rank}。"
    said = {"year": run.year, "state": state, "grade": row.grade, "total": total}
    sentence = msg(problem, **said, peers=row.peers or "—", rank=row.rank or "—")
    hit = {
        "rule": "grade",
        "version": f"{run.scheme.code} v{run.scheme.version}",
        "inputs": {"grade": row.grade, "total": total},
        "source": run.scheme.title,
        "evaluation": run.pk,
        "scheme_digest": run.scheme_digest,
        "input_digest": run.input_digest,
    }
    return Suspect(row.firm_id, (sentence,), (hit,))


def _plain(hit: Hit) -> dict[str, Any]:
    return {
        "rule": hit.rule,
        "version": hit.version,
        "inputs": {id: _text(value) for id, value in hit.inputs.items()},
        "thresholds": {id: _text(value) for id, value in hit.thresholds.items()},
        "source": hit.source,
        "data_source": hit.data_source,
        "date": hit.date.isoformat(),
        "sentence": hit.sentence.to_json(),
    }


def _text(value: Any) -> str | bool | None:
    return exact_text(value) if isinstance(value, Fraction | Decimal) else value


def _names(table: FirmsTable, found: Screening) -> dict[str, str]:
    firms = {hit.firm for hit in found.hits} | {one.firm for one in found.untested}
    return {str(row["id"]): str(row["name"]) for row in table.rows if row["id"] in firms}
