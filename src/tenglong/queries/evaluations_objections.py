"""What an objection is about: the figures used for the firm; who may not decide it, and who may take it back."""

from collections import defaultdict
from datetime import date

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.steps import check_other_person
from tenglong.domain.evaluation.kept import Value
from tenglong.domain.evaluation.process import check_step
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import Message
from tenglong.queries.evaluations import scheme_file, table_of
from tenglong.queries.firms_table import SCALES, names_of_place
from tenglong.queries.territory import territory
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


def decision_problem(objection: Objection, actor: Actor) -> Message | None:
    """Why a person who may decide objections may not decide this one now."""
    try:
        step = check_step("decide", objection.evaluation.state)
        check_other_person(step, actor.name, {"recorded": objection.recorded_by})
    except UserError as error:
        return error.message
    return None


def may_be_taken_back(objection: Objection, actor: Actor) -> bool:
    """Whether a person recorded it, it still waits for its decision, and they may take it back now."""
    try:
        step = check_step("take_back", objection.evaluation.state)
        actor.check_may(step.permission, objection.place_id)
    except UserError:
        return False
    return objection.state == Objection.State.OPEN and objection.recorded_by == actor.name
