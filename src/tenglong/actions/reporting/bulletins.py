"""Issuing a bulletin from a frozen snapshot, issuing it again, and asking what it would say today."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

import tenglong
from tenglong.actions.checkpoints import take_checkpoint
from tenglong.actions.jobs import enqueue
from tenglong.actions.kernel.rule_texts import keep_texts
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.reporting.bulletins import BulletinContent, Correction
from tenglong.domain.reporting.bulletins.editing import Editor, Typed, check_typed, edited
from tenglong.domain.reporting.hindsight import Moved, moved_cells
from tenglong.queries.access.names import person_name
from tenglong.queries.campaign.causes import REARRANGED, REPROGRAMMED, Causes
from tenglong.queries.campaign.figures import Question, question
from tenglong.queries.checkpoints import checkpoint_words
from tenglong.queries.registry.territory import territory
from tenglong.queries.reporting.bulletins import Heading, content_of, document_of
from tenglong.queries.reporting.corrections import questions, since
from tenglong.store.models import Bulletin, Job, Place, Roster

RULE_FILES = (
    ("tenglong.domain.ledger", "kinds.toml"),
    ("tenglong.domain.campaign", "figures.toml"),
    ("tenglong.domain.reporting", "layout.toml"),
)
"""What every bulletin rests on, beside the rules that a city owns."""


@dataclass(frozen=True)
class Reissue:
    """The issued document, and whether all is as it was on the day it was issued.

    `identical`: the kept bytes have the digest that was issued, and the snapshot still gives them. A newer
    program may lay the snapshot out differently (`same_program` is False): then the kept bytes alone decide.
    """

    document: bytes
    digest: str
    identical: bool
    same_program: bool


def prepare(
    *,
    actor: Actor,
    at: datetime,
    roster: Roster,
    code: str,
    as_of: date,
    notice: str = "",
    typed: Typed | None = None,
) -> BulletinContent:
    """What the bulletin of the day would say if it were issued at `at`, with what was `typed` in some sections; nothing
    is stored."""
    place = _place(code, as_of)
    actor.check_may(Permission.VIEW, place.pk)
    content, _ = _content(roster, place, as_of, at, notice)
    return edited(content, typed or {}, _editor(actor, at))


def ask_for_issue(
    *, actor: Actor, at: datetime, roster: Roster, code: str, as_of: date, typed: Typed | None = None
) -> Job:
    """A job that issues the bulletin; what it says is what is known when the job runs, but for the sections that were
    `typed`.

    Raises:
        NotAllowed: the person may not issue for this territory. BadValue: what was typed is too long.
    """
    actor.check_may(Permission.ISSUE, _place(code, as_of).pk)
    params: dict[str, Any] = {
        "roster": roster.code,
        "code": code,
        "as_of": as_of.isoformat(),
        "asked_at": at.isoformat(),
    }
    if typed:
        check_typed(typed)
        params["typed"] = {name: list(said) for name, said in typed.items()}
    return enqueue("issue_bulletin", params, actor=actor, at=at)


@transaction.atomic
def issue(
    *,
    actor: Actor,
    at: datetime,
    roster: Roster,
    code: str,
    as_of: date,
    notice: str = "",
    asked_at: datetime | None = None,
    typed: Typed | None = None,
) -> Bulletin:
    """Freeze the figures known at `at` into a numbered bulletin with a digest.

    What the same person asked for at `asked_at` and has been issued since is given back: a job whose worker
    died after the issue ends well when it is done again.

    Raises:
        NotAllowed: the person may not issue for this territory.
        BadValue: the day lies ahead; Conflict: the day's bulletin has been issued already.
    """
    place = _place(code, as_of)
    actor.check_may(Permission.ISSUE, place.pk)
    Roster.objects.select_for_update().get(pk=roster.pk)
    if as_of > china_date(at):
        problem = "数据截止日 {day} 晚于今天 {today}，请选择今天或之前的日期。"
        raise BadValue(msg(problem, day=as_of, today=china_date(at)))
    same = Bulletin.objects.filter(roster=roster, place=place, as_of=as_of).first()
    if same and asked_at and same.issued_by == actor.name and same.issued_at >= asked_at:
        return same
    if same:
        problem = "{day} 的通报已签发（第 {number} 期）；数据如有变化，请在下一期更正。"
        raise Conflict(msg(problem, day=as_of, number=same.number))
    at = _not_before_the_last(roster, place, at)
    content, asked = _content(roster, place, as_of, at, notice)
    content = edited(content, typed or {}, _editor(actor, asked_at or at))
    content = replace(content, checkpoint=checkpoint_words(take_checkpoint(at=at)))
    bulletin = _kept(content, asked, place, by=actor.name)
    about = f"bulletin:{bulletin.pk}"
    leave(by=actor.name, at=at, deed="issue_bulletin", about=about, digest=bulletin.digest)
    return bulletin


def _kept(content: BulletinContent, asked: Question, place: Place, *, by: str) -> Bulletin:
    """The row of a bulletin that is issued at the moment of which its question asks."""
    document = _drawn(content)
    keep_texts(content.rules, at=asked.known_at)
    return Bulletin.objects.create(
        roster_id=asked.roster.pk,
        place=place,
        number=content.issue,
        year=asked.as_of.year,
        as_of=asked.as_of,
        known_at=asked.known_at,
        last_entry_id=asked.at.last_id,
        content=content.to_json(),
        document=document,
        digest=hashlib.sha256(document).hexdigest(),
        software=tenglong.__version__,
        rules_digest=rules_digest(content.rules),
        issued_by=by,
        issued_at=asked.known_at,
    )


def reissue(bulletin: Bulletin) -> Reissue:
    """The same bytes again, proven twice: by their digest, and by making them anew from the snapshot alone."""
    kept = bytes(bulletin.document)
    digest = hashlib.sha256(kept).hexdigest()
    redrawn = _drawn(BulletinContent.from_json(bulletin.content))
    same_program = _same_program(bulletin)
    identical = digest == bulletin.digest and (redrawn == kept or not same_program)
    return Reissue(kept, digest, identical, same_program)


def _editor(actor: Actor, at: datetime) -> Editor:
    return Editor(actor.name, person_name(actor.name), at)


def _drawn(content: BulletinContent) -> bytes:
    from tenglong.domain.reporting.writers.docx import write_docx  # not for those who only read bulletins

    return write_docx(document_of(content))


@dataclass(frozen=True)
class Hindsight:
    """An issued bulletin beside what it would say with the knowledge of `at`, and why figures moved."""

    now: BulletinContent
    moved: tuple[Moved, ...]
    corrections: tuple[Correction, ...]


def with_todays_knowledge(bulletin: Bulletin, *, at: datetime) -> Hindsight:
    """The same day, roster and territory, with everything known at `at`; the issued bulletin stays as it is."""
    printed = BulletinContent.from_json(bulletin.content)
    scope = Scope(territory().at(bulletin.as_of).members(bulletin.place.code))
    code, as_of = bulletin.place.code, bulletin.as_of
    asked = question(roster=bulletin.roster, code=code, as_of=as_of, known_at=at, scope=scope)
    heading = Heading(issue=bulletin.number, issued_on=printed.issued_on, notice=printed.notice)
    now = content_of(asked, heading, None)
    moved = _explained(bulletin, asked, moved_cells(printed, now))
    return Hindsight(now, moved, since(bulletin, asked))


def _explained(bulletin: Bulletin, asked: Question, moved: tuple[Moved, ...]) -> tuple[Moved, ...]:
    """The cells with their reasons, each asked of its own roster."""
    else_ = REARRANGED if _same_program(bulletin) else REPROGRAMMED
    rosters = Roster.objects.filter(code__in={cell.roster for cell in moved})
    causes = {
        roster.code: Causes(*questions(bulletin, asked.known_at, asked.at.last_id, roster), else_)
        for roster in rosters
    }
    return tuple(cell.because(causes[cell.roster].of_cell(cell)) for cell in moved)


def _same_program(bulletin: Bulletin) -> bool:
    return (bulletin.software, bulletin.rules_digest) == (
        tenglong.__version__,
        rules_digest(bulletin.content.get("rules", {})),
    )


def rules_digest(own: Mapping[str, str]) -> str:
    """One digest over the rule files that a bulletin's figures and words rest on; `own` are those a city owns."""
    digests = [load_rules(package, name).digest for package, name in RULE_FILES]
    digests += [own[rule] for rule in sorted(own)]  # a database may keep the names in another order
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _not_before_the_last(roster: Roster, place: Place, at: datetime) -> datetime:
    """The instant of an issue, taken while the roster is locked: another clock may have been ahead."""
    last = Bulletin.objects.filter(roster=roster, place=place).aggregate(at=Max("issued_at"))["at"]
    return max(at, last or at)


def _content(
    roster: Roster, place: Place, as_of: date, at: datetime, notice: str
) -> tuple[BulletinContent, Question]:
    """The content for the whole territory: a bulletin never depends on who presses the button."""
    scope = Scope(territory().at(as_of).members(place.code))
    asked = question(roster=roster, code=place.code, as_of=as_of, known_at=at, scope=scope)
    issued = Bulletin.objects.filter(roster=roster, place=place, issued_at__lte=at)
    earlier = issued.filter(as_of__lt=as_of).order_by("-as_of").first()
    last = issued.filter(year=as_of.year).aggregate(n=Max("number"))["n"]
    heading = Heading(issue=(last or 0) + 1, issued_on=china_date(at), notice=notice)
    return content_of(asked, heading, earlier), asked


def _place(code: str, day: date) -> Place:
    return Place.objects.get(pk=territory().at(day).place(code).id)
