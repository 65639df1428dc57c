"""Bringing in scheme files and putting them in force."""

from datetime import datetime

from django.db import transaction

from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.steps import check_other_person
from tenglong.domain.evaluation.loading import read_scheme
from tenglong.domain.evaluation.process import check_step
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.places import place_of
from tenglong.store.models import Scheme


@transaction.atomic
def import_scheme(
    *, actor: Actor, at: datetime, text: str, code: str, filename: str = "scheme.toml"
) -> Scheme:
    """Bring in a scheme file to be used in the territory `code`; it is a draft until it is put in force.

    Raises:
        NotAllowed: the person may not do this there.
        BadRules: the file is not a scheme; the sentence names file, key and remedy.
        Conflict: that version has been brought in before.
    """
    place = place_of(code, china_date(at))
    actor.check_may(check_step("draft", "").permission, place.pk)
    found = read_scheme(filename, text.encode())
    earlier = Scheme.objects.filter(
        place=place, code=found.id, year=found.year, version=found.version
    ).first()
    if earlier and earlier.digest == found.digest:
        raise Conflict(msg("这份评价办法已经导入（第 {version} 版），无需再次导入。", version=found.version))
    if earlier:
        problem = "评价办法“{id}”{year} 年第 {version} 版已经导入，内容与这份不同。请把文件中的 version 改为下一版。"
        raise Conflict(msg(problem, id=found.id, year=found.year, version=found.version))
    scheme = Scheme.objects.create(
        code=found.id,
        place=place,
        year=found.year,
        version=found.version,
        title=found.title[:160],
        title_en=found.title_en[:200],
        text=text,
        digest=found.digest,
        imported_by=actor.name,
        imported_at=at,
    )
    leave(by=actor.name, at=at, deed="import_scheme", about=f"scheme:{scheme.pk}", digest=scheme.digest)
    return scheme


@transaction.atomic
def put_in_force(*, actor: Actor, at: datetime, scheme: Scheme) -> Scheme:
    """Let results of this version be publicised; an earlier version of the same scheme and year is replaced.

    Raises:
        NotAllowed: the person may not, or brought the file in themselves.
        Conflict: it is in force already, or was replaced.
    """
    found = Scheme.objects.select_for_update().get(pk=scheme.pk)
    step = check_step("put_in_force", "")
    actor.check_may(step.permission, found.place_id)
    check_other_person(step, actor.name, {"imported": found.imported_by})
    if found.state != Scheme.State.DRAFT:
        problem = "评价办法“{title}”第 {version} 版已经生效或已被新版取代，不能再次生效。"
        raise Conflict(msg(problem, title=found.title, version=found.version))
    same = Scheme.objects.filter(place=found.place_id, code=found.code, year=found.year)
    same.filter(state=Scheme.State.IN_FORCE).update(state=Scheme.State.REPLACED)
    found.state, found.in_force_by, found.in_force_at = Scheme.State.IN_FORCE, actor.name, at
    found.save(update_fields=["state", "in_force_by", "in_force_at"])
    leave(by=actor.name, at=at, deed="put_scheme_in_force", about=f"scheme:{found.pk}", digest=found.digest)
    return found
