"""The proof that the ledger is whole and that everything derived from it says the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Max, QuerySet
from django.db.models.functions import Coalesce

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.ledger.entries import Break, first_break
from tenglong.domain.ledger.kinds import OPENED
from tenglong.queries.ledger.evidence import differing_evidence, first_spoilt_file
from tenglong.queries.ledger.fold import chain_of, first_misfiled, joints_of
from tenglong.queries.ledger.states import differing_states, totals_differ
from tenglong.store.models import Case, Entry, Recording, Roster, RosterHead


@dataclass(frozen=True)
class Report:
    """What was found for one roster."""

    code: str
    title: str
    entries: int
    cases: int
    broken: Break | None
    misfiled: int | None
    missing: int
    misplaced: int | None
    instants_differ: bool
    differing: tuple[int, ...]
    totals_differ: bool
    evidence_differs: bool
    spoilt_file: str

    @property
    def holds(self) -> bool:
        """Whether chain, filing, count, files and everything derived agree."""
        return self._broken is None and self._derived is None

    @property
    def sentence(self) -> Message:
        """The finding in words."""
        good = msg(
            "{title}：{entries} 笔记录哈希链完整，{cases} 户现状与台账一致。",
            title=self.title,
            entries=self.entries,
            cases=self.cases,
        )
        return self._broken or self._derived or good

    @property
    def _broken(self) -> Message | None:
        """What was changed and cannot be made anew."""
        if self.broken:
            problem = (
                "{title}：哈希链在第 {id} 号记录处断开，该记录或其前后被改动，请停止使用并核查数据库备份。"
            )
            return msg(problem, title=self.title, id=self.broken.entry_id)
        if self.misfiled:
            problem = (
                "{title}：第 {id} 号记录的归类与所登记的事项不符，该记录被改动，请停止使用并核查数据库备份。"
            )
            return msg(problem, title=self.title, id=self.misfiled)
        if self.missing:
            problem = "{title}：台账应有记录数与实际相差 {missing} 笔，请核查数据库备份。"
            return msg(problem, title=self.title, missing=self.missing)
        if self.misplaced:
            problem = (
                "{title}：案件 {id} 缺失，或其属地与建案记录不符，该案件被改动，请停止使用并核查数据库备份。"
            )
            return msg(problem, title=self.title, id=self.misplaced)
        if self.instants_differ:
            problem = "{title}：登记时刻表与台账记录不符，时刻表被改动，请停止使用并核查数据库备份。"
            return msg(problem, title=self.title)
        if self.spoilt_file:
            problem = "{title}：佐证文件“{name}”缺失或内容被改动，请从备份中恢复该文件。"
            return msg(problem, title=self.title, name=self.spoilt_file)
        return None

    @property
    def _derived(self) -> Message | None:
        """What differs from the entries and is made anew from them."""
        remedy = f"tenglong ledger refold --roster {self.code}"
        if self.differing:
            problem = (
                "{title}：{count} 户的现状与台账不一致（案件 {first} 等），请运行 {remedy} 按台账重新归集。"
            )
            count, first = len(self.differing), self.differing[0]
            return msg(problem, title=self.title, count=count, first=first, remedy=remedy)
        if self.totals_differ:
            problem = "{title}：各地合计与各户现状不一致，请运行 {remedy} 按台账重新归集。"
            return msg(problem, title=self.title, remedy=remedy)
        if self.evidence_differs:
            problem = "{title}：佐证材料目录与台账不一致，请运行 {remedy} 按台账重新归集。"
            return msg(problem, title=self.title, remedy=remedy)
        return None


def verify(rosters: Iterable[Roster] | None = None) -> list[Report]:
    """A report for each of `rosters`, or for every roster."""
    return [_report(roster) for roster in (Roster.objects.order_by("id") if rosters is None else rosters)]


def _report(roster: Roster) -> Report:
    head = RosterHead.objects.filter(pk=roster.pk).first()
    entries = Entry.objects.filter(roster_id=roster.pk).count()
    missing, unproven = differing_evidence(roster.pk)
    return Report(
        code=roster.code,
        title=roster.title,
        entries=entries,
        cases=Case.objects.filter(roster=roster).count(),
        broken=first_break(chain_of(roster.pk), head.last_hash if head else None, joints_of(roster.pk)),
        misfiled=first_misfiled(roster.pk),
        missing=(head.entries if head else 0) - entries,
        misplaced=_first_misplaced(roster.pk),
        instants_differ=_instants_differ(roster.pk),
        differing=tuple(differing_states(roster.pk)),
        totals_differ=totals_differ(roster.pk),
        evidence_differs=bool(missing or unproven),
        spoilt_file=first_spoilt_file(roster.pk),
    )


def _first_misplaced(roster_id: int) -> int | None:
    """The first case that is gone, or does not lie where the entry that opened it says: its figures would move."""
    places = dict(Case.objects.filter(roster_id=roster_id).values_list("pk", "place__code"))
    opened = Entry.objects.filter(roster_id=roster_id, kind=OPENED).order_by("id")
    for case_id, details in opened.values_list("case_id", "details").iterator(chunk_size=5000):
        if places.get(case_id) != details["place"]:
            return int(case_id)
    return None


def _instants_differ(roster_id: int) -> bool:
    """Whether "known at" would be answered otherwise than the entries say."""
    return instants_of(Entry.objects.filter(roster_id=roster_id)) != instants_said(roster_id)


def instants_of(entries: QuerySet[Any]) -> dict[datetime, int]:
    """The highest number of the entries at each instant that they bear."""
    return dict(entries.order_by().values_list("recorded_at").annotate(last=Max("id")))


def instants_said(book: int) -> dict[datetime, int]:
    """The same as the recordings of a book say it; none is known before it was written."""
    rows = Recording.objects.filter(roster_id=book).exclude(written_at__gt=F("recorded_at")).order_by()
    written = rows.annotate(written=Coalesce("written_at", "recorded_at"))
    return dict(written.values_list("written").annotate(last=Max("last_id")))
