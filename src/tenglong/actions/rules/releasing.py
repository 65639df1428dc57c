"""Putting a rule file in place of the one that counts, and its release by a second person."""

from datetime import date, datetime

from tenglong.actions.kernel.rule_texts import keep_text
from tenglong.actions.steps import Course, Done, Taking, begin, by_scope, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.rules.owned import Owned, check_file, owned_by, rule_process
from tenglong.queries.course import ask_again
from tenglong.queries.kernel.rules import SHELF
from tenglong.queries.registry.places import place_of
from tenglong.queries.rules.versions import (
    rule_in_force,
    version_by_id,
    version_matter,
    version_to_come,
)
from tenglong.store.models import Place, RuleVersion

RULE: Course[RuleVersion] = Course(
    rule_process(),
    see=by_scope(lambda version, scope: version_by_id(version.pk, scope)),
    hold=lambda version: RuleVersion.objects.select_for_update().get(pk=version.pk),
    matter=version_matter,
    named=lambda version: f"rule:{version.pk}",
)


def put_rules(
    *, actor: Actor, at: datetime, rule: str, raw: bytes, code: str, from_day: date, filename: str = ""
) -> RuleVersion:
    """Put a rule file for the place `code` and all below it, to count from a day on once somebody else releases it.

    Raises:
        NotFound: there is no such rule or place; NotAllowed: the person may not do this there.
        BadRules: the file may not take the place of the shipped one; the sentence names file, key and remedy.
        Conflict: it says what counts already on that day, or waits for its release.
    """
    file, place = owned_by(rule), place_of(code, china_date(at))
    return begin(
        RULE,
        "put",
        version_to_come(place.pk),
        actor=actor,
        at=at,
        place=place,
        file=file,
        raw=raw,
        from_day=from_day,
        filename=filename or file.rule.name,
    )


def release_rules(*, actor: Actor, at: datetime, version: RuleVersion) -> RuleVersion:
    """Let what somebody else put count from its day on.

    Raises:
        NotFound: the person may not see it; NotAllowed: they may not release it, or put it themselves.
        Conflict: it is released or withdrawn already.
    """
    return take(RULE, "release", version, actor=actor, at=at)


def withdraw_rules(*, actor: Actor, at: datetime, version: RuleVersion) -> RuleVersion:
    """Take back what was put and is not released.

    Raises:
        NotFound, NotAllowed: the person may not; Conflict: it is released or withdrawn already.
    """
    return take(RULE, "withdraw", version, actor=actor, at=at)


@RULE.effect("put", deed="put_rules")
def _put(
    taking: Taking[RuleVersion], *, place: Place, file: Owned, raw: bytes, from_day: date, filename: str
) -> Done:
    found = check_file(file, filename[-120:], raw)
    if rule_in_force(file.id, place.code, from_day).digest == found.digest:
        problem = "{day} 起“{rule}”已经是这样规定的，无需再次提交。"
        raise Conflict(msg(problem, day=from_day, rule=file.title))
    waiting = RuleVersion.objects.filter(state=RuleVersion.State.SUBMITTED, rule=file.id, place=place)
    if same := waiting.filter(digest=found.digest, from_day=from_day).first():
        raise Conflict(msg("这份规则已经提交（第 {id} 号），请由另一位有权限的人员放行。", id=str(same.pk)))
    keep_text(file.id, found.digest, raw.decode(), at=taking.at)
    version = RuleVersion.objects.create(
        rule=file.id,
        place=place,
        from_day=from_day,
        digest=found.digest,
        filename=filename[-120:],
        put_by=taking.actor.name,
        put_at=taking.at,
    )
    return Done(_details(version), made=version)


@RULE.effect("release", deed="release_rules")
def _release(taking: Taking[RuleVersion]) -> Done:
    version = taking.subject
    version.released_by, version.released_at = taking.actor.name, taking.at
    ask_again(SHELF)
    return Done(_details(version))


@RULE.effect("withdraw", deed="withdraw_rules")
def _withdraw(taking: Taking[RuleVersion]) -> Done:
    return Done(_details(taking.subject))


def _details(version: RuleVersion) -> dict[str, str]:
    return {"rule": version.rule, "from_day": str(version.from_day), "digest": version.digest}
