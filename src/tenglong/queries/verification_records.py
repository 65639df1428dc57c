"""The proof that what only grows beside the ledger is as it was recorded, and that the database guards it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Model
from django.utils.translation import gettext_noop

from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.queries.verification_register import register_holds, register_problem
from tenglong.store import guards
from tenglong.store.models import (
    Bulletin,
    Import,
    ImportWithdrawal,
    Observation,
    ReferencePoint,
    Roster,
    RosterTerms,
    RosterVersion,
    Scheme,
    Target,
    TrailEvent,
)
from tenglong.store.models.rosters import TERMS
from tenglong.store.models.sealed import Sealed, seal_of

AT_ONCE = 2000
LABELS: dict[type[Model], str] = {
    Bulletin: gettext_noop("通报"),
    RosterVersion: gettext_noop("名单版本"),
    RosterTerms: gettext_noop("名单口径"),
    Target: gettext_noop("目标"),
    ReferencePoint: gettext_noop("参照值"),
    Observation: gettext_noop("年度数据"),
    ImportWithdrawal: gettext_noop("撤回记录"),
    Scheme: gettext_noop("评价办法"),
}
DEEDS: dict[type[Model], tuple[str, ...]] = {
    Bulletin: ("issue_bulletin",),
    RosterVersion: ("freeze_version",),
    RosterTerms: ("create_roster", "amend_roster"),
    Target: ("set_target",),
    ReferencePoint: ("add_reference",),
    ImportWithdrawal: ("withdraw_import",),
    Scheme: ("import_scheme",),
}
"""Each of these rows was made by a deed of the trail."""


@dataclass(frozen=True)
class RecordsReport:
    """What was found of one kind of record, or of the guards: everything holds, or what does not and what to do."""

    holds: bool
    sentence: Message


def verify_records() -> list[RecordsReport]:
    """A report for each kind of record that only grows, then for rosters, withdrawals, guards and the register."""
    kinds = (Bulletin, RosterVersion, RosterTerms, Target, ReferencePoint, Observation, ImportWithdrawal)
    return [
        *(_report(model, _changed(model)) for model in kinds),
        _report(Scheme, _first(Scheme.objects.order_by("pk"), _scheme_differs)),
        *filter(None, (_rosters(), _observed(), _withdrawals(), _guards())),
        _register(),
    ]


def _report(model: type[Model], changed: int | None) -> RecordsReport:
    what, count = label(LABELS[model]), model._default_manager.count()
    if changed is not None:
        problem = "{what}：第 {id} 号与登记时不符，该行被改动，请停止使用并从数据库备份恢复。"
        return RecordsReport(False, msg(problem, what=what, id=changed))
    done = TrailEvent.objects.filter(deed__in=DEEDS[model]).count() if model in DEEDS else count
    if done != count:
        problem = "{what}：留痕记有 {done} 次登记，现有 {count} 条，有记录被删除或添加，请停止使用并从数据库备份恢复。"
        return RecordsReport(False, msg(problem, what=what, done=done, count=count))
    return RecordsReport(True, msg("{what}：{count} 条与登记时一致。", what=what, count=count))


def _changed(model: type[Sealed]) -> int | None:
    """The first row that is not what its seal, or a digest of its own, says."""
    inner: dict[type[Model], Callable[[Any], bool]] = {
        Bulletin: lambda row: hashlib.sha256(row.document).hexdigest() != row.digest,
        RosterVersion: lambda row: _digest(",".join(map(str, row.case_ids))) != row.digest,
    }
    differs = inner.get(model, lambda row: False)
    return _first(model._default_manager.order_by("pk"), lambda row: seal_of(row) != row.seal or differs(row))


def _first(rows: Any, differs: Callable[[Any], bool]) -> int | None:
    found: Iterator[Any] = rows.iterator(chunk_size=AT_ONCE)
    return next((row.pk for row in found if differs(row)), None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _scheme_differs(row: Scheme) -> bool:
    return _digest(row.text) != row.digest


def _rosters() -> RecordsReport | None:
    """A roster says what its latest terms say."""
    for roster in Roster.objects.order_by("pk"):
        said = RosterTerms.objects.filter(roster=roster).order_by("pk").last()
        if said is None or any(getattr(said, name) != getattr(roster, name) for name in TERMS):
            problem = "名单“{title}”现在的口径与登记的不符，该行被改动，请停止使用并从数据库备份恢复。"
            return RecordsReport(False, msg(problem, title=roster.title))
    return None


def _observed() -> RecordsReport | None:
    """An import brought as many observations as the trail says of its acceptance."""
    there = dict(Observation.objects.order_by().values_list("batch").annotate(Count("pk")))
    accepted = TrailEvent.objects.filter(deed="accept_import", details__has_key="observations").order_by("id")
    for about, details in accepted.values_list("about", "details"):
        batch, count = int(about.removeprefix("import:")), details["observations"]
        if there.get(batch, 0) != count:
            problem = (
                "第 {id} 号导入带来过 {count} 条年度数据，现有 {there} 条，请停止使用并从数据库备份恢复。"
            )
            return RecordsReport(False, msg(problem, id=batch, count=count, there=there.get(batch, 0)))
    return None


def _withdrawals() -> RecordsReport | None:
    """An import is withdrawn where, and only where, its withdrawal is recorded."""
    withdrawn = _ids(Import.objects.filter(state=Import.State.WITHDRAWN).values_list("pk", flat=True))
    recorded = _ids(ImportWithdrawal.objects.values_list("batch_id", flat=True))
    if withdrawn == recorded:
        return None
    problem = "第 {id} 号导入的状态与撤回记录不符，请停止使用并从数据库备份恢复。"
    return RecordsReport(False, msg(problem, id=min(withdrawn ^ recorded)))


def _ids(ids: Iterable[int]) -> frozenset[int]:
    return frozenset(ids)


def _register() -> RecordsReport:
    problem = register_problem()
    return RecordsReport(problem is None, problem or register_holds())


def _guards() -> RecordsReport | None:
    missing = guards.missing()
    if not missing:
        return None
    problem = (
        "数据库对 {table} 等 {count} 张表的改动保护不在，请运行 tenglong serve 或 migrate 恢复后再查验一次。"
    )
    return RecordsReport(False, msg(problem, table=missing[0], count=len(missing)))
