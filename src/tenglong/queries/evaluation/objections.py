"""What an objection is about: the figures used for the firm; and what stands against a step of it."""

from collections import defaultdict
from datetime import date

from tenglong.domain.access.policy import Actor, Matter, Needless
from tenglong.domain.evaluation.kept import Value
from tenglong.domain.evaluation.process import (
    PUBLICISED,
    check_taking_objections,
    objection_process,
    run_rules,
)
from tenglong.domain.kernel.messages import label, msg
from tenglong.queries.evaluation.firms_table import SCALES, names_of_place
from tenglong.queries.evaluation.runs import scheme_file, table_of, window_of
from tenglong.queries.kernel.calendar import working_calendar
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Evaluation, Objection

NOT_OF_THE_FIRM = ("id", "year")


def values_of(run: Evaluation, firm_id: int) -> dict[str, Value]:
    """The figures of a firm that the run read, by the columns of its scheme; call it for a firm that may be seen.

    Raises:
        BadFile: the kept table of the run is not there.
    """
    columns = [id for id in scheme_file(run.scheme).column if id not in NOT_OF_THE_FIRM]
    for row in table_of(run).rows:
        if row["id"] == str(firm_id) and row["year"] == run.year:
            return {id: row[id] for id in columns}
    return {}


def known_groups(run: Evaluation) -> dict[str, set[str]]:
    """What columns that group firms may hold whether a firm does or not: the places of the run, and size classes."""
    found: dict[str, set[str]] = defaultdict(set)
    for place_id in territory().at(date(run.year, 12, 31)).members(run.place.code):
        for column, value in names_of_place(place_id, run.year).items():
            found["place" if column == "code" else column].add(value)
    found["scale"].update(SCALES.values())
    return found


def objection_matter(objection: Objection) -> Matter:
    """An objection as the gate sees it: it is decided, or taken back, while its run is in publicity."""
    run = objection.evaluation
    return Matter(
        process=objection_process(),
        state=objection.state,
        places={"": objection.place_id, "evaluation": run.place_id},
        parts={"recorded": [objection.recorded_by]},
        conditions={id: lambda actor, today: _check_publicised(run) for id in ("take_back", "decide")},
    )


def objection_to_come(run: Evaluation, place_id: int) -> Matter:
    """An objection that a firm of a place may want to raise against its result."""

    def taken(actor: Actor, today: date) -> None:
        _check_publicised(run)
        check_taking_objections(window_of(run), today, working_calendar())

    places = {"": place_id, "evaluation": run.place_id}
    return Matter(objection_process(), "", places, conditions={"object": taken})


def _check_publicised(run: Evaluation) -> None:
    if run.state != PUBLICISED:
        problem = "评价结果目前是“{state}”，只有公示期间才受理和办理异议。"
        raise Needless(msg(problem, state=label(run_rules().process.states[run.shown_state].zh)))
