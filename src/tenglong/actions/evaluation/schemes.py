"""Bringing in scheme files and putting them in force."""

from datetime import datetime

from tenglong.actions.evaluation.courses import SCHEME
from tenglong.actions.steps import Done, Taking, begin, happen, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.evaluation.loading import read_scheme
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.evaluation.schemes import scheme_to_come
from tenglong.queries.registry.places import place_of
from tenglong.store.models import Place, Scheme


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
    file = {"text": text, "filename": filename}
    return begin(SCHEME, "import", scheme_to_come(place.pk), actor=actor, at=at, place=place, **file)


def put_in_force(*, actor: Actor, at: datetime, scheme: Scheme) -> Scheme:
    """Let results of this version be publicised; an earlier version of the same scheme and year is replaced.

    Raises:
        NotAllowed: the person may not, or brought the file in themselves.
        Conflict: it is in force already, or was replaced.
    """
    return take(SCHEME, "put_in_force", scheme, actor=actor, at=at)


@SCHEME.effect("import", deed="import_scheme")
def _import(taking: Taking[Scheme], *, place: Place, text: str, filename: str) -> Done:
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
        imported_by=taking.actor.name,
        imported_at=taking.at,
    )
    return Done({"digest": scheme.digest}, made=scheme)


@SCHEME.effect("put_in_force", deed="put_scheme_in_force")
def _put_in_force(taking: Taking[Scheme]) -> Done:
    scheme = taking.subject
    same = Scheme.objects.filter(place=scheme.place_id, code=scheme.code, year=scheme.year)
    for earlier in same.select_for_update().filter(state=Scheme.State.IN_FORCE):
        happen(SCHEME, "replaced", earlier)
        earlier.save(update_fields=["state"])
    scheme.in_force_by, scheme.in_force_at = taking.actor.name, taking.at
    return Done({"digest": scheme.digest})
