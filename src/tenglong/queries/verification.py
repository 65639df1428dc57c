"""The proof that the ledger is whole and that the stored states say the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.ledger.chain import Break, first_break
from tenglong.queries.ledger import chain_of, first_misfiled
from tenglong.queries.states import differing_states, totals_differ
from tenglong.store.models import Case, Entry, Roster, RosterHead


@dataclass(frozen=True)
class Report:
    """What was found for one roster."""

    title: str
    entries: int
    cases: int
    broken: Break | None
    misfiled: int | None
    missing: int
    differing: tuple[int, ...]
    totals_differ: bool

    @property
    def holds(self) -> bool:
        """Whether chain, filing, count and stored states all agree."""
        whole = self.broken is None and self.misfiled is None
        return whole and not (self.missing or self.differing or self.totals_differ)

    @property
    def sentence(self) -> Message:
        """The finding in words."""
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
        if self.differing:
            problem = "{title}：{count} 户的现状与台账不一致（案件 {first} 等），请重新归集。"
            return msg(problem, title=self.title, count=len(self.differing), first=self.differing[0])
        if self.totals_differ:
            return msg("{title}：各地合计与各户现状不一致，请重新归集。", title=self.title)
        good = "{title}：{entries} 笔记录哈希链完整，{cases} 户现状与台账一致。"
        return msg(good, title=self.title, entries=self.entries, cases=self.cases)


def verify(rosters: Iterable[Roster] | None = None) -> list[Report]:
    """A report for each of `rosters`, or for every roster."""
    return [_report(roster) for roster in (Roster.objects.order_by("id") if rosters is None else rosters)]


def _report(roster: Roster) -> Report:
    head = RosterHead.objects.filter(pk=roster.pk).first()
    entries = Entry.objects.filter(roster_id=roster.pk).count()
    return Report(
        title=roster.title,
        entries=entries,
        cases=Case.objects.filter(roster=roster).count(),
        broken=first_break(chain_of(roster.pk), head.last_hash if head else None),
        misfiled=first_misfiled(roster.pk),
        missing=(head.entries if head else 0) - entries,
        differing=tuple(differing_states(roster.pk)),
        totals_differ=totals_differ(roster.pk),
    )
