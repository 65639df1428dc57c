"""The letter that tells one firm its grade: its content, gathered from a run that has been shown to the public."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.process import FINAL, REPLACED, run_rules
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.quantities import plain
from tenglong.domain.reporting.letters import Letter, Stage
from tenglong.queries.evaluation.firm import cheapest_change, explanation_of
from tenglong.queries.evaluation.prices import prices_of
from tenglong.queries.evaluation.results import result_of
from tenglong.queries.evaluation.runs import SHOWN_TO_ALL, window_of
from tenglong.store.models import Evaluation, EvaluationResult

OFFICE = "{place}亩均效益综合评价工作机构"
RECEIVER = "{town}"
DEMONSTRATION = "（演示数据）"
REFERENCE = re.compile(r"\s*\[[A-Z]\d+\]")  # the mark of a document in our own list of sources
CONSEQUENCE = "{year}年{lever}：{value}{unit}（依据：{source}）。"


def letter_of(run: Evaluation, firm_id: int, scope: Scope, *, at: datetime) -> Letter:
    """The letter to a firm; of a revision that was not shown again the deadline is that of the run it revised.

    Raises:
        NotFound: the firm has no result in the run, or not for this person.
        Conflict: the results have not been publicised.
    """
    result = result_of(run, firm_id, scope)
    shown = publicised(run)
    deadline = window_of(shown).deadline
    found, _ = cheapest_change(run, firm_id, scope)
    return Letter(
        firm=result.firm.name,
        code=result.firm.code,
        number="",
        office=OFFICE.format(place=run.place.name),
        place=RECEIVER.format(town=result.place.name),
        contact="",
        issued_on=china_date(at),
        deadline=deadline,
        provisional=shown.provisional,
        created=at,
        explanation=explanation_of(run, result),
        counterfactual=found,
        consequences=tuple(_consequences(result)),
        stage=_stage(run.state, deadline, china_date(at)),
        notice=DEMONSTRATION if result.firm.synthetic else "",
    )


def publicised(run: Evaluation) -> Evaluation:
    """The run in whose publicity the results were shown: itself, or the one that it revises.

    Raises:
        Conflict: the results have not been publicised.
    """
    window = run if run.publicity_end or run.revises is None else run.revises
    if run.state not in SHOWN_TO_ALL or window.publicity_end is None:
        state = label(run_rules().process.states[run.state].zh)
        raise Conflict(msg("评价结果目前是“{state}”，公示后才能生成告知书。", state=state))
    return window


def _stage(state: str, publicity_end: date, today: date) -> Stage:
    """Whether objections are still taken, and if not, whether the result is final."""
    if state == FINAL:
        return "final"
    if state == REPLACED:
        return "replaced"
    return "publicity" if today <= publicity_end else "ended"


def _consequences(result: EvaluationResult) -> Iterator[str]:
    """What the grade costs or saves by documents that were checked; drafts and copies have no place in a letter."""
    for lever, priced in prices_of(result):
        if priced.charge and priced.charge.rate.verified:
            rate = priced.charge.rate
            yield CONSEQUENCE.format(
                year=result.evaluation.year + 1,
                lever=lever.zh,
                value=f"{plain(abs(rate.value)):f}",
                unit=lever.unit,
                source=REFERENCE.sub("", rate.source),
            )
