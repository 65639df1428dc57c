"""The processes of evaluation at work: schemes, runs and objections, and how their rows are locked."""

from django.db.models import Q

from tenglong.actions.steps import Course, by_scope
from tenglong.domain.evaluation.process import objection_process, run_rules, scheme_process
from tenglong.queries.evaluation.objections import objection_matter
from tenglong.queries.evaluation.runs import check_sees, objection_by_id, run_matter, scheme_by_id
from tenglong.queries.evaluation.schemes import scheme_matter
from tenglong.store.models import Evaluation, Objection, Scheme


def locked(run: Evaluation) -> Evaluation:
    """The run as it stands, with the schemes of its year locked: a firm may be in two runs of a year, so that their
    steps take turns."""
    schemes = Scheme.objects.select_for_update().filter(Q(year=run.year) | Q(pk=run.scheme_id))
    list(schemes.order_by("pk"))
    rows = Evaluation.objects.select_for_update(of=("self",)).select_related("scheme", "place", "revises")
    return rows.get(pk=run.pk)


def _locked_objection(objection: Objection) -> Objection:
    run = locked(objection.evaluation)
    found = Objection.objects.select_for_update().get(pk=objection.pk)
    found.evaluation = run
    return found


RUN: Course[Evaluation] = Course(
    run_rules().process,
    see=by_scope(check_sees),
    hold=locked,
    matter=run_matter,
    named=lambda run: f"evaluation:{run.pk}",
)
OBJECTION: Course[Objection] = Course(
    objection_process(),
    see=by_scope(lambda objection, scope: objection_by_id(objection.pk, scope)),
    hold=_locked_objection,
    matter=objection_matter,
    named=lambda objection: f"evaluation:{objection.evaluation_id}",
)
SCHEME: Course[Scheme] = Course(
    scheme_process(),
    see=by_scope(lambda scheme, scope: scheme_by_id(scheme.pk, scope)),
    hold=lambda scheme: Scheme.objects.select_for_update().get(pk=scheme.pk),
    matter=scheme_matter,
    named=lambda scheme: f"scheme:{scheme.pk}",
)
