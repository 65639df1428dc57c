"""The proof that what stands beside the ledger is as it was recorded, by the word of each table, and is guarded."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Model, QuerySet
from django.utils.translation import gettext_noop

from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.queries.books import LABELS, SEALED
from tenglong.queries.checkpoints import checkpoint_problems, key_changes, last_checkpoint
from tenglong.queries.files import path_of, spoilt_files
from tenglong.queries.verification_register import register_holds, register_problem
from tenglong.store import guards
from tenglong.store.models import (
    ApiToken,
    Bulletin,
    Certificate,
    Evaluation,
    EvaluationResult,
    FirmMerge,
    Import,
    ImportRow,
    ImportWithdrawal,
    MatchPair,
    Membership,
    Objection,
    Observation,
    Place,
    ReferencePoint,
    Roadmap,
    RoadmapFlow,
    RoadmapLine,
    RoadmapMilestone,
    Roster,
    RosterTerms,
    RosterVersion,
    RuleVersion,
    Scheme,
    Target,
    TrailEvent,
    User,
)
from tenglong.store.models.rosters import TERMS
from tenglong.store.models.sealed import seal_of
from tenglong.store.standing import HELD, PARTS, said_by_parts, said_now, standing

AT_ONCE = 2000
HELD_LABELS: dict[type[Model], str] = {
    Roster: gettext_noop("名单"),
    Place: gettext_noop("行政区划"),
    FirmMerge: gettext_noop("企业归并"),
    Import: gettext_noop("导入批次"),
    ImportRow: gettext_noop("导入明细"),
    MatchPair: gettext_noop("企业比对"),
    Scheme: gettext_noop("评价办法"),
    RuleVersion: gettext_noop("本市规则"),
    Evaluation: gettext_noop("评价"),
    EvaluationResult: gettext_noop("评价结果"),
    Objection: gettext_noop("异议"),
    Roadmap: gettext_noop("路线图"),
    RoadmapLine: gettext_noop("路线图明细"),
    RoadmapMilestone: gettext_noop("路线图节点"),
    RoadmapFlow: gettext_noop("路线图汇总"),
    User: gettext_noop("账号"),
    Membership: gettext_noop("授权"),
    ApiToken: gettext_noop("接口令牌"),
}
FILES: dict[type[Model], tuple[str, ...]] = {
    Import: ("digest", "returned_digest"),
    Evaluation: ("upload_digest", "input_digest"),
    Roadmap: ("facts_digest", "problem_digest", "plan_digest"),
}
"""The columns that name a kept file; evidence is named by entries, which are held against their files in any case."""
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
    """A report for each kind of record, then for rosters, withdrawals, guards, the register and the checkpoints."""
    return [
        *(_report(model, _changed(model)) for model in SEALED),
        *filter(None, (_schemes(), _rosters(), _observed(), _withdrawals(), _guards())),
        _register(),
        *_held(),
        *_checkpoints(),
    ]


def _report(model: type[Model], changed: int | None) -> RecordsReport:
    what, count = label((LABELS | HELD_LABELS)[model]), model._default_manager.count()
    if changed is not None:
        problem = "{what}：第 {id} 号与登记时不符，该行被改动，请停止使用并从数据库备份恢复。"
        return RecordsReport(False, msg(problem, what=what, id=changed))
    done = TrailEvent.objects.filter(deed__in=DEEDS[model]).count() if model in DEEDS else count
    if done != count:
        problem = "{what}：留痕记有 {done} 次登记，现有 {count} 条，有记录被删除或添加，请停止使用并从数据库备份恢复。"
        return RecordsReport(False, msg(problem, what=what, done=done, count=count))
    unproven = _sealed_later() if model is TrailEvent else 0
    if unproven:
        good = (
            "{what}：{count} 条与登记时一致；第 {unproven} 号以前的在升级时才封存，此前是否被改动无法证明。"
        )
        return RecordsReport(True, msg(good, what=what, count=count, unproven=unproven + 1))
    return RecordsReport(True, msg("{what}：{count} 条与登记时一致。", what=what, count=count))


def _sealed_later() -> int:
    """The last line of the trail that an upgrade found without a seal; 0 where there was none."""
    row = TrailEvent.objects.filter(deed="seal_trail").order_by("pk").first()
    return int(row.details["last"]) if row else 0


def _held() -> Iterator[RecordsReport]:
    """Every row that may change says what it said when the program last saved it."""
    problem = "{what}：第 {id} 号不是经系统登记的样子，该行被改动、删除或添加，请停止使用并从数据库备份恢复。"
    changed = [(model, id) for model, id in map(_first_unheld, HELD) if id is not None]
    changed += [(model, id) for model, id in map(_first_unlike, PARTS) if id is not None]
    for model, id in changed:
        yield RecordsReport(False, msg(problem, what=label(HELD_LABELS[model]), id=id))
    if not changed:
        yield RecordsReport(True, msg("账号、授权、令牌、名单、评价和路线图等均为系统最后登记的样子。"))


def _first_unheld(model: type[Model]) -> tuple[type[Model], int | None]:
    kept = standing(model)
    rows = model._base_manager.order_by("pk").iterator(chunk_size=AT_ONCE)
    now = dict.fromkeys(kept, "") | dict(said_now(model, rows))
    return model, next((id for id, digest in now.items() if kept.get(id, "") != digest), None)


def _first_unlike(model: type[Model]) -> tuple[type[Model], int | None]:
    """The first parent whose rows are no longer those that were computed."""
    kept = standing(model)
    return model, next((id for id, digest in kept.items() if said_by_parts(model, id) != digest), None)


def _checkpoints() -> Iterator[RecordsReport]:
    """What signed checkpoints said still holds."""
    problems = list(checkpoint_problems())
    yield from (RecordsReport(False, problem) for problem in problems)
    yield from (RecordsReport(True, change) for change in key_changes())
    last = last_checkpoint()
    if last is None:
        yield RecordsReport(
            True, msg("尚无校验点：整条链被重建时无从发现，请运行 tenglong ledger checkpoint。")
        )
    elif not problems:
        good = "校验点第 {number} 号 {short}：登记过的全部记录仍在原处；公钥 {key}。"
        yield RecordsReport(True, msg(good, number=last.number, short=last.short_form, key=last.key))


def _changed(model: type[Model]) -> int | None:
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


def _schemes() -> RecordsReport:
    """A scheme says what its digest says, and each was brought in."""
    return _report(Scheme, _first(Scheme.objects.order_by("pk"), lambda row: _digest(row.text) != row.digest))


def _rosters() -> RecordsReport | None:
    """A roster says what its latest terms say."""
    for roster in Roster.objects.order_by("pk"):
        said = RosterTerms.objects.filter(roster=roster).order_by("pk").last()
        if said is None or any(getattr(said, name) != getattr(roster, name) for name in TERMS):
            problem = "名单“{title}”现在的口径与登记的不符，该行被改动，请停止使用并从数据库备份恢复。"
            return RecordsReport(False, msg(problem, title=roster.title))
    return None


def _observed() -> RecordsReport | None:
    """An import brought as many yearly data and certificates as the trail says of its acceptance."""
    what: dict[str, tuple[QuerySet[Any], Message]] = {
        "observations": (Observation.objects.all(), msg("年度数据")),
        "certificates": (Certificate.objects.all(), msg("提升证书")),
    }
    for name, (rows, called) in what.items():
        there = dict(rows.order_by().values_list("batch").annotate(Count("pk")))
        accepted = TrailEvent.objects.filter(deed="accept_import", details__has_key=name).order_by("id")
        for about, details in accepted.values_list("about", "details"):
            batch, count = int(about.removeprefix("import:")), details[name]
            if there.get(batch, 0) != count:
                problem = (
                    "第 {id} 号导入带来过 {count} 条{what}，现有 {there} 条，请停止使用并从数据库备份恢复。"
                )
                said = {"id": batch, "count": count, "what": called, "there": there.get(batch, 0)}
                return RecordsReport(False, msg(problem, **said))
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


def verify_files() -> RecordsReport:
    """Every file of the store has the content that its name says, and those that rows name are there."""
    for digest in spoilt_files():
        problem = "文件库：文件 {name} 的内容与其摘要不符，文件被改动，请从备份中恢复该文件。"
        return RecordsReport(False, msg(problem, name=digest))
    count = 0
    for model, columns in FILES.items():
        for row in (
            model._base_manager.order_by("pk").values_list("pk", *columns).iterator(chunk_size=AT_ONCE)
        ):
            for digest in filter(None, row[1:]):
                count += 1
                if not path_of(digest).is_file():
                    problem = "{what}：第 {id} 号的文件不在文件库中，请从备份中恢复。"
                    return RecordsReport(False, msg(problem, what=label(HELD_LABELS[model]), id=row[0]))
    return RecordsReport(True, msg("文件库：文件内容均与摘要一致，{count} 处引用的文件都在。", count=count))


def _guards() -> RecordsReport | None:
    missing = guards.spoilt()
    if not missing:
        return None
    problem = (
        "数据库对 {table} 等 {count} 张表的改动保护不在，请运行 tenglong serve 或 migrate 恢复后再查验一次。"
    )
    return RecordsReport(False, msg(problem, table=missing[0], count=len(missing)))
