"""One search over everything that bears a name or a number: firms, cases, rosters and documents.

Only what the person may see is looked through. Names are scanned: 50,000 firms take some hundredths of a second on both
databases, less than an index that folds as we do would cost at every write (ADR 0039).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from tenglong.domain.access.policy import Actor, Scope, scope_of
from tenglong.domain.kernel.folding import folded
from tenglong.domain.registry.names import normal_name, plain_text
from tenglong.queries.campaign.rosters import visible_rosters
from tenglong.queries.evaluation.runs import visible_runs
from tenglong.queries.intake.imports import visible_imports
from tenglong.queries.registry.names import name_like
from tenglong.queries.registry.territory import territory
from tenglong.queries.roadmap.overview import visible_roadmaps
from tenglong.store.models import Bulletin, Case, Firm, FirmName

LONGEST = 60
AT_MOST = 20
"""So many of each sort; who has more to choose from types more."""
CODE = re.compile(r"[0-9A-Z]{4,18}")
NUMBER = re.compile(r"(?:第|#|no\.?)?\s*(\d{1,9})\s*(?:号|期|户)?", re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    """Something that was found. `sort`: firm, case, roster, bulletin, roadmap, evaluation or import; `id` its number,
    of a roster its code; `matched` is what of it was typed, where that is not its title: a former name, a code."""

    sort: str
    id: str
    title: str
    detail: str = ""
    matched: str = ""


def search(text: str, actor: Actor, today: date) -> list[Hit]:
    """What bears `text` as a part of its name, or as its code or number: firms first, the latest documents first."""
    typed = folded(text)[:LONGEST].replace("\0", "")
    if not plain_text(typed):
        return []
    scope = scope_of(actor)
    found: Iterable[Iterable[Hit]] = (
        _firms(typed, scope, today),
        _cases(typed, scope),
        _rosters(typed, scope),
        _bulletins(typed, scope),
        _roadmaps(typed, scope),
        _evaluations(typed, scope),
        _imports(typed, actor),
    )
    return [hit for part in found for hit in islice(part, AT_MOST)]


def _firms(typed: str, scope: Scope, today: date) -> Iterator[Hit]:
    """By present and former name and by code; what was merged is found as the firm that it turned out to be."""
    words = plain_text(typed)
    rows = list(
        _near(Firm.objects.filter(_called(typed)), scope)
        .select_related("absorbed_by")
        .prefetch_related("names")
        .order_by("name", "id")[: 10 * AT_MOST]
    )
    kept = Firm.objects.filter(pk__in={row.absorbed_by_id for row in rows if row.absorbed_by_id})
    open_ = set(_near(kept, scope).values_list("pk", flat=True))
    found: dict[int, Hit] = {}
    for row in rows:
        firm, said = row.absorbed_by or row, _said(row, words)
        if said and (firm is row or firm.pk in open_) and len(found) < AT_MOST:
            detail = " · ".join(filter(None, (_place(firm.place_id, today), firm.code or firm.temporary_id)))
            matched = "" if said in (firm.name, firm.code) else said
            found.setdefault(firm.pk, Hit("firm", str(firm.pk), firm.name, detail, matched))
    yield from found.values()


def _called(typed: str) -> Q:
    """Firms that may be meant: a name whose core holds that of the text, a name that holds the text, or a code."""
    core, code = normal_name(typed).core, plain_text(typed).upper()
    named = name_like(typed) | (Q(core_name__contains=core) if len(core) > 1 else Q())
    wanted = named | Q(pk__in=FirmName.objects.filter(named).values("firm_id"))
    if CODE.fullmatch(code):
        wanted |= Q(code__startswith=code) | Q(doubtful_code__startswith=code)
        wanted |= Q(temporary_id__startswith=typed.upper())
    return wanted


def _said(firm: Firm, words: str) -> str:
    """The name or the code of a firm that holds the words; "" where none does."""
    names = (firm.name, *(one.name for one in firm.names.all()))
    codes = filter(None, (firm.code, firm.doubtful_code, firm.temporary_id))
    return next(
        (name for name in names if words in plain_text(name)),
        next((code for code in codes if plain_text(code).startswith(words)), ""),
    )


def _place(place_id: int, today: date) -> str:
    place = territory().places[place_id]
    return (territory().home(place, today) or place).name


def _near(firms: QuerySet[Firm], scope: Scope) -> QuerySet[Firm]:
    """Firms of the person's own places, and those elsewhere with a case there: others answer nothing (ADR 0019)."""
    if scope.everywhere:
        return firms
    cases = Case.objects.filter(place_id__in=scope.places).values("firm_id")
    return firms.filter(Q(place_id__in=scope.places) | Q(pk__in=cases))


def _cases(typed: str, scope: Scope) -> Iterator[Hit]:
    """By their number on a roster."""
    number = NUMBER.fullmatch(typed)
    if number is None or len(number[1]) > 7:
        return
    rosters = {roster.pk: roster.title for roster in visible_rosters(scope)}
    cases = Case.objects.filter(number=int(number[1]), roster_id__in=rosters).select_related("firm")
    if not scope.everywhere:
        cases = cases.filter(place_id__in=scope.places)
    for case in cases.order_by("-roster_id")[:AT_MOST]:
        yield Hit("case", str(case.pk), case.firm.name, rosters[case.roster_id], str(case.number))


def _rosters(typed: str, scope: Scope) -> Iterator[Hit]:
    for roster in visible_rosters(scope):
        if _bears(typed, roster.title, roster.title_en, roster.code, roster.issuer):
            yield Hit("roster", roster.code, roster.title, roster.issuer)


def _bulletins(typed: str, scope: Scope) -> Iterator[Hit]:
    """By series, title, number, document number and day."""
    rows = Bulletin.objects.order_by("-as_of", "-number")
    if not scope.everywhere:
        rows = rows.filter(place_id__in=scope.places)
    texts = [KeyTextTransform(name, "content") for name in ("series", "title", "document_number")]
    said = rows.values_list("pk", "year", "number", "as_of", "place__name", "roster__title", *texts)
    for id, year, number, as_of, place, roster, *words in said:
        title = f"{place} {year}年第{number}期"
        if _bears(typed, title, f"{as_of}", f"{roster}", *(str(word or "") for word in words)):
            yield Hit("bulletin", str(id), title, f"{roster} · {as_of}", str(words[2] or ""))


def _roadmaps(typed: str, scope: Scope) -> Iterator[Hit]:
    for one in visible_roadmaps(scope):
        if _bears(typed, one.title, f"第{one.number}号路线图", one.place.name, one.roster.title):
            yield Hit(
                "roadmap", str(one.pk), one.title, f"{one.roster.title} · {one.place.name}", str(one.number)
            )


def _evaluations(typed: str, scope: Scope) -> Iterator[Hit]:
    for run in visible_runs(scope):
        title = f"{run.place.name} {run.year}年评价"
        if _bears(typed, title, f"第{run.pk}号评价", run.scheme.title, run.upload_name):
            yield Hit("evaluation", str(run.pk), title, run.scheme.title, str(run.pk))


def _imports(typed: str, actor: Actor) -> Iterator[Hit]:
    for batch in visible_imports(actor):
        if _bears(typed, batch.filename, f"第{batch.pk}号导入"):
            yield Hit("import", str(batch.pk), batch.filename, f"{batch.business_day}", str(batch.pk))


def _bears(typed: str, *texts: str) -> bool:
    """Whether every word that was typed stands in one of the texts."""
    whole = [plain_text(text) for text in texts]
    return all(any(plain_text(word) in text for text in whole) for word in typed.split())
