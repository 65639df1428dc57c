"""What an objection is about: the figures that were used for the firm; and why a person may not decide it."""

from tenglong.domain.access.policy import Actor
from tenglong.domain.evaluation.kept import Value
from tenglong.domain.evaluation.process import check_other_person, check_step
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import Message
from tenglong.queries.evaluations import scheme_file, table_of
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


def decision_problem(objection: Objection, actor: Actor) -> Message | None:
    """Why a person who may decide objections may not decide this one now."""
    try:
        check_step("decide", objection.evaluation.state)
        check_other_person("decide", actor.name, {"recorded": objection.recorded_by})
    except UserError as error:
        return error.message
    return None
