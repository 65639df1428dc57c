"""Handing in a piece of evidence that is asked of a case, and waiving one that does not apply to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tenglong.actions.files import UploadedFile, keep_stated
from tenglong.actions.ledger.appending import append
from tenglong.domain.access.policy import Actor
from tenglong.domain.campaign.evidence import check_not_own, permission_for
from tenglong.domain.campaign.matrix import Item, Need, Piece, Verdict, matrix_of
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import label, listed, msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import EVIDENCE_ADDED, EVIDENCE_WAIVED, vocabulary
from tenglong.queries.campaign.checklists import checklist_of
from tenglong.queries.campaign.submissions import submissions
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.registry.rulebook import rulebook_of
from tenglong.store.models import Case


@transaction.atomic
def give_piece(*, actor: Actor, at: datetime, case: Case, piece: str, files: Sequence[UploadedFile]) -> Fact:
    """Hand in the files of a piece that is no entry of its own.

    Raises:
        NotAllowed: the person may not record there. NotFound: there is no such piece.
        Conflict: the piece is an entry of the ledger, or is not asked of this case.
        BadValue: no file is given; BadFile: one is not what its name says.
    """
    actor.check_may(permission_for(EVIDENCE_ADDED), case.place_id)
    asked, _ = _asked(case, piece, at)
    if asked.piece.kinds:
        kinds = vocabulary().kinds
        problem = "“{piece}”由台账事项“{kinds}”证明，请登记该事项并附佐证，或在该条记录后补充佐证。"
        names = listed(kinds[kind].zh for kind in asked.piece.kinds)
        raise Conflict(msg(problem, piece=label(asked.piece.zh), kinds=names))
    if not files:
        raise BadValue(msg("没有选择文件，请选择要补充的佐证材料。"))
    details = {"piece": piece, "files": keep_stated(files)}
    return _append(actor, at, case, EVIDENCE_ADDED, details)


@transaction.atomic
def waive_piece(*, actor: Actor, at: datetime, case: Case, piece: str, reason: str) -> Fact:
    """Say why a piece that is asked under a condition does not apply to a case.

    Raises:
        NotAllowed: the person may not approve there, or had a hand in the submission.
        NotFound: there is no such piece. BadValue: no reason is given.
        Conflict: the piece is mandatory, lies there, is not asked of this case, or is waived already.
    """
    actor.check_may(permission_for(EVIDENCE_WAIVED), case.place_id)
    asked, history = _asked(case, piece, at)
    check_not_own(EVIDENCE_WAIVED, actor.known_as, submissions({case.pk: history})[case.pk])
    if asked.need != Need.MAY:
        raise Conflict(msg("“{piece}”是必须的佐证，不能免交，请补交。", piece=label(asked.piece.zh)))
    if asked.verdict != Verdict.MISSING:
        raise Conflict(msg("“{piece}”已有或无须提交，不必免交。", piece=label(asked.piece.zh)))
    if not reason.strip():
        raise BadValue(msg("免交佐证须写明理由，请补充理由。"))
    return _append(actor, at, case, EVIDENCE_WAIVED, {"piece": piece, "reason": reason.strip()})


def _asked(case: Case, piece: str, at: datetime) -> tuple[Item, list[Fact]]:
    """The piece as it is asked of the case, and what counts of the case."""
    book = rulebook_of(case.place_id, china_date(at), at)
    named: Piece = matrix_of(book).piece(piece)
    history = surviving_history(facts_of_cases([case.pk])[case.pk])
    found = checklist_of(history, book).item(piece)
    if found is None:
        problem = "按该案件的处置方式不需要“{piece}”，请核对处置方式。"
        raise Conflict(msg(problem, piece=label(named.zh)))
    return found, history


def _append(actor: Actor, at: datetime, case: Case, kind: str, details: dict[str, Any]) -> Fact:
    draft = Draft(case.pk, kind, china_date(at), details=details)
    return append(case.roster, [draft], by=actor.name, at=at)[0]
