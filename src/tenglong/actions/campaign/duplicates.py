"""疑似重复: the firms of the register held against each other, and many questions answered at once.

What is found becomes questions like those of an import, with the same process, gate and way back
(actions.campaign.matches).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tenglong.actions.campaign.matches import decide
from tenglong.actions.jobs import enqueue
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, UserError
from tenglong.domain.kernel.messages import Message, Progress, msg, silent
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.registry.register import KnownFirm, alike_within, load_firms, subject_of
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Job, MatchPair

SAME_CODE = msg("信用代码相同")
SAME_CODE_MICRO = 1_000_000
AT_ONCE = 1000


@dataclass(frozen=True)
class Answered:
    """What became of many answers: how many were taken, and why each of the others was not."""

    done: int
    refused: tuple[Message, ...]


@transaction.atomic
def request_search(code: str, *, actor: Actor, at: datetime) -> Job:
    """Queue the search for doubled firms in a territory.

    Raises:
        NotFound: there is no such place. NotAllowed: the person does not decide about matches there.
    """
    _check(code, actor, at)
    return enqueue("find_duplicates", {"code": code}, actor=actor, at=at)


@transaction.atomic
def find_duplicates(code: str, *, actor: Actor, at: datetime, progress: Progress = silent) -> int:
    """Ask about every two firms of a territory that may be one and were never asked about; gives how many questions.

    Raises:
        NotFound: there is no such place. NotAllowed: the person does not decide about matches there.
    """
    members = _check(code, actor, at)
    firms = [firm for firm in load_firms() if firm.place_id in members]
    progress(0, len(firms), msg("正在逐一比对登记的企业"))
    asked = {frozenset(pair) for pair in MatchPair.objects.values_list("firm_id", "candidate_id")}
    new: dict[frozenset[int], MatchPair] = {}
    for later, earlier, probability, reasons in (*_of_one_code(firms), *_alike(firms)):
        both = frozenset((later.id, earlier.id))
        if both not in asked:
            new.setdefault(both, _question(later, earlier, probability, reasons, at))
    MatchPair.objects.bulk_create(list(new.values()), batch_size=AT_ONCE)
    if new:
        leave(by=actor.name, at=at, deed="find_duplicates", about=f"place:{code}", questions=len(new))
    progress(len(firms), len(firms), msg("正在逐一比对登记的企业"))
    return len(new)


def decide_many(
    pair_ids: Sequence[int], same: bool, *, actor: Actor, at: datetime, reason: str = ""
) -> Answered:
    """Give many questions one answer, each as `decide` does: one that is refused keeps no other back.

    The records known last go first, so that of three that are one firm none is merged into one that is gone.

    Raises:
        BadValue: nothing is chosen. NotFound, NotAllowed: as `decide`.
    """
    if not pair_ids:
        raise BadValue(msg("没有选择任何一对企业，请先勾选。"))
    chosen = MatchPair.objects.filter(pk__in=pair_ids).order_by("-firm_id", "-pk")
    done, refused = 0, []
    for id, name in chosen.values_list("pk", "firm__name"):
        try:
            decide(id, same, actor=actor, at=at, reason=reason)
            done += 1
        except UserError as error:
            refused.append(msg("“{name}”：{why}", name=name, why=error.message))
    return Answered(done, tuple(refused))


Likeness = tuple[KnownFirm, KnownFirm, int, tuple[Message, ...]]
"""A firm, one known before it, how probable it is that they are one, in millionths, and why."""


def _check(code: str, actor: Actor, at: datetime) -> frozenset[int]:
    tree = territory().at(china_date(at))
    place = tree.place(code)
    actor.check_may(Permission.MATCH, place.id)
    return tree.members(code)


def _of_one_code(firms: Iterable[KnownFirm]) -> Iterator[Likeness]:
    first: dict[str, KnownFirm] = {}
    for firm in firms:
        if firm.code and (earlier := first.setdefault(firm.code, firm)) is not firm:
            yield firm, earlier, SAME_CODE_MICRO, (SAME_CODE,)


def _alike(firms: Sequence[KnownFirm]) -> Iterator[Likeness]:
    subjects = [
        subject_of(firm.names[0], firm.code, firm.place_code, address=firm.address, former=firm.names[1:])
        for firm in firms
    ]
    for later, earlier, one in alike_within(subjects):
        yield firms[later], firms[earlier], int(one.probability * 1_000_000), one.reasons


def _question(
    later: KnownFirm, earlier: KnownFirm, probability: int, reasons: Sequence[Message], at: datetime
) -> MatchPair:
    return MatchPair(
        firm_id=later.id,
        candidate_id=earlier.id,
        place_id=later.place_id,
        probability_micro=probability,
        reasons=[reason.to_json() for reason in reasons],
        created_at=at,
    )
